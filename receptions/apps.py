from typing import ClassVar

from django.apps import AppConfig


class ReceptionsConfig(AppConfig):
    name = "receptions"
    verbose_name = "接待日"
    default_auto_field = "django.db.models.BigAutoField"
    handovers: ClassVar = {"department": "receptions.merging"}
