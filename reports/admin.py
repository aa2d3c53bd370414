from django.contrib import admin

from liaison.admin_site import ReadOnlyAdmin
from reports.models import DailyFigures, ExportJob, HandlingReport, MonthlyFigures, ReportPart, TouchedDay


@admin.register(ExportJob)
class ExportJobAdmin(ReadOnlyAdmin):
    list_display = ("title", "user", "state", "created_at", "expires_at")
    list_filter = ("state",)
    search_fields = ("title", "user__name")
    list_select_related = ("user",)


@admin.register(HandlingReport)
class HandlingReportAdmin(ReadOnlyAdmin):
    list_display = ("county", "year", "edition", "first", "last", "finished_at")
    list_filter = ("county", "edition")
    search_fields = ("county__name", "year")
    list_select_related = ("county",)


@admin.register(ReportPart)
class ReportPartAdmin(ReadOnlyAdmin):
    list_display = ("report", "key", "edited_by", "edited_at")
    list_filter = ("report__county", "key")
    search_fields = ("key", "edited_by__name")
    list_select_related = ("report__county", "edited_by")


@admin.register(DailyFigures)
class DailyFiguresAdmin(ReadOnlyAdmin):
    list_display = ("county", "kind", "key", "day", "received", "answered")
    list_filter = ("county", "kind")
    search_fields = ("key",)
    list_select_related = ("county",)


@admin.register(MonthlyFigures)
class MonthlyFiguresAdmin(ReadOnlyAdmin):
    list_display = ("county", "kind", "key", "of", "share", "month", "received", "answered")
    list_filter = ("county", "kind", "of")
    search_fields = ("key", "share")
    list_select_related = ("county",)


@admin.register(TouchedDay)
class TouchedDayAdmin(ReadOnlyAdmin):
    list_display = ("county_id", "day")
    search_fields = ("county_id",)
