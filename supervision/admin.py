from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from liaison.admin_site import ReadOnlyAdmin
from supervision.models import (
    BallotCode,
    Expert,
    Finding,
    FindingPhoto,
    FindingStep,
    Group,
    GroupMember,
    Inspection,
    Milestone,
    Participant,
    Project,
    Rectification,
    RectificationFile,
    Round,
    Subject,
    Task,
)
from supervision.models.round import COUNTED


@admin.register(Group)
class GroupAdmin(ReadOnlyAdmin):
    list_display = ("name", "county", "field", "lead_committee", "leader")
    list_filter = ("county", "field")
    search_fields = ("name", "lead_committee")
    list_select_related = ("county", "leader")


@admin.register(GroupMember)
class GroupMemberAdmin(ReadOnlyAdmin):
    list_display = ("group", "deputy", "since", "until")
    list_filter = ("group__county",)
    search_fields = ("deputy__name", "group__name")
    list_select_related = ("group", "deputy")


@admin.register(Expert)
class ExpertAdmin(ReadOnlyAdmin):
    """Personal data shows masked, as voters' does."""

    list_display = ("group", "kind", "trade", "masked_name", "masked_phone", "since", "until")
    list_filter = ("kind",)
    search_fields = ("group__name", "trade")
    list_select_related = ("group",)
    fields = ("group", "kind", "trade", "station", "masked_name", "masked_phone", "since", "until", "erased_at")


@admin.register(Project)
class ProjectAdmin(ReadOnlyAdmin):
    list_display = ("title", "county", "kind", "year", "number", "department", "group", "stopped_on")
    list_filter = ("county", "kind", "year", "field")
    search_fields = ("title", "department__name")
    list_select_related = ("county", "department", "group")


@admin.register(Task)
class TaskAdmin(ReadOnlyAdmin):
    list_display = ("title", "project", "department", "contact")
    search_fields = ("title", "project__title", "department__name")
    list_select_related = ("project", "department")


@admin.register(Milestone)
class MilestoneAdmin(ReadOnlyAdmin):
    list_display = ("title", "task", "due_on", "progress", "done_on")
    search_fields = ("title", "task__title", "task__project__title")
    list_select_related = ("task",)
    date_hierarchy = "due_on"


@admin.register(Round)
class RoundAdmin(ReadOnlyAdmin):
    list_display = ("title", "county", "year", "kind", "way", "held_on", "state", "valid")
    list_filter = ("county", "year", "kind", "state")
    search_fields = ("title",)
    list_select_related = ("county",)


@admin.register(Subject)
class SubjectAdmin(ReadOnlyAdmin):
    """Of counted rounds alone: how a vote stands is nobody's to see or to export."""

    list_display = ("round", "position", "department", "matter", "satisfied", "basically", "dissatisfied", "abstained")
    search_fields = ("round__title", "department__name", "matter")
    list_select_related = ("round", "department", "project")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Subject]:
        return super().get_queryset(request).filter(round__state__in=COUNTED)


@admin.register(BallotCode)
class BallotCodeAdmin(ReadOnlyAdmin):
    list_display = ("round", "used")
    search_fields = ("round__title",)
    list_select_related = ("round",)


@admin.register(Rectification)
class RectificationAdmin(ReadOnlyAdmin):
    list_display = ("subject", "state", "opened_on", "explain_due", "rectify_due", "committee_on")
    list_filter = ("state",)
    search_fields = ("subject__department__name", "subject__matter")
    list_select_related = ("subject__department",)
    date_hierarchy = "opened_on"


@admin.register(RectificationFile)
class RectificationFileAdmin(ReadOnlyAdmin):
    list_display = ("name", "rectification", "part", "media_type")
    search_fields = ("name", "rectification__subject__department__name")
    list_select_related = ("rectification__subject__department",)


@admin.register(Inspection)
class InspectionAdmin(ReadOnlyAdmin):
    list_display = ("title", "kind", "date", "group", "station", "state")
    list_filter = ("county", "kind", "state")
    search_fields = ("title", "place")
    list_select_related = ("group", "station")
    date_hierarchy = "date"


@admin.register(Participant)
class ParticipantAdmin(ReadOnlyAdmin):
    list_display = ("inspection", "deputy", "expert", "answer", "attended")
    list_filter = ("answer", "attended")
    search_fields = ("deputy__name", "inspection__title")
    list_select_related = ("inspection", "deputy", "expert")


@admin.register(Finding)
class FindingAdmin(ReadOnlyAdmin):
    list_display = ("title", "county", "department", "state", "due_on", "rounds", "closed_on")
    list_filter = ("county", "state", "field")
    search_fields = ("title", "place", "department__name")
    list_select_related = ("county", "department")
    date_hierarchy = "noted_at"


@admin.register(FindingStep)
class FindingStepAdmin(ReadOnlyAdmin):
    list_display = ("finding", "kind", "due_on", "by", "at")
    list_filter = ("kind",)
    search_fields = ("finding__title",)
    list_select_related = ("finding", "by")


@admin.register(FindingPhoto)
class FindingPhotoAdmin(ReadOnlyAdmin):
    """The file itself is not offered here: it is served by the scoped view alone."""

    list_display = ("name", "finding", "step", "uploaded_by")
    search_fields = ("name", "finding__title")
    list_select_related = ("finding", "step__finding", "uploaded_by")
    exclude = ("file",)
