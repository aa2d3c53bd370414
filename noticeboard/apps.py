from django.apps import AppConfig


class NoticeboardConfig(AppConfig):
    name = "noticeboard"
    verbose_name = "公示栏"
    default_auto_field = "django.db.models.BigAutoField"
