from django.apps import AppConfig


class MessagingConfig(AppConfig):
    name = "messaging"
    verbose_name = "消息发送"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from messaging import checks  # noqa: F401  # registers itself
