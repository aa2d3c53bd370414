from django.contrib import admin

from liaison.admin_site import RecordAdmin
from workdays.models import DayOverride


@admin.register(DayOverride)
class DayOverrideAdmin(RecordAdmin):
    list_display = ("date", "is_workday", "name")
    list_filter = ("is_workday",)
    search_fields = ("name",)
    date_hierarchy = "date"
