from django.apps import AppConfig


class ConsultationsConfig(AppConfig):
    name = "consultations"
    verbose_name = "协商议事"
    default_auto_field = "django.db.models.BigAutoField"
