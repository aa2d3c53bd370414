from django.apps import AppConfig


class HistoryConfig(AppConfig):
    name = "history"
    verbose_name = "操作记录"
    default_auto_field = "django.db.models.BigAutoField"
