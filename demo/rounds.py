"""The demo counties' satisfaction rounds: one at mid-year, one at year end with a department under the line that is putting
it right, one that is being prepared. Nobody can guess a code of the demo: it has none."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.utils import timezone

from accounts.models import User
from demo.network import Network
from deputies.models import CommitteeMember
from history import log
from meetings.models import Meeting
from stations.models import Department
from supervision.models import Rectification, RectificationState, Round, RoundKind, RoundState, Subject, Way
from supervision.sealing import seal_of
from workdays.calendar import Calendar

# Per department: of a hundred ballots how many 满意, 基本满意, 不满意; the rest abstain. The first is under the line.
MID_YEAR = ((57, 26, 13), (74, 22, 0), (70, 22, 4), (83, 13, 4), (61, 30, 9), (78, 17, 5), (66, 26, 8), (87, 13, 0))
YEAR_END = ((48, 22, 26), (78, 22, 0), (74, 17, 9), (87, 9, 4), (66, 30, 4), (83, 17, 0), (70, 26, 4), (91, 9, 0))

EXPLANATION = (
    "一、原因：城区窨井井盖更换进度慢，排查台账不全；老旧小区改造施工围挡时间长，群众出行不便，答复不及时。"
    "\n二、措施：局长包片，10 日内补齐台账，当月换完破损井盖；每个小区公示工期和负责人电话，施工扰民当天答复。"
)
COMMITTEE_NOTE = "主任会议听取了报告，要求对照说明逐条整改，请城建环保工委和代表小组跟踪检查。"


def add_rounds(network: Network, anchor: dt.date) -> None:
    departments = network.departments[network.hub.pk][: len(MID_YEAR)]
    year_end = _meeting_before(network, anchor - dt.timedelta(days=15))
    year = (year_end - dt.timedelta(days=60)).year
    mid_year = _meeting_before(network, min(dt.date(year, 7, 10), year_end - dt.timedelta(days=60)))
    name = network.county.name
    _held(network, departments, MID_YEAR, RoundKind.MID_YEAR, year, mid_year, f"{name}{year}年年中满意度测评")
    bad = _held(network, departments, YEAR_END, RoundKind.YEAR_END, year, year_end, f"{name}{year}年年终满意度测评")
    _under_way(network, bad, anchor)
    _draft(network, departments, year, anchor + dt.timedelta(days=8))


def _meeting_before(network: Network, day: dt.date) -> dt.date:
    last = Meeting.objects.filter(county=network.county, held_on__lte=day).order_by("held_on").last()
    return last.held_on if last else day


def _round(network: Network, kind: RoundKind, year: int, day: dt.date, title: str) -> Round:
    members = CommitteeMember.objects.filter(deputy__county=network.county, until__isnull=True).count()
    return Round(
        county=network.county,
        year=year,
        kind=kind,
        title=title,
        way=Way.CODES,
        held_on=day,
        meeting=Meeting.objects.filter(county=network.county, held_on=day).first(),
        members=members,
        present=members - 2,
        created_by=network.staff[network.hub.pk],
        created_at=_at(day, 8),
    )


def _at(day: dt.date, hour: int, minute: int = 0) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, dt.time(hour, minute)))


def _held(
    network: Network,
    departments: Sequence[Department],
    shares: Sequence[tuple[int, int, int]],
    kind: RoundKind,
    year: int,
    day: dt.date,
    title: str,
) -> Round:
    """Voted, sealed and published on ``day``, with the events of each step."""
    one, by = _round(network, kind, year, day, title), network.staff[network.hub.pk]
    one.save()
    Subject.objects.bulk_create(
        Subject(round=one, department=department, position=number, **_counts(one.present, share))
        for number, (department, share) in enumerate(zip(departments, shares, strict=True), start=1)
    )
    one.issued = one.returned = one.valid = one.present
    one.pass_rate, one.state, one.counted_by = network.county.rules.pass_rate, RoundState.PUBLISHED, by
    one.opened_at, one.counted_at, one.published_at = _at(day, 10), _at(day, 10, 20), _at(day, 11)
    one.seal = seal_of(one)
    one.save()
    _tell_history(one, by)
    return one


def _counts(valid: int, share: tuple[int, int, int]) -> dict[str, int]:
    satisfied, basically, dissatisfied = (round(valid * part / 100) for part in share)
    abstained = max(valid - satisfied - basically - dissatisfied, 0)
    return {
        "satisfied": valid - basically - dissatisfied - abstained,
        "basically": basically,
        "dissatisfied": dissatisfied,
        "abstained": abstained,
    }


def _tell_history(one: Round, by: User) -> None:
    assert one.counted_at and one.opened_at and one.published_at
    numbers = {"issued": one.issued, "returned": one.returned, "valid": one.valid}
    _tell(
        one,
        "round",
        ("create", by, one.created_at, {}),
        ("issue", by, one.created_at, {"codes": one.present, "again": False}),
        ("open", by, one.opened_at, {"state": RoundState.OPEN}),
        ("close", by, one.counted_at, {"state": RoundState.SEALED, "seal": one.seal, **numbers}),
        ("publish", by, one.published_at, {"state": RoundState.PUBLISHED}),
    )


def _tell(
    thing: Round | Rectification, what: str, *steps: tuple[str, User | None, dt.datetime, dict[str, Any]]
) -> None:
    for action, by, at, after in steps:
        seat = by.seats.label if by else ""
        log.append(thing.chain, action=f"{what}_{action}", actor=by, seat=seat, at=at, after=after)


def _under_way(network: Network, one: Round, anchor: dt.date) -> None:
    """The department has explained itself, the office has reported to the committee; the month is not over."""
    calendar, rules, day = Calendar.current(), network.county.rules, one.held_on
    office = network.staff[network.hub.pk]
    for subject in one.subjects.select_related("department"):
        if one.pass_rate is None or subject.reaches(one.pass_rate):
            continue
        clerk = network.clerks.get(subject.department_id)
        made = Rectification.objects.create(
            subject=subject,
            state=RectificationState.WORKING,
            opened_on=day,
            explain_due=calendar.add(day, rules.explain_days),
            rectify_due=calendar.add_months(day, rules.rectify_months),
            explanation=EXPLANATION,
            explained_by=clerk,
            explained_at=_at(day + dt.timedelta(days=6), 16),
            committee_on=day + dt.timedelta(days=9),
            committee_note=COMMITTEE_NOTE,
        )
        explained, reported = _at(day + dt.timedelta(days=6), 16), _at(day + dt.timedelta(days=9), 15)
        _tell(
            made,
            "rectification",
            ("open", office, _at(day, 11), {"state": RectificationState.ASKED}),
            ("explain", clerk, explained, {"state": RectificationState.WORKING}),
            ("note_committee", office, reported, {"state": RectificationState.WORKING}),
        )


def _draft(network: Network, departments: Sequence[Department], year: int, day: dt.date) -> None:
    title = f"{network.county.name}{year}年代表建议办理满意度测评"
    one = _round(network, RoundKind.YEAR_END, year, day, title)
    one.created_at, by = _at(day - dt.timedelta(days=9), 9), network.staff[network.hub.pk]
    one.save()
    Subject.objects.bulk_create(
        Subject(round=one, department=department, position=number)
        for number, department in enumerate(departments[1:6], start=1)
    )
    _tell(one, "round", ("create", by, one.created_at, {"state": one.state}))
