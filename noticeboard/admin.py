from django.contrib import admin

from liaison.admin_site import ReadOnlyAdmin, RecordAdmin
from noticeboard.models import Notice, NoticeFile, WorkGroup


@admin.register(Notice)
class NoticeAdmin(ReadOnlyAdmin):
    list_display = ("title", "kind", "station", "state", "event_on", "released_at", "pinned")
    list_filter = ("county", "kind", "state")
    search_fields = ("title", "station__name")
    list_select_related = ("station",)


@admin.register(NoticeFile)
class NoticeFileAdmin(ReadOnlyAdmin):
    list_display = ("name", "notice", "media_type", "size", "uploaded_at")
    list_filter = ("media_type",)
    search_fields = ("name", "notice__title")
    list_select_related = ("notice",)


@admin.register(WorkGroup)
class WorkGroupAdmin(RecordAdmin):
    list_display = ("name", "station", "is_active")
    list_filter = ("station__county", "is_active")
    search_fields = ("name", "station__name")
    list_select_related = ("station",)
    autocomplete_fields = ("station",)
    exclude = ("webhook",)
