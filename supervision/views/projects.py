"""民生实事项目 and 重点建议: the list with a bar for each, one project with its tasks, and what is reported."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accounts.requests import SignedInRequest
from history.models import Event
from liaison.lib.years import read_year
from stations.fields import Field
from suggestions.models import Suggestion
from supervision import projects
from supervision.forms_project import MilestoneForm, ProgressForm, ProjectForm, StopForm, TaskForm
from supervision.models import Inspection, Milestone, Project, ProjectKind, ProjectQuerySet, Task

SHOWN = 30  # events of a project's page


def asked_year(request: SignedInRequest) -> int:
    """As asked for; this one where no year of the calendar is."""
    return read_year(request.GET.get("year", "")) or timezone.localdate().year


def chosen_year(request: SignedInRequest) -> int | None:
    """As :func:`asked_year`; None, every year, where the box was emptied (``?year=``)."""
    return None if request.GET.get("year") == "" else asked_year(request)


def with_standing(found: ProjectQuerySet) -> list[tuple[Project, projects.Standing]]:
    """Each with how far it is: the livelihood projects first, in the order of their numbers; stopped ones at the end."""
    far = projects.standings(found)
    rows = [(one, far.get(one.pk, projects.Standing())) for one in found.select_related("department", "group")]
    kinds = list(ProjectKind)

    def place(row: tuple[Project, projects.Standing]) -> tuple[bool, int, int]:
        return row[0].stopped_on is not None, kinds.index(ProjectKind(row[0].kind)), row[0].number

    return sorted(rows, key=place)


@require_safe
def project_list(request: SignedInRequest) -> HttpResponse:
    year, kind, field = chosen_year(request), request.GET.get("kind", ""), request.GET.get("field", "")
    seen = Project.objects.visible_to(request.user)
    found = seen.filter(year=year) if year else seen
    found = found.filter(kind=kind) if kind in ProjectKind.values else found
    found = found.filter(field=field) if field in Field.values else found
    rows = with_standing(found)
    if late := request.GET.get("show") == "late":
        rows = [row for row in rows if row[1].late]
    this = timezone.localdate().year
    years = {*seen.order_by().values_list("year", flat=True), this}
    context = {
        "rows": rows,
        "year": year,
        "years": sorted({*years, year or this}, reverse=True),
        "kind": kind,
        "field": field,
        "late": late,
        "kinds": ProjectKind.choices,
        "fields": Field.choices,
        "may_arrange": bool(request.user.seats.office_county_ids),
    }
    return render(request, "supervision/projects.html", context)


def _project(request: SignedInRequest, pk: int) -> Project:
    return get_object_or_404(Project.objects.visible_to(request.user).select_related(*projects.RELATED), pk=pk)


def _arranged(request: SignedInRequest, pk: int) -> Project:
    one = _project(request, pk)
    if not projects.may_arrange(request.user, one.county_id):
        raise PermissionDenied(projects.OFFICE_ONLY)
    return one


@require_safe
def project(request: SignedInRequest, pk: int) -> HttpResponse:
    one = _project(request, pk)
    tasks = list(one.tasks.select_related("department", "project").prefetch_related("milestones__reported_by"))
    seen = set(Suggestion.objects.visible_to(request.user).filter(supervised_projects=one).values_list("pk", flat=True))
    inspections = Inspection.objects.visible_to(request.user)
    context = {
        "project": one,
        "standing": projects.standing(tasks),
        "tasks": [
            (task, int(projects.task_percent(list(task.milestones.all()))), projects.may_report(request.user, task))
            for task in tasks
        ],
        "cases": [(case, case.pk in seen) for case in one.cases.order_by("pk")],
        "may_arrange": projects.may_arrange(request.user, one.county_id) and one.stopped_on is None,
        "reports": Event.objects.filter(chain=one.chain, action="milestone_report")
        .select_related("actor")
        .order_by("-seq")[:SHOWN],
        "inspections": inspections.filter(project=one).select_related("group", "station").order_by("-date", "-pk"),
    }
    return render(request, "supervision/project.html", context)


def create_project(request: SignedInRequest) -> HttpResponse:
    county_ids = sorted(request.user.seats.office_county_ids)
    if not county_ids:
        raise PermissionDenied(projects.OFFICE_ONLY)
    form = ProjectForm(request.POST or None, user=request.user, county_ids=county_ids)
    if request.method == "POST" and form.is_valid():
        said = form.arguments()
        try:
            one = projects.create(said["department"].station.county, by=request.user, **said)
            messages.success(request, "已登记。请分解任务，定好每个节点的时限。")
            return redirect("supervision:project", one.pk)
        except ValidationError as error:
            form.add_error(None, error)
    return render(request, "supervision/edit_project.html", {"form": form})


def edit_project(request: SignedInRequest, pk: int) -> HttpResponse:
    one = _arranged(request, pk)
    form = ProjectForm(request.POST or None, user=request.user, county_ids=[one.county_id], project=one)
    return _act(
        request, form, one, "修改项目", lambda: projects.edit(pk, by=request.user, **form.arguments()), "已保存。"
    )


def stop_project(request: SignedInRequest, pk: int) -> HttpResponse:
    one = _arranged(request, pk)
    form = StopForm(request.POST or None)
    said = "已终止，项目和记录保留。"
    return _act(request, form, one, "终止项目", lambda: projects.stop(pk, by=request.user, **form.cleaned_data), said)


def _act(
    request: SignedInRequest, form: Form, one: Project, title: str, change: Callable[[], Any], said: str, **more: Any
) -> HttpResponse:
    """A form of this project; sent and right, ``change`` happens and the page of the project says so."""
    if request.method == "POST" and form.is_valid():
        try:
            change()
            messages.success(request, said)
            return redirect("supervision:project", one.pk)
        except ValidationError as error:
            form.add_error(None, error)
    context = {"form": form, "project": one, "title": title, **more}
    return render(request, "supervision/project_act.html", context)


def add_task(request: SignedInRequest, pk: int) -> HttpResponse:
    one = _arranged(request, pk)
    form = TaskForm(request.POST or None, project=one)
    said = "已加任务，请定节点。"
    return _act(request, form, one, "加任务", lambda: projects.add_task(pk, by=request.user, **form.arguments()), said)


def _task(request: SignedInRequest, pk: int) -> Task:
    task = get_object_or_404(Task.objects.filter(project__in=Project.objects.visible_to(request.user)), pk=pk)
    task.project = _arranged(request, task.project_id)
    return task


def edit_task(request: SignedInRequest, pk: int) -> HttpResponse:
    task = _task(request, pk)
    form = TaskForm(request.POST or None, project=task.project, task=task)

    def change() -> Any:
        return projects.edit_task(pk, by=request.user, **form.arguments())

    return _act(request, form, task.project, "修改任务", change, "已保存。", task=task)


@require_POST
def delete_task(request: SignedInRequest, pk: int) -> HttpResponse:
    task = _task(request, pk)
    return _delete(request, task.project_id, lambda: projects.delete_task(pk, by=request.user))


def _delete(request: SignedInRequest, project_pk: int, change: Callable[[], Any]) -> HttpResponse:
    try:
        change()
        messages.success(request, "已删除。")
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect("supervision:project", project_pk)


def add_milestone(request: SignedInRequest, pk: int) -> HttpResponse:
    task = _task(request, pk)
    form = MilestoneForm(request.POST or None, project=task.project)

    def change() -> Any:
        return projects.add_milestone(pk, by=request.user, **form.arguments())

    return _act(request, form, task.project, f"加节点：{task.title}", change, "已加节点。")


def _milestone(request: SignedInRequest, pk: int) -> Milestone:
    """Of a project that one sees, with its task."""
    seen = Milestone.objects.filter(task__project__in=Project.objects.visible_to(request.user))
    return get_object_or_404(seen.select_related("task__project", "task__department"), pk=pk)


def edit_milestone(request: SignedInRequest, pk: int) -> HttpResponse:
    one = _milestone(request, pk)
    of = _arranged(request, one.task.project_id)
    form = MilestoneForm(request.POST or None, project=of, milestone=one)

    def change() -> Any:
        return projects.edit_milestone(pk, by=request.user, **form.arguments())

    return _act(request, form, of, "修改节点", change, "已保存。", milestone=one)


@require_POST
def delete_milestone(request: SignedInRequest, pk: int) -> HttpResponse:
    one = _milestone(request, pk)
    _arranged(request, one.task.project_id)
    return _delete(request, one.task.project_id, lambda: projects.delete_milestone(pk, by=request.user))


def report_milestone(request: SignedInRequest, pk: int) -> HttpResponse:
    one = _milestone(request, pk)
    if not projects.may_report(request.user, one.task):
        raise PermissionDenied("进展由责任单位填报。")
    form = ProgressForm(request.POST or None, milestone=one)

    def change() -> Any:
        return projects.report(pk, by=request.user, **form.arguments())

    return _act(request, form, one.task.project, "填报进展", change, "已填报。", reporting=one)
