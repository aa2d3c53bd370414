from typing import ClassVar

from django.apps import AppConfig


class MeetingsConfig(AppConfig):
    name = "meetings"
    verbose_name = "常委会会议"
    default_auto_field = "django.db.models.BigAutoField"
    panels: ClassVar = {"my_work": "meetings.waiting.for_user"}
