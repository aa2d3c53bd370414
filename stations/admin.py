from django.contrib import admin

from liaison.admin_site import RecordAdmin
from stations.models import County, Department, DepartmentStaff, ResidentOfficer, Rules, Station, StationStaff


@admin.register(County)
class CountyAdmin(RecordAdmin):
    list_display = ("name", "code", "prefix", "city")
    search_fields = ("name", "code")


@admin.register(Rules)
class RulesAdmin(RecordAdmin):
    list_display = ("county", "accept_days", "triage_days", "take_days", "county_months", "township_days", "reply_days")
    list_filter = ("county",)
    search_fields = ("county__name",)
    list_select_related = ("county",)


@admin.register(Station)
class StationAdmin(RecordAdmin):
    list_display = ("name", "kind", "parent", "county", "phone", "is_active")
    list_filter = ("county", "kind", "is_active")
    search_fields = ("name", "code")
    list_select_related = ("parent", "county")
    autocomplete_fields = ("parent",)


@admin.register(Department)
class DepartmentAdmin(RecordAdmin):
    list_display = ("name", "station", "head", "contact", "phone", "is_active")
    list_filter = ("station__county", "is_active")
    search_fields = ("name",)
    list_select_related = ("station",)
    autocomplete_fields = ("station",)


@admin.register(StationStaff)
class StationStaffAdmin(RecordAdmin):
    list_display = ("user", "station")
    list_filter = ("station__county", "station__kind")
    search_fields = ("user__name", "user__username", "station__name")
    list_select_related = ("user", "station")
    autocomplete_fields = ("user", "station")


@admin.register(DepartmentStaff)
class DepartmentStaffAdmin(RecordAdmin):
    list_display = ("user", "department")
    list_filter = ("department__station__county",)
    search_fields = ("user__name", "user__username", "department__name")
    list_select_related = ("user", "department")
    autocomplete_fields = ("user", "department")


@admin.register(ResidentOfficer)
class ResidentOfficerAdmin(RecordAdmin):
    list_display = ("name", "kind", "station", "employer", "phone", "is_active")
    list_filter = ("kind", "is_active", "station__county")
    search_fields = ("name", "station__name")
    list_select_related = ("station",)
    autocomplete_fields = ("user", "station")
