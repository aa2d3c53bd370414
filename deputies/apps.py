from typing import ClassVar

from django.apps import AppConfig


class DeputiesConfig(AppConfig):
    name = "deputies"
    verbose_name = "代表"
    default_auto_field = "django.db.models.BigAutoField"
    panels: ClassVar = {"rules_changed": "deputies.quotas.after_change"}
    handovers: ClassVar = {"department": "deputies.merging"}
