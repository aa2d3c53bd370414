from django.contrib import admin

from consultations.models import Consultation, ConsultationFile, Party, Progress, Promise, StepRelease
from liaison.admin_site import ReadOnlyAdmin


@admin.register(Consultation)
class ConsultationAdmin(ReadOnlyAdmin):
    list_display = ("topic", "station", "date", "state", "told_at", "finished_on")
    list_filter = ("county", "state")
    search_fields = ("topic", "station__name")
    list_select_related = ("station",)
    date_hierarchy = "date"


@admin.register(Party)
class PartyAdmin(ReadOnlyAdmin):
    list_display = ("consultation", "kind", "label", "signed_in_at", "satisfaction")
    list_filter = ("kind",)
    search_fields = ("consultation__topic", "name", "deputy__name", "department__name")
    list_select_related = ("consultation", "deputy", "department")


@admin.register(Promise)
class PromiseAdmin(ReadOnlyAdmin):
    list_display = ("what", "owner", "due_on", "state", "ended_on")
    list_filter = ("state",)
    search_fields = ("what", "owner_name", "department__name")
    list_select_related = ("department", "consultation")


@admin.register(Progress)
class ProgressAdmin(ReadOnlyAdmin):
    list_display = ("promise", "happened_on", "says_done", "entered_by")
    search_fields = ("promise__what",)
    list_select_related = ("promise", "entered_by")


@admin.register(ConsultationFile)
class ConsultationFileAdmin(ReadOnlyAdmin):
    list_display = ("name", "consultation", "step", "uploaded_at")
    list_filter = ("step",)
    search_fields = ("name", "consultation__topic")
    list_select_related = ("consultation", "uploaded_by")


@admin.register(StepRelease)
class StepReleaseAdmin(ReadOnlyAdmin):
    list_display = ("consultation", "step", "notice")
    list_filter = ("step",)
    search_fields = ("consultation__topic", "notice__title")
    list_select_related = ("consultation", "notice")
