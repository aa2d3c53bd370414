"""Ties between a committee member and deputies, a leader and stations, an upper deputy and a county department: made,
ended, kept up, and where one is missing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Count, Exists, Max, OuterRef, Q, QuerySet
from django.utils import timezone

from deputies.access import may_edit
from deputies.models import (
    CommitteeMember,
    Constituent,
    Deputy,
    DeputyQuerySet,
    Level,
    Tie,
    TieContact,
    TieKind,
    TieQuerySet,
)
from deputies.models.tie import LEADERS, UPPER
from stations.changes import record
from stations.models import County, Department, Kind, Station

if TYPE_CHECKING:
    from accounts.models import User

ENDS = ("county", "member__deputy__home_station", "deputy__home_station", "station", "department__station")


# --- who may what -------------------------------------------------------------------------


def may_arrange(user: User, county_id: int) -> bool:
    """The county office makes and ends ties, and keeps the list of committee members."""
    return county_id in user.seats.office_county_ids


def may_log(user: User, tie: Tie) -> bool:
    """Who keeps the contact, the county office, and the staff of the station or of the deputy at the other end."""
    seats = user.seats
    near = tie.member.deputy_id if tie.member else tie.deputy_id
    if near in seats.deputy_ids or may_arrange(user, tie.county_id):
        return True
    if tie.station is not None:
        return seats.covers(tie.station)
    return tie.deputy is not None and may_edit(user, tie.deputy)


# --- what there is ------------------------------------------------------------------------


def listed(ties: TieQuerySet, kind: str, year: int) -> TieQuerySet:
    """Current ties of one kind with ``talks`` (of ``year``) and ``last`` (the day of the latest)."""
    talks = Count("log", filter=Q(log__happened_on__year=year))
    found = ties.current().filter(kind=kind).annotate(talks=talks, last=Max("log__happened_on"))
    order = ("member__post", "member__deputy__pinyin", "deputy__pinyin", "station__path", "pk")
    return found.select_related(*ENDS).order_by(*order)


def members(county_ids: Sequence[int]) -> QuerySet[CommitteeMember]:
    """Those in office now, the director first."""
    found = CommitteeMember.objects.filter(until__isnull=True, deputy__county__in=county_ids)
    return found.select_related("deputy").order_by("post", "deputy__pinyin", "pk")


def _tied(kind: str, end: str) -> Exists:
    return Exists(Tie.objects.current().filter(kind=kind, **{end: OuterRef("pk")}))


def without_member(deputies: DeputyQuerySet) -> DeputyQuerySet:
    """County and township deputies whom no committee member keeps contact with; members themselves need none."""
    seats = CommitteeMember.objects.filter(deputy=OuterRef("pk"), until__isnull=True)
    grass_roots = deputies.serving().filter(level__in=(Level.COUNTY, Level.TOWNSHIP))
    return grass_roots.exclude(Exists(seats)).exclude(_tied(TieKind.MEMBER, "deputy"))


def without_department(deputies: DeputyQuerySet) -> DeputyQuerySet:
    return deputies.serving().filter(level__in=UPPER).exclude(_tied(TieKind.DEPARTMENT, "deputy"))


def without_constituents(deputies: DeputyQuerySet) -> DeputyQuerySet:
    people = Constituent.objects.current().filter(deputy=OuterRef("pk"))
    return deputies.serving().filter(level__in=(Level.COUNTY, Level.TOWNSHIP)).exclude(Exists(people))


def without_leader(stations: QuerySet[Station]) -> QuerySet[Station]:
    """Township stations that no leader keeps contact with."""
    open_ones = stations.filter(is_active=True, kind=Kind.TOWNSHIP)
    return open_ones.exclude(_tied(TieKind.LEADER, "station"))


def free_departments(county_ids: Sequence[int]) -> QuerySet[Department]:
    """County departments without a current tie."""
    found = Department.objects.filter(is_active=True, station__kind=Kind.HUB, station__county__in=county_ids)
    return found.exclude(_tied(TieKind.DEPARTMENT, "department"))


@dataclass(frozen=True)
class Gap:
    """A tie that should be there: of how many it is missing, and the first of them."""

    label: str
    total: int
    missing: int
    names: list[str]
    remedy: str  # URL name and query of the page that closes it

    @property
    def more(self) -> int:
        return self.missing - len(self.names)


SHOWN = 40  # names of a gap


def gaps(user: User) -> list[Gap]:
    """For the offices: who has no tie, within what they see."""
    deputies = Deputy.objects.visible_to(user).serving().filter(county__in=user.seats.county_ids).order_by("pinyin")
    stations = Station.objects.filter(user.seats.subtree()).order_by("path")
    grass_roots = deputies.filter(level__in=(Level.COUNTY, Level.TOWNSHIP)).count()
    rows = [
        _gap("没有联系群众名单的县、乡镇代表", grass_roots, without_constituents(deputies), "contacts"),
        _gap("没有常委会组成人员联系的县、乡镇代表", grass_roots, without_member(deputies), TieKind.MEMBER),
    ]
    if user.seats.is_county_office:
        upper = deputies.filter(level__in=UPPER).count()
        rows.append(_gap("没有联系县直部门的省、市代表", upper, without_department(deputies), TieKind.DEPARTMENT))
    townships = stations.filter(is_active=True, kind=Kind.TOWNSHIP).count()
    rows.append(_gap("没有主任会议成员联系的乡镇（街道）站", townships, without_leader(stations), TieKind.LEADER))
    return rows


def _gap(label: str, total: int, missing: QuerySet[Any], remedy: str) -> Gap:
    return Gap(label, total, missing.count(), [str(one) for one in missing[:SHOWN]], remedy)


# --- changing -----------------------------------------------------------------------------


def _require_office(by: User, county_id: int) -> None:
    if not may_arrange(by, county_id):
        raise PermissionDenied("联系制度由县人大常委会代表工委安排。")


@transaction.atomic
def create_tie(county: County, kind: str, *, by: User, since: dt.date | None = None, **ends: Any) -> Tie:
    """ValidationError where one of the two is tied already in a way that allows no second tie."""
    _require_office(by, county.pk)
    tie = Tie(county=county, kind=kind, since=since or timezone.localdate(), **ends)
    tie.clean()
    try:
        with transaction.atomic():
            tie.save()
    except IntegrityError:
        raise ValidationError(_TAKEN[TieKind(kind)]) from None
    record(county.pk, "tie_create", actor=by, after={"tie": tie.pk, "kind": kind, **_keys(tie)})
    return tie


_TAKEN = {
    TieKind.MEMBER: "这名组成人员已经联系这名代表了。",
    TieKind.LEADER: "这名领导已经联系这个站点了。",
    TieKind.DEPARTMENT: "代表和县直部门一对一联系：其中一方已经有联系对象，请先结束原来的。",
}


def _keys(tie: Tie) -> dict[str, int]:
    ends = ("member_id", "deputy_id", "station_id", "department_id")
    return {name: getattr(tie, name) for name in ends if getattr(tie, name)}


@transaction.atomic
def end_tie(pk: int, *, by: User) -> Tie:
    """Its log stays; the two are free for another tie."""
    tie = Tie.objects.select_for_update(of=("self",)).get(pk=pk)
    _require_office(by, tie.county_id)
    if tie.until is not None:
        raise ValidationError("这个联系关系已经结束。")
    tie.until = max(timezone.localdate(), tie.since)
    tie.save(update_fields=["until"])
    record(tie.county_id, "tie_end", actor=by, after={"tie": tie.pk, **_keys(tie)})
    return tie


@transaction.atomic
def log_tie(pk: int, *, by: User, happened_on: dt.date, way: str, summary: str, asked: str = "") -> TieContact:
    tie = Tie.objects.select_for_update(of=("self",)).select_related(*ENDS).get(pk=pk)
    if not may_log(by, tie):
        raise PermissionDenied("联系记录由联系人本人、县人大常委会代表工委或对方所在站点填写。")
    if happened_on > timezone.localdate():
        raise ValidationError({"happened_on": "联系时间不能晚于今天。"})
    if happened_on < tie.since or (tie.until and happened_on > tie.until):
        raise ValidationError({"happened_on": "联系时间不在这个联系关系的起止日期里。"})
    row = TieContact.objects.create(
        tie=tie,
        happened_on=happened_on,
        way=way,
        summary=summary,
        asked=asked,
        entered_by=by,
        entered_at=timezone.now(),
    )
    record(tie.county_id, "tie_log", actor=by, after={"tie": tie.pk, "entry": row.pk, "on": happened_on, "way": way})
    return row


@transaction.atomic
def add_member(deputy: Deputy, post: str, *, by: User, since: dt.date | None = None) -> CommitteeMember:
    _require_office(by, deputy.county_id)
    if deputy.level != Level.COUNTY:
        raise ValidationError({"deputy": "常委会组成人员由县代表担任。"})
    if CommitteeMember.objects.filter(deputy=deputy, until__isnull=True).exists():
        raise ValidationError({"deputy": f"{deputy.name}已经是常委会组成人员。"})
    one = CommitteeMember.objects.create(deputy=deputy, post=post, since=since or timezone.localdate())
    record(deputy.county_id, "member_add", actor=by, after={"member": one.pk, "deputy": deputy.pk, "post": post})
    return one


@transaction.atomic
def end_member(pk: int, *, by: User) -> CommitteeMember:
    """The member leaves office; the member's ties end the same day, their logs stay."""
    one = CommitteeMember.objects.select_for_update(of=("self",)).select_related("deputy").get(pk=pk)
    _require_office(by, one.deputy.county_id)
    if one.until is None:
        today = timezone.localdate()
        one.until = max(today, one.since)
        one.save(update_fields=["until"])
        count = end_all(Tie.objects.filter(member=one), today)
        record(one.deputy.county_id, "member_end", actor=by, after={"member": one.pk, "ties": count})
    return one


def end_all(ties: TieQuerySet, on: dt.date) -> int:
    """End the current ones of ``ties``, none before it began; returns how many. The caller tells the history."""
    rows = list(ties.current())
    for tie in rows:
        tie.until = max(on, tie.since)
    return Tie.objects.bulk_update(rows, ["until"]) if rows else 0


def leaders(county_ids: Sequence[int]) -> QuerySet[CommitteeMember]:
    """主任会议成员."""
    return members(county_ids).filter(post__in=LEADERS)
