from django.apps import AppConfig


class SuggestionsConfig(AppConfig):
    name = "suggestions"
    verbose_name = "群众意见"
    default_auto_field = "django.db.models.BigAutoField"
