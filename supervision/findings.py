"""Findings: noted → sent to a department with a limit → put right → checked again: passed, or back with a new limit.

Whoever organised the inspection sends and checks; the group's leader checks too; the department reports. A problem that
comes back is a finding of its own whose ``previous`` is the one before, so that what was done each time stays legible.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from stations.models import Department
from stations.staff import clerks
from supervision import photos
from supervision.acts import leader_of, record, tell
from supervision.inspecting import may_manage, organisers, own_part, scope
from supervision.models import (
    OPEN,
    Answer,
    Finding,
    FindingState,
    FindingStep,
    Inspection,
    InspectionState,
    StepKind,
)

if TYPE_CHECKING:
    from accounts.models import User

RELATED = (
    "county",
    "department__station",
    "inspection__station",
    "inspection__county",
    "inspection__group__leader__user",
    "noted_by",
    "previous",
)
SENT_BY = "问题由组织视察的站点或县人大常委会代表工委交办。"
CHECKED_BY = "复查由组织视察的站点、县人大常委会代表工委或小组组长进行，责任单位不能复查自己。"
LONGEST = dt.timedelta(days=366)  # of a limit


# --- who may what -------------------------------------------------------------------------


def may_note(user: User, one: Inspection) -> bool:
    """Who organises it, and the deputies who take part."""
    if may_manage(user, one):
        return True
    part = own_part(user, one)
    return part is not None and part.answer != Answer.LEAVE


def may_edit(user: User, finding: Finding) -> bool:
    return may_send(user, finding) or finding.noted_by_id == user.pk


def may_send(user: User, finding: Finding) -> bool:
    return may_manage(user, finding.inspection)


def may_report(user: User, finding: Finding) -> bool:
    return finding.department_id in user.seats.department_ids


def may_check(user: User, finding: Finding) -> bool:
    """Who organised the inspection, and the leader of its group. Never the department, whatever other seat it has."""
    if may_report(user, finding):
        return False
    group = finding.inspection.group
    leads = group is not None and group.leader_id in user.seats.deputy_ids
    return leads or may_manage(user, finding.inspection)


def departments_for(user: User, finding: Finding) -> Any:
    """Open departments to send it to: the county's for the county office, else those of one's own stations."""
    found = Department.objects.filter(is_active=True, station__county=finding.county_id).select_related("station")
    if finding.county_id not in user.seats.office_county_ids:
        found = found.filter(user.seats.subtree("station__"))
    return found.order_by("station__path", "name")


# --- steps --------------------------------------------------------------------------------


@dataclass
class Step:
    finding: Finding
    by: User
    before: dict[str, Any]
    after: dict[str, Any] = field(default_factory=dict)
    note: str = ""


@contextmanager
def _step(
    pk: int,
    action: str,
    *,
    by: User,
    may: Callable[[User, Finding], bool],
    refused: str,
    states: Sequence[FindingState] = tuple(FindingState),
) -> Iterator[Step]:
    """The finding locked and in one of ``states``; saved with its event when the block ends."""
    with transaction.atomic():
        finding = Finding.objects.select_for_update(of=("self",)).select_related(*RELATED).get(pk=pk)
        if not may(by, finding):
            raise PermissionDenied(refused)
        if finding.state not in states:
            raise ValidationError(f"这个问题现在是“{finding.get_state_display()}”，不能这样办，请刷新页面看看。")
        now = Step(finding, by, {"state": finding.state, "due_on": finding.due_on})
        yield now
        finding.save()
        after = {"state": finding.state, "due_on": finding.due_on, **now.after}
        record(finding, action, actor=by, before=now.before, after=after, note=now.note)


def _written(now: Step, kind: StepKind, text: str, due_on: dt.date | None = None) -> FindingStep:
    now.note = text.strip()
    return FindingStep.objects.create(finding=now.finding, kind=kind, text=now.note, due_on=due_on, by=now.by)


@transaction.atomic
def note(
    inspection_pk: int,
    *,
    by: User,
    title: str,
    problem: str,
    place: str,
    field: str,
    previous: Finding | None = None,
    files: Sequence[UploadedFile] = (),
) -> Finding:
    """From the day of the inspection on. The organisers hear of what a deputy noted."""
    related = ("county", "station", "group__leader__user")
    one = Inspection.objects.select_for_update(of=("self",)).select_related(*related).get(pk=inspection_pk)
    if not may_note(by, one):
        raise PermissionDenied("问题由参加视察的代表和组织视察的站点记录。")
    if one.state == InspectionState.CANCELLED:
        raise ValidationError("这次视察已取消，不能记录问题。")
    if one.date > timezone.localdate():
        raise ValidationError("还没有到视察的日期，不能记录问题。")
    _check_previous(previous, one.county_id)
    values = {"title": title, "problem": problem, "place": place, "field": field, "previous": previous}
    finding = Finding.objects.create(county=one.county, inspection=one, noted_by=by, **values)
    with photos.added(finding, files, by=by):
        after = {"inspection": one.pk, "field": field, "previous": finding.previous_id, "photos": len(files)}
        record(finding, "finding_note", actor=by, after=after, note=title)
        if not may_manage(by, one):
            _tell(finding, organisers(one), "noted", f"视察发现问题，请交办：{title}", by=by)
    return finding


def _check_previous(previous: Finding | None, county_id: int, than: Finding | None = None) -> None:
    if previous is None:
        return
    if previous.county_id != county_id:
        raise ValidationError({"previous": "只能关联本县以前的问题。"})
    if than is not None and previous.pk >= than.pk:
        raise ValidationError({"previous": "只能关联在它以前发现的问题。"})


def edit(
    pk: int, *, by: User, title: str, problem: str, place: str, field: str, previous: Finding | None = None
) -> Finding:
    """Before it is sent: by who noted it, and by the organisers. Later the organisers still link it to an earlier one."""
    refused = "问题由记录的人和组织视察的站点修改。"
    with _step(pk, "finding_edit", by=by, may=may_edit, refused=refused) as now:
        finding = now.finding
        changed = (finding.title, finding.problem, finding.place, finding.field) != (title, problem, place, field)
        if changed and finding.state != FindingState.NOTED:
            raise ValidationError("问题已经交办，文字不能再改；只能关联以前的问题。")
        _check_previous(previous, finding.county_id, than=finding)
        now.before["previous"], now.after["previous"] = finding.previous_id, previous.pk if previous else None
        finding.title, finding.problem, finding.place = title, problem, place
        finding.field, finding.previous = field, previous
    return now.finding


def send(pk: int, *, by: User, department: Department, due_on: dt.date, text: str) -> Finding:
    """To one department, with the day until which it is to be put right; its clerks are told."""
    states = (FindingState.NOTED, FindingState.DROPPED)
    with _step(pk, "finding_send", by=by, may=may_send, refused=SENT_BY, states=states) as now:
        finding = now.finding
        if not department.is_active:
            raise ValidationError({"department": f"{department.name}已停用，不能交办；请选接替它的单位。"})
        if not departments_for(by, finding).filter(pk=department.pk).exists():
            raise ValidationError({"department": f"{department.name}不是您可以交办的单位；县直部门请报县人大交办。"})
        _check_due(due_on)
        finding.department, finding.due_on, finding.sent_on = department, due_on, timezone.localdate()
        finding.state = FindingState.SENT
        now.after["department"] = department.pk
        _written(now, StepKind.SENT, text, due_on)
        subject = f"视察发现问题，请在{due_on:%-m月%-d日}前整改：{finding.title}"
        _tell(finding, clerks([department]), "sent", subject, by=by)
    return now.finding


def _check_due(due_on: dt.date) -> None:
    today = timezone.localdate()
    if due_on <= today:
        raise ValidationError({"due_on": "整改时限要在今天以后。"})
    if due_on > today + LONGEST:
        raise ValidationError({"due_on": "整改时限不能超过一年，请核对。"})


def drop(pk: int, *, by: User, reason: str) -> Finding:
    """Nothing for a department to put right; it stays in the list with its reason, and may be sent later after all."""
    states = (FindingState.NOTED,)
    with _step(pk, "finding_drop", by=by, may=may_send, refused=SENT_BY, states=states) as now:
        if not reason.strip():
            raise ValidationError({"reason": "请写明不交办的原因。"})
        now.finding.state = FindingState.DROPPED
        _written(now, StepKind.DROPPED, reason)
    return now.finding


def report(pk: int, *, by: User, text: str, files: Sequence[UploadedFile] = ()) -> Finding:
    """The department says what it did, with photos. Late is late for good: ``overran`` stays."""
    refused, states = "整改情况由责任单位报告。", (FindingState.SENT,)
    with _step(pk, "finding_report", by=by, may=may_report, refused=refused, states=states) as now:
        finding = now.finding
        if not text.strip():
            raise ValidationError({"text": "请写明怎样整改的、结果怎样。"})
        finding.overran |= finding.due_on is not None and timezone.localdate() > finding.due_on
        finding.state = FindingState.REPORTED
        step = _written(now, StepKind.REPORTED, text)
        with photos.added(finding, files, by=by, step=step):
            now.after["photos"] = len(files)
            people = [*organisers(finding.inspection), *leader_of(finding.inspection.group)]
            _tell(finding, people, f"reported:{step.pk}", f"整改已报告，请复查：{finding.title}", by=by)
    return now.finding


def check(
    pk: int, *, by: User, passed: bool, text: str, due_on: dt.date | None = None, files: Sequence[UploadedFile] = ()
) -> Finding:
    """Looked at again: passed ends it; not passed goes back with a new limit ``due_on``."""
    states = (FindingState.REPORTED,)
    with _step(pk, "finding_check", by=by, may=may_check, refused=CHECKED_BY, states=states) as now:
        finding = now.finding
        if not text.strip():
            raise ValidationError({"text": "请写明复查看到的情况。"})
        if passed:
            finding.state, finding.closed_on = FindingState.CLOSED, timezone.localdate()
        else:
            if due_on is None:
                raise ValidationError({"due_on": "不合格的，请定新的整改时限。"})
            _check_due(due_on)
            finding.state, finding.due_on = FindingState.SENT, due_on
            finding.rounds += 1
        step = _written(now, StepKind.PASSED if passed else StepKind.BACK, text, None if passed else due_on)
        with photos.added(finding, files, by=by, step=step):
            assert finding.department is not None
            subject = "复查合格" if passed else f"复查不合格，请在{due_on:%-m月%-d日}前重新整改"
            people = clerks([finding.department])
            people += [finding.noted_by] if finding.noted_by else []
            _tell(finding, people, f"checked:{step.pk}", f"{subject}：{finding.title}", by=by)
    return now.finding


# --- what came back -----------------------------------------------------------------------


def line(finding: Finding) -> list[Finding]:
    """The problem each time it was found, the first first: what came before this finding and what came after it."""
    found = {finding.pk: finding}
    rows = [finding]
    while rows:
        near = {one.previous_id for one in rows if one.previous_id is not None} - found.keys()
        more = Finding.objects.filter(pk__in=near) | Finding.objects.filter(previous__in=[one.pk for one in rows])
        rows = [one for one in more.select_related("inspection", "department") if one.pk not in found]
        found.update({one.pk: one for one in rows})
    return [found[pk] for pk in sorted(found)]


def earlier(county_id: int, before: Finding | None = None) -> Any:
    """What a new finding may be the return of: earlier ones, the latest first."""
    found = Finding.objects.filter(county=county_id).exclude(state=FindingState.DROPPED)
    found = found.filter(pk__lt=before.pk) if before is not None else found
    return found.select_related("inspection").order_by("-pk")


# --- who is told --------------------------------------------------------------------------


def _tell(finding: Finding, people: Sequence[User], what: str, subject: str, *, by: User) -> None:
    limit = (
        f"\n整改时限：{finding.due_on:%Y年%-m月%-d日}" if finding.due_on and finding.state == FindingState.SENT else ""
    )
    tell(
        people,
        by=by,
        key=f"{finding.chain}:{what}",
        subject=subject,
        body=f"{finding.place}：{finding.problem[:120]}{limit}",
        link=reverse("supervision:finding", args=[finding.pk]),
        relevance=f"supervision.findings.still:{finding.pk}:{finding.state}:{finding.rounds}",
        scope=scope(finding.inspection),
    )


def still(pk: str, state: str, rounds: str) -> bool:
    """Asked when it is sent: whether nothing has happened to the finding since."""
    return Finding.objects.filter(pk=pk, state=state, rounds=rounds).exists()


def open_of(department: Department) -> int:
    """What a department still has to put right."""
    return Finding.objects.filter(department=department, state__in=OPEN).count()
