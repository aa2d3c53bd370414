from typing import ClassVar

from django.apps import AppConfig


class SuggestionsConfig(AppConfig):
    name = "suggestions"
    verbose_name = "群众意见"
    default_auto_field = "django.db.models.BigAutoField"
    panels: ClassVar = {"my_work": "suggestions.formal_waiting.for_user", "case": "suggestions.formal_waiting.of_case"}
    handovers: ClassVar = {"department": "suggestions.merging", "deputy": "suggestions.succession"}
