from django.contrib import admin

from liaison.admin_site import ReadOnlyAdmin
from meetings.models import Attendee, Citizen, Meeting


@admin.register(Meeting)
class MeetingAdmin(ReadOnlyAdmin):
    list_display = ("title", "county", "held_on", "state")
    list_filter = ("county", "state")
    search_fields = ("place", "agenda")
    list_select_related = ("county",)


@admin.register(Attendee)
class AttendeeAdmin(ReadOnlyAdmin):
    list_display = ("meeting", "kind", "deputy", "answer", "signed_in_at")
    list_filter = ("kind", "answer")
    search_fields = ("deputy__name",)
    list_select_related = ("meeting", "deputy")


@admin.register(Citizen)
class CitizenAdmin(ReadOnlyAdmin):
    """Personal data shows masked: in full on the pages where looking leaves an event."""

    list_display = ("masked_name", "masked_phone", "attendee", "erased_at")
    search_fields = ("attendee__meeting__place",)
    list_select_related = ("attendee__meeting", "attendee__deputy")
    fields = ("attendee", "masked_name", "masked_phone", "erased_at")
