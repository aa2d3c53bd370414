from typing import ClassVar

from django.apps import AppConfig


class ConsultationsConfig(AppConfig):
    name = "consultations"
    verbose_name = "协商议事"
    default_auto_field = "django.db.models.BigAutoField"
    panels: ClassVar = {
        "my_work": (
            "consultations.waiting.promises_of",
            "consultations.waiting.talks_of",
            "consultations.whistle_waiting.for_user",
        ),
        "case": ("consultations.waiting.of_case", "consultations.whistle_waiting.of_case"),
    }
    erasures: ClassVar = {"case": "consultations.erasing.about_case"}
    handovers: ClassVar = {"department": "consultations.merging"}
