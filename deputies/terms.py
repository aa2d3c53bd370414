"""A new term (换届): who goes on keeps station, ties and constituents; who leaves hands them to a successor. Open cases
go to a deputy of the same station, or stay with the station whose desk they are on, which answers in the deputy's name; the
check list counts what is left to do."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Count
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from deputies import ties
from deputies.access import may_edit
from deputies.models import CommitteeMember, Constituent, Deputy, DeputyQuerySet, Status, Term, Tie
from liaison.lib import handovers
from messaging import outbox
from stations.changes import record
from stations.models import County

if TYPE_CHECKING:
    from accounts.models import User


def _require_office(by: User, county_id: int) -> None:
    if county_id not in by.seats.office_county_ids:
        raise PermissionDenied("换届由县人大常委会代表工委办理。")


def newest(county: County, level: str) -> Term | None:
    return Term.objects.filter(county=county, level=level).order_by("-starts_on", "-pk").first()


def undecided(term: Term) -> DeputyQuerySet:
    """Serving deputies of the level who are of an earlier term than ``term``, or of none."""
    level = Deputy.objects.serving().filter(county=term.county, level=term.level)
    return level.exclude(term=term)


@transaction.atomic
def begin(county: County, level: str, *, by: User, name: str, starts_on: dt.date) -> Term:
    """The term before ends on the day the new one begins. Nobody is moved by this."""
    _require_office(by, county.pk)
    last = newest(county, level)
    if last is not None and starts_on <= last.starts_on:
        raise ValidationError({"starts_on": f"要晚于上一届的开始日期（{last.starts_on:%Y-%m-%d}）。"})
    if Term.objects.filter(county=county, level=level, name=name).exists():
        raise ValidationError({"name": f"已经有{name}了。"})
    if last is not None and last.ends_on is None:
        last.ends_on = starts_on
        last.save(update_fields=["ends_on"])
    term = Term.objects.create(county=county, level=level, name=name, starts_on=starts_on)
    record(county.pk, "term_begin", actor=by, after={"term": term.pk, "level": level, "starts_on": starts_on})
    return term


@transaction.atomic
def carry_over(term: Term, pks: Iterable[int], *, by: User) -> int:
    """Re-elected: the same record in the new term, with station, ties, constituents and cases. Returns how many."""
    _require_office(by, term.county_id)
    rows = list(undecided(term).filter(pk__in=list(pks)).select_for_update(of=("self",)))
    Deputy.objects.filter(pk__in=[row.pk for row in rows]).update(term=term)
    if rows:
        after = {"term": term.pk, "deputies": [row.pk for row in rows]}
        record(term.county_id, "term_carry_over", actor=by, after=after)
    return len(rows)


@transaction.atomic
def leave_office(
    pk: int,
    *,
    by: User,
    on: dt.date,
    reason: str,
    successor: Deputy | None = None,
    cases_to: Deputy | None = None,
) -> Deputy:
    """The deputy's status ends. ``successor`` (same level, serving) takes over the constituents and the ties; without one
    they end. ``cases_to`` (same station, serving) answers the voters of the open cases, and is told once; without one the
    station does, in the deputy's name."""
    deputy = Deputy.objects.select_for_update(of=("self",)).select_related("home_station", "constituency").get(pk=pk)
    if not may_edit(by, deputy):
        raise PermissionDenied("代表资料由所在联络站和上级站的工作人员维护。")
    if deputy.status == Status.ENDED:
        raise ValidationError("这名代表的资格已经终止。")
    if on > timezone.localdate():
        raise ValidationError({"on": "日期不能晚于今天。"})
    if successor is not None:
        _check(successor, deputy)
    cases = _hand_over_cases(deputy, cases_to, by=by)
    people = _hand_over_constituents(deputy, successor, on)
    moved = _hand_over_ties(deputy, successor, on)
    deputy.status, deputy.status_note = Status.ENDED, f"{on:%Y-%m-%d} {reason}"[:120]
    deputy.save(update_fields=["status", "status_note"])
    after = {
        "deputy": deputy.pk,
        "successor": successor and successor.pk,
        "constituents": people,
        "ties": moved,
        "cases_to": cases_to and cases_to.pk,
        "cases": cases,
        "status": deputy.status,
        "home_station": deputy.home_station_id,
    }
    before = {"status": Status.SERVING, "home_station": deputy.home_station_id}
    record(deputy.county_id, "deputy_edit", actor=by, before=before, after=after, note=deputy.name)
    return deputy


def _check(successor: Deputy, deputy: Deputy) -> None:
    if successor.pk == deputy.pk or successor.status != Status.SERVING:
        raise ValidationError({"successor": "接替的要是另一名在任代表。"})
    if (successor.county_id, successor.level) != (deputy.county_id, deputy.level):
        raise ValidationError({"successor": "接替的要是同县、同一层级的代表。"})


def receivers(deputy: Deputy) -> DeputyQuerySet:
    """Who may take over the open cases: the serving deputies of the same station, whatever their level."""
    if deputy.home_station_id is None:
        return Deputy.objects.none()
    return Deputy.objects.serving().filter(home_station=deputy.home_station_id).exclude(pk=deputy.pk)


def open_matters(deputy: Deputy) -> int:
    """How many cases would go over."""
    return sum(matter.number for matter in handovers.open_with("deputy", deputy))


def _hand_over_cases(deputy: Deputy, to: Deputy | None, *, by: User) -> int:
    if to is None:
        return 0
    if not receivers(deputy).filter(pk=to.pk).exists():
        raise ValidationError({"cases_to": "接办意见的要是同一站点的另一名在任代表。"})
    if not (count := open_matters(deputy)):
        return 0
    handovers.take_over("deputy", deputy, to, by=by)
    outbox.tell(
        key=f"deputy:{deputy.pk}:cases:{to.pk}",
        people=[to.user] if to.user and to.user != by else [],
        subject=f"{deputy.name}代表经手的 {count} 件意见转由您接办",
        body="办理时限不变；办结后由您回复选民。",
        link=reverse("deputies:detail", args=[to.pk]),
        scope=to.home_station.path if to.home_station else "",
    )
    return count


def _hand_over_constituents(deputy: Deputy, successor: Deputy | None, on: dt.date) -> int:
    """A new row each for the successor, so that the talks stay with who had them. Whoever is on the successor's list
    already is not put there twice."""
    rows = list(Constituent.objects.current().filter(deputy=deputy).select_for_update())
    known = set()
    if successor is not None:
        own = Constituent.objects.current().filter(deputy=successor)
        known = set(own.exclude(phone_index="").values_list("phone_index", flat=True))
    for one in rows:
        one.until = max(on, one.since)
        one.save(update_fields=["until"])
        if successor is not None and one.phone_index not in known:
            said = {"name": one.name, "phone": one.phone, "address": one.address}
            Constituent.objects.create(deputy=successor, since=max(on, one.since), **said)
    return len(rows)


def _hand_over_ties(deputy: Deputy, successor: Deputy | None, on: dt.date) -> int:
    """Ties of the deputy pass on; those of a committee seat end with the seat."""
    rows = list(Tie.objects.current().filter(deputy=deputy))
    ties.end_all(Tie.objects.filter(deputy=deputy), on)
    for seat in CommitteeMember.objects.filter(deputy=deputy, until__isnull=True):
        seat.until = max(on, seat.since)
        seat.save(update_fields=["until"])
        ties.end_all(Tie.objects.filter(member=seat), on)
    if successor is None:
        return len(rows)
    for tie in rows:
        taken = Tie.objects.current().filter(kind=tie.kind, deputy=successor)
        if tie.member_id is not None and CommitteeMember.objects.filter(pk=tie.member_id, deputy=successor).exists():
            continue
        if not taken.exists():
            ends = {"member_id": tie.member_id, "department_id": tie.department_id}
            Tie.objects.create(
                county_id=tie.county_id, kind=tie.kind, deputy=successor, since=max(on, tie.since), **ends
            )
    return len(rows)


@dataclass(frozen=True)
class Check:
    """A line of the check list; done where nothing is left."""

    label: str
    left: int
    url: str


def checks(term: Term) -> list[Check]:
    """What a change of terms leaves to do."""
    level = Deputy.objects.filter(county=term.county, level=term.level)
    serving = level.serving()
    open_cases = sum(_open_cases(term).values())
    rows = [
        ("上一届代表还没有定去留的", undecided(term).count(), "#undecided"),
        (
            "新一届代表还没有编入站点的",
            serving.filter(term=term, home_station__isnull=True).count(),
            _url("completeness"),
        ),
        ("离任代表名下还没有办结的意见（由联络站代为回复）", open_cases, "#cases"),
    ]
    if term.level in ("county", "township"):
        short = ties.without_constituents(serving.filter(term=term)).count()
        lonely = ties.without_member(serving.filter(term=term)).count()
        rows.append(("新一届代表还没有联系群众名单的", short, _url("contact_overview")))
        rows.append(("新一届代表还没有组成人员联系的", lonely, f"{_url('ties')}?kind=member"))
    else:
        free = ties.without_department(serving.filter(term=term)).count()
        rows.append(("新一届代表还没有联系县直部门的", free, f"{_url('ties')}?kind=department"))
    return [Check(*row) for row in rows]


def _open_cases(term: Term) -> dict[int, int]:
    """deputy's pk → open cases of those who left, in one query. Cases live above this room: by the relation's name."""
    cases: Any = Deputy._meta.get_field("suggestions").related_model
    gone = Deputy.objects.filter(county=term.county, level=term.level, status=Status.ENDED)
    rows = cases.objects.open().filter(deputy__in=gone.order_by().values("pk")).order_by()
    return dict(rows.values_list("deputy").annotate(Count("pk")))


def open_cases_of_gone(term: Term) -> list[tuple[Deputy, int, str]]:
    """Deputies who left with how many open cases each has, and the ledger of them."""
    numbers = _open_cases(term)
    gone = Deputy.objects.filter(pk__in=numbers).order_by("pinyin", "pk")
    return [(deputy, numbers[deputy.pk], _ledger(deputy)) for deputy in gone]


def _ledger(deputy: Deputy) -> str:
    try:
        return f"{reverse('suggestions:ledger')}?deputy={deputy.pk}"
    except NoReverseMatch:
        return ""


def _url(name: str) -> str:
    return reverse(f"deputies:{name}")
