from django.contrib import admin

from liaison.admin_site import ReadOnlyAdmin, RecordAdmin
from receptions.models import (
    Brand,
    CalendarFeed,
    DayPhoto,
    Duty,
    Invitation,
    Leave,
    OfficerSignIn,
    QuarterTheme,
    ReceptionDay,
    ReceptionRule,
    Swap,
)


@admin.register(ReceptionRule)
class ReceptionRuleAdmin(RecordAdmin):
    list_display = ("station", "holds", "day", "move", "starts_at", "ends_at", "notice_days", "on_duty", "min_duties")
    list_filter = ("station__county", "station__kind")
    search_fields = ("station__name",)
    list_select_related = ("station",)
    autocomplete_fields = ("station",)


@admin.register(Brand)
class BrandAdmin(RecordAdmin):
    list_display = ("name", "station", "since", "is_active")
    list_filter = ("station__county", "is_active")
    search_fields = ("name", "station__name")
    list_select_related = ("station",)
    autocomplete_fields = ("station",)


@admin.register(ReceptionDay)
class ReceptionDayAdmin(ReadOnlyAdmin):
    list_display = ("date", "station", "state", "provisional", "told_at", "visitors")
    list_filter = ("county", "state", "provisional")
    search_fields = ("station__name", "theme")
    list_select_related = ("station", "brand__station")
    date_hierarchy = "date"


@admin.register(Duty)
class DutyAdmin(ReadOnlyAdmin):
    list_display = ("day", "deputy", "acknowledged_at", "signed_in_at", "badge_worn", "absent_reason")
    list_filter = ("day__county",)
    search_fields = ("deputy__name", "day__station__name")
    list_select_related = ("day__station", "deputy")


@admin.register(OfficerSignIn)
class OfficerSignInAdmin(ReadOnlyAdmin):
    list_display = ("day", "officer", "signed_in_at")
    list_filter = ("day__county",)
    search_fields = ("officer__name", "day__station__name")
    list_select_related = ("day__station", "officer")


@admin.register(Leave)
class LeaveAdmin(ReadOnlyAdmin):
    list_display = ("deputy", "starts_on", "ends_on", "state", "asked_at", "decided_by")
    list_filter = ("state", "deputy__county")
    search_fields = ("deputy__name",)
    list_select_related = ("deputy", "decided_by")


@admin.register(Swap)
class SwapAdmin(ReadOnlyAdmin):
    list_display = ("day", "deputy", "partner", "partner_day", "state", "asked_at")
    list_filter = ("state", "day__county")
    search_fields = ("deputy__name", "partner__name")
    list_select_related = ("day__station", "partner_day__station", "deputy", "partner")


@admin.register(Invitation)
class InvitationAdmin(ReadOnlyAdmin):
    list_display = ("day", "department", "state", "guest", "asked_at", "came")
    list_filter = ("state", "day__county")
    search_fields = ("department__name", "day__station__name")
    list_select_related = ("day__station", "department")


@admin.register(DayPhoto)
class DayPhotoAdmin(ReadOnlyAdmin):
    list_display = ("name", "day", "caption", "uploaded_by", "uploaded_at")
    list_filter = ("day__county",)
    search_fields = ("name", "day__station__name")
    list_select_related = ("day__station", "uploaded_by")


@admin.register(QuarterTheme)
class QuarterThemeAdmin(RecordAdmin):
    list_display = ("station", "year", "quarter", "theme")
    list_filter = ("station__county", "year", "quarter")
    search_fields = ("station__name", "theme")
    list_select_related = ("station",)
    autocomplete_fields = ("station",)


@admin.register(CalendarFeed)
class CalendarFeedAdmin(ReadOnlyAdmin):
    list_display = ("deputy", "station", "created_by", "created_at", "revoked_at", "read_at")
    list_filter = ("revoked_at",)
    search_fields = ("deputy__name", "station__name")
    list_select_related = ("deputy", "station", "created_by")
