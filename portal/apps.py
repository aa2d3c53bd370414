from django.apps import AppConfig
from django.db.backends.signals import connection_created


class PortalConfig(AppConfig):
    name = "portal"
    verbose_name = "公开页面"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from portal import freshness

        # Not of a model: a connection is told once, when it is made, that what it writes is to be noted.
        connection_created.connect(freshness.watch, dispatch_uid="portal.freshness")
