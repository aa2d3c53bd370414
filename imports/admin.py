from django.contrib import admin

from imports.models import Import, Payload
from liaison.admin_site import ReadOnlyAdmin


@admin.register(Import)
class ImportAdmin(ReadOnlyAdmin):
    list_display = ("file_name", "kind", "office", "state", "uploaded_by", "uploaded_at")
    list_filter = ("county", "kind", "state")
    search_fields = ("file_name", "office__name", "uploaded_by__name")
    list_select_related = ("office", "uploaded_by")


@admin.register(Payload)
class PayloadAdmin(ReadOnlyAdmin):
    """What a file said stays encrypted: here one sees that there is something, not what."""

    list_display = ("of", "kind")
    search_fields = ("of__file_name",)
    list_select_related = ("of",)
    exclude = ("sheet", "plan", "written", "slips")

    @admin.display(description="内容")
    def kind(self, payload: Payload) -> str:
        return payload.of.label
