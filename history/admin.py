from django.contrib import admin

from history.models import Event
from liaison.admin_site import ReadOnlyAdmin


@admin.register(Event)
class EventAdmin(ReadOnlyAdmin):
    list_display = ("chain", "seq", "at", "action", "actor", "seat", "note")
    list_filter = ("action", "at")
    search_fields = ("chain", "actor__name", "actor__username")
    list_select_related = ("actor",)
    date_hierarchy = "at"
