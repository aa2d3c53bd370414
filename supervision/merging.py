"""A department is merged into another (``liaison.lib.handovers``): findings, projects and tasks that go on, and what is to be
put right after a bad result go over. The result itself is sealed and stays the old one's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Q, QuerySet
from django.utils import timezone

from liaison.lib.handovers import Matter
from supervision.acts import record
from supervision.models import Finding, Milestone, Project, Rectification, Task
from supervision.models.rectification import of_departments

if TYPE_CHECKING:
    from accounts.models import User
    from stations.models import Department


def _projects() -> QuerySet[Project]:
    """Of this year, or with something still to do."""
    left = Milestone.objects.filter(done_on__isnull=True).values("task__project")
    return Project.objects.running().filter(Q(year__gte=timezone.localdate().year) | Q(pk__in=left))


def _rectifications(department: Department) -> QuerySet[Rectification]:
    return Rectification.objects.running().filter(of_departments([department.pk]))


def _tasks(department: Department) -> QuerySet[Task]:
    return Task.objects.filter(department=department, project__in=_projects().values("pk"))


def open_with(old: Department) -> list[Matter]:
    return [
        Matter("监督项目（在建的）", _projects().filter(department=old).count(), "个"),
        Matter("监督项目的任务", _tasks(old).count(), "项"),
        Matter("视察发现的问题（没有整改好的）", Finding.objects.open().filter(department=old).count(), "个"),
        Matter("满意度测评整改（没有完成的）", _rectifications(old).count(), "项", "测评结果仍记在原单位名下"),
    ]


def take_over(old: Department, new: Department, *, by: User) -> None:
    note = f"{old.name}已并入{new.name}"
    change = {"before": {"department": old.pk}, "after": {"department": new.pk}, "note": note}
    for finding in Finding.objects.open().filter(department=old).select_for_update(of=("self",)).order_by("pk"):
        finding.department = new
        finding.save(update_fields=["department"])
        record(finding, "finding_merge", actor=by, **change)
    own = Q(department=old) | Q(pk__in=_tasks(old).values("project"))
    for project in _projects().filter(own).select_for_update(of=("self",)).order_by("pk"):
        project.tasks.filter(department=old).update(department=new)
        if project.department_id == old.pk:
            project.department = new
            project.save(update_fields=["department"])
        record(project, "project_merge", actor=by, **change)
    for one in _rectifications(old).select_for_update(of=("self",)).order_by("pk"):
        one.successor = new
        one.save(update_fields=["successor"])
        record(one, "rectification_merge", actor=by, **change)
