from django.apps import AppConfig


class LegislationConfig(AppConfig):
    name = "legislation"
    verbose_name = "立法联系"
    default_auto_field = "django.db.models.BigAutoField"
