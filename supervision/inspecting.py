"""视察、调研、执法检查: the one way from planned to held or cancelled. On an inspection deputies take part and look, they
"do not settle matters directly" (代表法 2025 art 31): what they find goes to a department as a finding (findings.py).

The county office plans for the groups, the staff of a station for the station; deputies answer for themselves.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from deputies.models import Deputy
from deputies.reach import recipient
from messaging import outbox
from stations.staff import county_office, staff_of
from supervision.acts import record, tell
from supervision.models import (
    Answer,
    Expert,
    Group,
    Inspection,
    InspectionState,
    Participant,
    Project,
)

if TYPE_CHECKING:
    from accounts.models import User
    from stations.models import County, Station

RELATED = ("county", "group__leader__user", "station", "project", "created_by")
ORGANISED = "视察由县人大常委会代表工委，或组织它的站点和上级站安排。"
MOST_PEOPLE = 80
LONGEST_AGO = dt.timedelta(days=366)


# --- who may what -------------------------------------------------------------------------


def may_manage(user: User, one: Inspection) -> bool:
    if one.county_id in user.seats.office_county_ids:
        return True
    return one.station is not None and user.seats.covers(one.station)


def may_plan_for(user: User, county_id: int, group: Group | None, station: Station | None) -> bool:
    """A group's inspections are the county office's to plan, a station's that of the staff who cover it."""
    if county_id in user.seats.office_county_ids:
        return True
    return group is None and station is not None and user.seats.covers(station)


def own_part(user: User, one: Inspection) -> Participant | None:
    """Where ``user`` is asked as a deputy."""
    found = one.participants.filter(deputy__in=user.seats.deputy_ids)
    return found.select_related("deputy").order_by("pk").first()


# --- planning -----------------------------------------------------------------------------


def _locked(pk: int, by: User) -> Inspection:
    one = Inspection.objects.select_for_update(of=("self",)).select_related(*RELATED).get(pk=pk)
    if not may_manage(by, one):
        raise PermissionDenied(ORGANISED)
    return one


def _planned(one: Inspection) -> None:
    if one.state != InspectionState.PLANNED:
        raise ValidationError(f"这次{one.get_kind_display()}{one.get_state_display()}，不能再改安排。")


@transaction.atomic
def plan(
    county: County,
    *,
    by: User,
    deputies: Iterable[Deputy],
    experts: Iterable[Expert] = (),
    group: Group | None = None,
    station: Station | None = None,
    project: Project | None = None,
    **said: Any,
) -> Inspection:
    """``said``: kind, title, matter, date, starts_at, place. Deputies who are asked are told. For a day that is over
    see :func:`record_past`."""
    if said["date"] < timezone.localdate():
        raise ValidationError({"date": "日期已经过了。补登已经开展的视察，请同时登记到场人员。"})
    one = _create(county, by=by, group=group, station=station, project=project, **said)
    rows = _add(one, deputies, experts)
    after = {"kind": one.kind, "date": one.date, "people": len(rows)}
    record(one, "inspection_plan", actor=by, after=after)
    _ask(one, rows)
    return one


@transaction.atomic
def record_past(
    county: County,
    *,
    by: User,
    deputies: Iterable[Deputy],
    experts: Iterable[Expert] = (),
    summary: str,
    group: Group | None = None,
    station: Station | None = None,
    project: Project | None = None,
    **said: Any,
) -> Inspection:
    """One that took place already: whoever is named came. Nobody is told."""
    if reason := _not_held(said["date"]):
        raise ValidationError({"date": reason})
    one = _create(county, by=by, group=group, station=station, project=project, **said)
    rows = _add(one, deputies, experts)
    if not rows:
        raise ValidationError("没有到场人员，不能登记为已开展：请选到场的代表或专业人才。")
    Participant.objects.filter(inspection=one).update(answer=Answer.COMING, attended=True)
    one.state, one.summary = InspectionState.HELD, summary
    one.save(update_fields=["state", "summary"])
    after = {"kind": one.kind, "date": one.date, "people": len(rows)}
    record(one, "inspection_record", actor=by, after=after, note=summary)
    return one


def _create(county: County, *, by: User, **said: Any) -> Inspection:
    group, station = said["group"], said["station"]
    if group is None and station is None:
        raise ValidationError("请选哪个监督小组或哪个站点组织。")
    if any(part is not None and part.county_id != county.pk for part in (group, station, said["project"])):
        raise ValidationError("小组、站点和项目必须属于同一个县。")
    if not may_plan_for(by, county.pk, group, station):
        raise PermissionDenied(ORGANISED)
    return Inspection.objects.create(county=county, created_by=by, **said)


def _add(one: Inspection, deputies: Iterable[Deputy], experts: Iterable[Expert]) -> list[Participant]:
    """Those who are not asked yet."""
    there = set(one.participants.values_list("deputy", "expert"))
    rows = [Participant(inspection=one, deputy=deputy) for deputy in deputies if (deputy.pk, None) not in there]
    rows += [Participant(inspection=one, expert=expert) for expert in experts if (None, expert.pk) not in there]
    if len(there) + len(rows) > MOST_PEOPLE:
        raise ValidationError(f"一次视察最多 {MOST_PEOPLE} 人。")
    for row in rows:
        if row.deputy is not None and row.deputy.county_id != one.county_id:
            raise ValidationError("只能邀请本县的代表。")
        if row.expert is not None and row.expert.group.county_id != one.county_id:
            raise ValidationError("只能邀请本县小组的专业人才。")
        row.save()
    return rows


@transaction.atomic
def invite(pk: int, deputies: Iterable[Deputy], experts: Iterable[Expert] = (), *, by: User) -> int:
    """More people for a planned inspection; returns how many are new."""
    one = _locked(pk, by)
    _planned(one)
    rows = _add(one, deputies, experts)
    record(one, "inspection_invite", actor=by, after={"people": len(rows)})
    _ask(one, rows)
    return len(rows)


@transaction.atomic
def edit(pk: int, *, by: User, **said: Any) -> Inspection:
    """Where day, hour or place change, whoever was asked hears of it and answers anew."""
    one = _locked(pk, by)
    _planned(one)
    if said["date"] != one.date and said["date"] < timezone.localdate():
        raise ValidationError({"date": "日期已经过了，请选今天或以后的日期。"})
    arranged = ("date", "starts_at", "place")
    before = {name: getattr(one, name) for name in arranged}
    moved = any(said.get(name, before[name]) != before[name] for name in arranged)
    for name, value in said.items():
        setattr(one, name, value)
    one.revision += moved
    one.save(update_fields=[*said, "revision"])
    record(one, "inspection_edit", actor=by, before=before, after={name: getattr(one, name) for name in arranged})
    if moved:
        one.participants.filter(deputy__isnull=False).update(answer=Answer.ASKED, reason="", answered_at=None)
        _ask(one, list(one.participants.filter(deputy__isnull=False).select_related("deputy__user")))
    return one


@transaction.atomic
def cancel(pk: int, *, by: User, reason: str) -> Inspection:
    one = _locked(pk, by)
    _planned(one)
    if not reason.strip():
        raise ValidationError({"reason": "请写明取消的原因。"})
    one.state, one.cancel_reason = InspectionState.CANCELLED, reason.strip()
    one.save(update_fields=["state", "cancel_reason"])
    record(one, "inspection_cancel", actor=by, note=one.cancel_reason)
    rows = one.participants.filter(deputy__isnull=False).exclude(answer=Answer.LEAVE).select_related("deputy__user")
    _tell_deputies(one, rows, "cancelled", f"视察取消：{one.title}", f"原因：{one.cancel_reason}")
    return one


# --- answering and holding ----------------------------------------------------------------


@transaction.atomic
def answer(pk: int, *, by: User, coming: bool, reason: str = "") -> Participant:
    """``pk`` of the inspection. A deputy answers for oneself, and may change it until the day is over."""
    one = Inspection.objects.select_for_update(of=("self",)).select_related(*RELATED).get(pk=pk)
    row = own_part(by, one)
    if row is None:
        raise PermissionDenied("只有受邀的代表本人答复。")
    if one.state != InspectionState.PLANNED:
        raise ValidationError(f"这次{one.get_kind_display()}{one.get_state_display()}，不用再答复。")
    if one.date < timezone.localdate():
        raise ValidationError("日期已经过了，不能再答复；实际到没到场由组织的站点登记。")
    if not coming and not reason.strip():
        raise ValidationError({"reason": "请写明请假的原因。"})
    before = {"answer": row.answer}
    row.answer = Answer.COMING if coming else Answer.LEAVE
    row.reason, row.answered_at = ("" if coming else reason.strip()), timezone.now()
    row.save(update_fields=["answer", "reason", "answered_at"])
    after = {"deputy": row.deputy_id, "answer": row.answer}
    record(one, "inspection_answer", actor=by, before=before, after=after, note=row.reason)
    if not coming:
        tell(
            organisers(one),
            by=by,
            key=f"{one.chain}:leave:{row.pk}:{row.answered_at.timestamp():.0f}",
            subject=f"视察请假：{row.name}",
            body=f"{one.title}，{one.date:%-m月%-d日}\n原因：{row.reason}",
            link=reverse("supervision:inspection", args=[one.pk]),
            scope=scope(one),
        )
    return row


def _not_held(day: dt.date) -> str:
    """Why an inspection of that day cannot be one that took place, or ""."""
    today = timezone.localdate()
    if day > today:
        return "还没有到日期，不能登记为已开展。"
    return "日期超过一年，请核对。" if day < today - LONGEST_AGO else ""


@transaction.atomic
def hold(pk: int, *, by: User, attended: Sequence[int], summary: str) -> Inspection:
    """Who came (keys of participants) and what was seen: from the day on, as often as something is to be put right."""
    one = _locked(pk, by)
    if one.state == InspectionState.CANCELLED:
        raise ValidationError("这次视察已取消，不能登记到场。")
    if reason := _not_held(one.date):
        raise ValidationError(reason)
    rows = list(one.participants.all())
    came = {row.pk for row in rows} & set(attended)
    if not came:
        raise ValidationError({"attended": "没有人到场就不是一次视察：请勾选到场人员；没有开展的请取消。"})
    if not summary.strip():
        raise ValidationError({"summary": "请写明视察情况。"})
    for row in rows:
        row.attended = row.pk in came
    Participant.objects.bulk_update(rows, ["attended"])
    before = {"state": one.state}
    one.state, one.summary = InspectionState.HELD, summary.strip()
    one.save(update_fields=["state", "summary"])
    record(one, "inspection_hold", actor=by, before=before, after={"came": len(came)}, note=one.summary)
    return one


# --- who is told --------------------------------------------------------------------------


def scope(one: Inspection) -> str:
    """The path of the station on whose behalf somebody is told."""
    if one.station is not None:
        return one.station.path
    hub = one.county.stations.filter(kind="hub").first()
    return hub.path if hub else ""


def organisers(one: Inspection) -> list[User]:
    """The staff of its station; of the county's office where it is a group's or the station has nobody."""
    staff = staff_of(one.station) if one.station is not None else []
    return staff or county_office(one.county_id)


def when(one: Inspection) -> str:
    hour = f" {one.starts_at:%H:%M}" if one.starts_at else ""
    return f"{one.date:%Y年%-m月%-d日}{hour}，{one.place}"


def _ask(one: Inspection, rows: Sequence[Participant]) -> None:
    _tell_deputies(one, rows, f"r{one.revision}", f"请参加{one.get_kind_display()}：{one.title}", "请答复能否参加。")


def _tell_deputies(one: Inspection, rows: Iterable[Participant], what: str, subject: str, last: str) -> None:
    people = [recipient(row.deputy) for row in rows if row.deputy is not None]
    message = outbox.Message(
        key=f"{one.chain}:{what}",
        recipients=people,
        subject=subject,
        body=f"{when(one)}\n{last}",
        link=reverse("supervision:inspection", args=[one.pk]),
        relevance=f"supervision.inspecting.still:{one.pk}:{one.revision}:{one.state}",
        scope=scope(one),
    )
    outbox.tell_all([message])


def still(pk: str, revision: str, state: str) -> bool:
    """Asked when it is sent: whether the inspection stands as it was told."""
    return Inspection.objects.filter(pk=pk, revision=revision, state=state).exists()
