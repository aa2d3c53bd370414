from django.contrib import admin

from liaison.admin_site import ReadOnlyAdmin
from messaging.models import OutboxRow


@admin.register(OutboxRow)
class OutboxRowAdmin(ReadOnlyAdmin):
    list_display = ("subject", "name", "channel", "state", "attempts", "created_at", "sent_at", "error")
    list_filter = ("state", "channel")
    search_fields = ("subject", "name", "key")
    date_hierarchy = "created_at"
