from django.contrib import admin

from liaison.admin_site import ReadOnlyAdmin
from messaging.models import OutboxRow


@admin.register(OutboxRow)
class OutboxRowAdmin(ReadOnlyAdmin):
    list_display = ("subject", "person", "channel", "state", "attempts", "created_at", "sent_at", "error")
    list_filter = ("state", "channel")
    search_fields = ("subject", "person__name", "person__username", "key")
    list_select_related = ("person",)
    date_hierarchy = "created_at"
