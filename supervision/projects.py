"""民生实事项目 and 重点建议: divided into tasks, each with one department that answers for it, and milestones in the year.

The county office arranges; a task's department reports how far it is. How far a project is follows from its milestones:
the mean of its tasks, each the mean of its milestones; 100 only when everything is done.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Max, QuerySet
from django.urls import reverse
from django.utils import timezone

from history.log import last_seq
from stations.models import County, Department
from stations.staff import clerks
from suggestions.models import Suggestion
from supervision.acts import leader_of, record, tell
from supervision.models import Group, Milestone, Project, ProjectQuerySet, Task

if TYPE_CHECKING:
    from accounts.models import User

OFFICE_ONLY = "民生实事项目和重点建议由县人大常委会代表工委登记、分解。"
RELATED = ("county", "department__station", "group__leader__user")
MOST_TASKS, MOST_MILESTONES = 30, 20  # of a project, of a task


# --- who may what -------------------------------------------------------------------------


def may_arrange(user: User, county_id: int) -> bool:
    return county_id in user.seats.office_county_ids


def may_report(user: User, task: Task) -> bool:
    """The task's department, the project's department, and the county office."""
    own = {task.department_id, task.project.department_id} & user.seats.department_ids
    return bool(own) or may_arrange(user, task.project.county_id)


# --- how far ------------------------------------------------------------------------------


@dataclass(frozen=True)
class Standing:
    """``percent`` whole per cent, rounded down."""

    percent: int = 0
    milestones: int = 0
    done: int = 0
    late: int = 0

    @property
    def is_done(self) -> bool:
        return self.percent == 100


def standing(tasks: Iterable[Task], today: dt.date | None = None) -> Standing:
    """Of one project; ``tasks`` with their milestones loaded."""
    today = today or timezone.localdate()
    shares, milestones = [], []
    for task in tasks:
        own = list(task.milestones.all())
        milestones += own
        shares.append(task_percent(own))
    late = sum(one.done_on is None and one.due_on < today for one in milestones)
    done = sum(one.done_on is not None for one in milestones)
    percent = int(sum(shares) / len(shares) + 1e-9) if shares else 0
    return Standing(percent, len(milestones), done, late)


def task_percent(milestones: list[Milestone]) -> float:
    return sum(one.progress for one in milestones) / len(milestones) if milestones else 0


def standings(projects: ProjectQuerySet, today: dt.date | None = None) -> dict[int, Standing]:
    """project's pk → how far it is, in two queries; none is late of a project that was stopped."""
    tasks = Task.objects.filter(project__in=projects.order_by().values("pk")).prefetch_related("milestones")
    by_project: dict[int, list[Task]] = defaultdict(list)
    for task in tasks:
        by_project[task.project_id].append(task)
    return {pk: standing(found, today) for pk, found in by_project.items()}


# --- arranging ----------------------------------------------------------------------------


def _lock(pk: int) -> Project:
    """Whoever changes something of a project holds it: what is read of its tasks and milestones after that stays so."""
    return Project.objects.select_for_update(of=("self",)).select_related(*RELATED).get(pk=pk)


def _project_of(rows: QuerySet[Any], path: str) -> int:
    """Of a task or a milestone that another may just have deleted: ValidationError in words."""
    pk: int | None = rows.values_list(path, flat=True).first()
    if pk is None:
        raise ValidationError("这一项刚刚被删除，请刷新页面看看。")
    return pk


def _locked(pk: int, by: User) -> Project:
    project = _lock(pk)
    if not may_arrange(by, project.county_id):
        raise PermissionDenied(OFFICE_ONLY)
    _going_on(project)
    return project


def _going_on(project: Project) -> None:
    if project.stopped_on is not None:
        raise ValidationError("这个项目已经终止，不能再改。")


def _check_owner(department: Department, county_id: int) -> None:
    if department.station.county_id != county_id:
        raise ValidationError({"department": "责任单位必须是本县的承办单位。"})
    if not department.is_active:
        raise ValidationError({"department": f"{department.name}已停用，请选接替它的单位。"})


def _check_group(group: Group | None, county_id: int) -> None:
    if group is not None and group.county_id != county_id:
        raise ValidationError({"group": "监督小组必须是本县的。"})


@transaction.atomic
def create(
    county: County,
    *,
    by: User,
    kind: str,
    year: int,
    department: Department,
    cases: Iterable[Suggestion] = (),
    **said: Any,
) -> Project:
    """``said``: title, goal, field, group. The number is the next of its kind and year."""
    if not may_arrange(by, county.pk):
        raise PermissionDenied(OFFICE_ONLY)
    _check_owner(department, county.pk)
    _check_group(said.get("group"), county.pk)
    County.objects.select_for_update().get(pk=county.pk)  # two at once do not take the same number
    same = Project.objects.filter(county=county, kind=kind, year=year)
    number = (same.aggregate(last=Max("number"))["last"] or 0) + 1
    values = {"county": county, "kind": kind, "year": year, "number": number, "department": department}
    project = Project.objects.create(**values, created_by=by, **said)
    project.cases.set(cases)
    after = {"kind": kind, "year": year, "number": number, "department": department.pk}
    record(project, "project_create", actor=by, after=after)
    _tell_owner(project, department, "created", f"新的{project.get_kind_display()}由您单位负责：{project.title}", by=by)
    return project


@transaction.atomic
def edit(pk: int, *, by: User, department: Department, cases: Iterable[Suggestion] = (), **said: Any) -> Project:
    """Kind, year and number stay."""
    project = _locked(pk, by)
    if department.pk != project.department_id:
        _check_owner(department, project.county_id)
    _check_group(said.get("group"), project.county_id)
    before = {"department": project.department_id, "group": project.group_id, "field": project.field}
    project.department = department
    for name, value in said.items():
        setattr(project, name, value)
    project.save(update_fields=["department", *said])
    project.cases.set(cases)
    after = {"department": project.department_id, "group": project.group_id, "field": project.field}
    record(project, "project_edit", actor=by, before=before, after=after)
    if before["department"] != department.pk:
        what = f"owner:{last_seq(project.chain)}"  # an owner may be given back what was taken from it
        subject = f"{project.get_kind_display()}转由您单位负责：{project.title}"
        _tell_owner(project, department, what, subject, by=by)
    return project


@transaction.atomic
def stop(pk: int, *, by: User, reason: str) -> Project:
    """No longer pursued; it stays in the list with its reason."""
    project = _locked(pk, by)
    if not reason.strip():
        raise ValidationError({"reason": "请写明终止的原因。"})
    project.stopped_on, project.stop_reason = timezone.localdate(), reason.strip()
    project.save(update_fields=["stopped_on", "stop_reason"])
    record(project, "project_stop", actor=by, note=project.stop_reason)
    return project


@transaction.atomic
def add_task(pk: int, *, by: User, title: str, department: Department | None, contact: str = "") -> Task:
    project = _locked(pk, by)
    if department is None:
        raise ValidationError({"department": "每项任务都要有责任单位，请选一个。"})
    _check_owner(department, project.county_id)
    if project.tasks.count() >= MOST_TASKS:
        raise ValidationError(f"一个项目最多分解为 {MOST_TASKS} 项任务。")
    task = Task.objects.create(project=project, title=title, department=department, contact=contact)
    record(project, "task_add", actor=by, after={"task": task.pk, "department": department.pk}, note=title)
    if department.pk != project.department_id:
        _tell_owner(project, department, f"task:{task.pk}", f"项目任务由您单位负责：{title}", by=by)
    return task


@transaction.atomic
def edit_task(pk: int, *, by: User, title: str, department: Department, contact: str = "") -> Task:
    project = _locked(_project_of(Task.objects.filter(pk=pk), "project"), by)
    task = Task.objects.get(pk=pk)
    moved = department.pk != task.department_id
    if moved:
        _check_owner(department, project.county_id)
    before = {"department": task.department_id}
    task.title, task.department, task.contact = title, department, contact
    task.save(update_fields=["title", "department", "contact"])
    after = {"task": task.pk, "department": department.pk}
    record(project, "task_edit", actor=by, before=before, after=after, note=title)
    if moved:
        what = f"task:{task.pk}:{last_seq(project.chain)}"
        _tell_owner(project, department, what, f"项目任务转由您单位负责：{title}", by=by)
    return task


@transaction.atomic
def delete_task(pk: int, *, by: User) -> Project:
    """One that was entered by mistake; ValidationError once something was reported."""
    project = _locked(_project_of(Task.objects.filter(pk=pk), "project"), by)
    task = Task.objects.get(pk=pk)
    if task.milestones.filter(reported_at__isnull=False).exists():
        raise ValidationError("这项任务已经填报过进展，不能删除。")
    record(project, "task_delete", actor=by, after={"task": pk}, note=task.title)
    task.delete()
    return project


def _check_due(project: Project, due_on: dt.date) -> None:
    if due_on > project.last_day:
        raise ValidationError(
            {"due_on": f"这是 {project.year} 年度的项目，节点时限不能晚于 {project.year} 年 12 月 31 日。"}
        )
    if due_on.year < project.year:
        raise ValidationError({"due_on": f"这是 {project.year} 年度的项目，节点时限不能早于 {project.year} 年。"})


@transaction.atomic
def add_milestone(pk: int, *, by: User, title: str, due_on: dt.date) -> Milestone:
    """``pk`` of the task."""
    project = _locked(_project_of(Task.objects.filter(pk=pk), "project"), by)
    task = Task.objects.get(pk=pk)
    _check_due(project, due_on)
    if task.milestones.count() >= MOST_MILESTONES:
        raise ValidationError(f"一项任务最多 {MOST_MILESTONES} 个节点。")
    one = Milestone.objects.create(task=task, title=title, due_on=due_on)
    record(project, "milestone_add", actor=by, after={"milestone": one.pk, "due_on": due_on}, note=title)
    return one


@transaction.atomic
def edit_milestone(pk: int, *, by: User, title: str, due_on: dt.date) -> Milestone:
    """A limit that moves is in the history with both dates."""
    project = _locked(_project_of(Milestone.objects.filter(pk=pk), "task__project"), by)
    one = Milestone.objects.get(pk=pk)
    _check_due(project, due_on)
    before = {"due_on": one.due_on}
    one.title, one.due_on = title, due_on
    one.save(update_fields=["title", "due_on"])
    after = {"milestone": pk, "due_on": due_on}
    record(project, "milestone_edit", actor=by, before=before, after=after, note=title)
    return one


@transaction.atomic
def delete_milestone(pk: int, *, by: User) -> Project:
    project = _locked(_project_of(Milestone.objects.filter(pk=pk), "task__project"), by)
    one = Milestone.objects.get(pk=pk)
    if one.reported_at is not None:
        raise ValidationError("这个节点已经填报过进展，不能删除。")
    record(project, "milestone_delete", actor=by, after={"milestone": pk}, note=one.title)
    one.delete()
    return project


# --- reporting ----------------------------------------------------------------------------


@transaction.atomic
def report(pk: int, *, by: User, progress: int, note: str, done_on: dt.date | None = None) -> Milestone:
    """How far a milestone is. With 100 it is done, on ``done_on`` or today; the county office alone takes that back."""
    project = _lock(_project_of(Milestone.objects.filter(pk=pk), "task__project"))
    one = Milestone.objects.select_related("task__department").get(pk=pk)
    task = one.task
    task.project = project
    if not may_report(by, task):
        raise PermissionDenied("进展由责任单位填报。")
    _going_on(project)
    if not 0 <= progress <= 100:
        raise ValidationError({"progress": "进度填 0 到 100。"})
    if one.done_on is not None and progress < 100 and not may_arrange(by, project.county_id):
        raise ValidationError({"progress": "这个节点已经报完成，要改回来请联系县人大常委会代表工委。"})
    if not note.strip():
        raise ValidationError({"note": "请写明做了什么、做到哪一步。"})
    before = {"progress": one.progress, "done_on": one.done_on}
    one.progress, one.note = progress, note.strip()
    one.done_on = _done_on(done_on) if progress == 100 else None
    one.reported_by, one.reported_at = by, timezone.now()
    one.save(update_fields=["progress", "note", "done_on", "reported_by", "reported_at"])
    after = {"milestone": pk, "progress": progress, "done_on": one.done_on}
    record(project, "milestone_report", actor=by, before=before, after=after, note=one.note)
    if one.done_on is not None and before["done_on"] is None:
        _tell_done(one, task, by=by)
    return one


def _done_on(day: dt.date | None) -> dt.date:
    today = timezone.localdate()
    if day is not None and day > today:
        raise ValidationError({"done_on": "完成日期不能晚于今天。"})
    return day or today


# --- who is told --------------------------------------------------------------------------


def _tell_owner(project: Project, department: Department, what: str, subject: str, *, by: User) -> None:
    tell(
        clerks([department]),
        by=by,
        key=f"{project.chain}:{what}",
        subject=subject,
        body=f"{project.number_words}：{project.title}\n请按节点填报进展。",
        link=reverse("supervision:project", args=[project.pk]),
        scope=project.department.station.path,
    )


def _tell_done(one: Milestone, task: Task, *, by: User) -> None:
    project = task.project
    tell(
        leader_of(project.group),
        by=by,
        key=f"{project.chain}:done:{one.pk}:{one.done_on}",
        subject=f"节点已完成：{project.title}",
        body=f"{task.title}—{one.title}\n{task.department.name}报告：{one.note}",
        link=reverse("supervision:project", args=[project.pk]),
        scope=project.department.station.path,
    )
