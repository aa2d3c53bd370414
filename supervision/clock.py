"""What happens when a limit runs out: the department and the group's leader hear of it on the first day after it, and
again every ``urge_repeat_days`` working days. Driven by a task that scans the database: it may run twice, or a week
late, and tells nothing twice, because the running number of the reminder is part of its key."""

from __future__ import annotations

import datetime as dt

from django.urls import reverse
from django.utils import timezone

from stations.staff import clerks, county_office
from supervision.acts import leader_of, tell
from supervision.inspecting import organisers, scope
from supervision.models import Finding, Inspection, InspectionState, Milestone
from workdays.calendar import Calendar


def ordinal(due_on: dt.date, today: dt.date, calendar: Calendar, repeat: int) -> int:
    """Which reminder it is: 1 on the first working day after the limit."""
    return max(calendar.between(due_on, today) - 1, 0) // repeat + 1


def tell_late_milestones(today: dt.date | None = None) -> int:
    """From the second reminder on the county office hears of it too. Returns the outbox rows written."""
    today = today or timezone.localdate()
    calendar, written = Calendar.current(), 0
    related = ("task__department", "task__project__county__rules", "task__project__group__leader__user")
    found = Milestone.objects.late(today).select_related(*related, "task__project__department__station")
    for one in found.order_by("pk").iterator(chunk_size=500):
        project = one.task.project
        number = ordinal(one.due_on, today, calendar, project.county.rules.urge_repeat_days)
        people = [*clerks([one.task.department]), *leader_of(project.group)]
        written += tell(
            [*people, *county_office(project.county_id)] if number > 1 else people,
            key=f"{project.chain}:late:{one.pk}:{one.due_on}:{number}",
            subject=f"节点逾期：{project.title}",
            body=f"{one.task.title}—{one.title}\n{one.task.department.name}，时限 {one.due_on:%Y年%-m月%-d日}，现在 {one.progress}%。",
            link=reverse("supervision:project", args=[project.pk]),
            relevance=f"supervision.clock.still_late:{one.pk}:{one.due_on}",
            scope=project.department.station.path,
        )
    return written


def still_late(pk: str, due_on: str) -> bool:
    """Asked when a reminder is sent."""
    return Milestone.objects.late().filter(pk=pk, due_on=due_on).exists()


def tell_overdue_findings(today: dt.date | None = None) -> int:
    """The department and the group's leader; from the second reminder on who organised the inspection, too."""
    today = today or timezone.localdate()
    calendar, written = Calendar.current(), 0
    related = ("department", "inspection__station", "inspection__county__rules", "inspection__group__leader__user")
    for one in Finding.objects.overdue(today).select_related(*related).order_by("pk").iterator(chunk_size=500):
        if one.department is None or one.due_on is None:  # the database holds that there is one
            continue
        inspection = one.inspection
        number = ordinal(one.due_on, today, calendar, inspection.county.rules.urge_repeat_days)
        people = [*clerks([one.department]), *leader_of(inspection.group)]
        written += tell(
            [*people, *organisers(inspection)] if number > 1 else people,
            key=f"{one.chain}:late:{one.due_on}:{number}",
            subject=f"整改逾期：{one.title}",
            body=f"{one.place}：{one.problem[:120]}\n{one.department.name}，时限 {one.due_on:%Y年%-m月%-d日}，还没有报告整改。",
            link=reverse("supervision:finding", args=[one.pk]),
            relevance=f"supervision.findings.still:{one.pk}:{one.state}:{one.rounds}",
            scope=scope(inspection),
        )
    return written


def ask_who_came(today: dt.date | None = None) -> int:
    """An inspection whose day is over and of which nobody has said who came: the organisers are asked, once."""
    today = today or timezone.localdate()
    written = 0
    found = Inspection.objects.filter(state=InspectionState.PLANNED, date__lt=today).select_related("station", "county")
    for one in found.order_by("pk").iterator(chunk_size=500):
        written += tell(
            organisers(one),
            key=f"{one.chain}:unheld:{one.revision}",
            subject=f"请登记到场：{one.title}",
            body=f"{one.date:%Y年%-m月%-d日}的{one.get_kind_display()}还没有登记到场和情况；没有开展的请取消。",
            link=reverse("supervision:inspection", args=[one.pk]),
            relevance=f"supervision.inspecting.still:{one.pk}:{one.revision}:{one.state}",
            scope=scope(one),
        )
    return written
