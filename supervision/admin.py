from django.contrib import admin

from liaison.admin_site import ReadOnlyAdmin
from supervision.models import Expert, Group, GroupMember, Milestone, Project, Task


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
