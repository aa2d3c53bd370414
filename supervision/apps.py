from typing import ClassVar

from django.apps import AppConfig


class SupervisionConfig(AppConfig):
    name = "supervision"
    verbose_name = "专项监督"
    default_auto_field = "django.db.models.BigAutoField"
    panels: ClassVar = {
        "my_work": (
            "supervision.waiting.findings",
            "supervision.waiting.invitations",
            "supervision.round_waiting.for_user",
        )
    }
    handovers: ClassVar = {"department": "supervision.merging"}
