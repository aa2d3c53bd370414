from django.contrib import admin

from consultations.models import Call, Consultation, ConsultationFile, Party, Progress, Promise, StepRelease, Whistle
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


@admin.register(Whistle)
class WhistleAdmin(ReadOnlyAdmin):
    list_display = ("title", "station", "ground", "blown_by", "blown_at")
    list_filter = ("ground",)
    search_fields = ("title", "station__name")
    list_select_related = ("station", "blown_by")
    date_hierarchy = "blown_at"


@admin.register(Call)
class CallAdmin(ReadOnlyAdmin):
    list_display = ("whistle", "department", "state", "due_at", "came_at", "rated_at")
    list_filter = ("state",)
    search_fields = ("whistle__title", "department__name")
    list_select_related = ("whistle", "department")
