from django.apps import AppConfig
from django.db.models.signals import post_migrate


class ReportsConfig(AppConfig):
    name = "reports"
    verbose_name = "统计与导出"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from reports import marks

        # Not of a model: migrations are over, and may have made a table anew without its triggers.
        post_migrate.connect(marks.after_migrate, sender=self, dispatch_uid="reports.marks")
