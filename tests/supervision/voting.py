"""Rounds of the standing committee for tests: its members, a round in any state, and what follows a bad one."""

from __future__ import annotations

from collections.abc import Iterable
from types import SimpleNamespace
from typing import Any

from django.core.files.base import ContentFile
from django.utils import timezone

from deputies.models import CommitteeMember, Deputy, Level
from stations.models import StationStaff
from supervision import ballots, publishing, rectifying, rounds, tallies
from supervision.models import Choice, Rectification, RectificationFile, RectificationState, Round, RoundKind, Way
from supervision.models.rectification import Part
from tests import factories

GOOD, BASIC, BAD, NONE = Choice.SATISFIED, Choice.BASICALLY, Choice.DISSATISFIED, Choice.ABSTAINED


def committee(people: SimpleNamespace, size: int = 5) -> None:
    """``size`` members, those there are included; the deputy of 甲镇, who has a log-in, is one of them."""
    found = CommitteeMember.objects.filter(deputy__county=people.county)
    if not found.filter(deputy=people.deputy).exists():
        factories.member(people.deputy)
    for number in range(found.count(), size):
        factories.member(Deputy.objects.create(county=people.county, name=f"委员{number}", level=Level.COUNTY))


def round_of(people: SimpleNamespace, *subjects: Any, **said: Any) -> Round:
    """A draft by the county office: year end, by codes, five present, about the county's department."""
    committee(people)
    what = {
        "kind": RoundKind.YEAR_END,
        "year": timezone.localdate().year,
        "title": "年终满意度测评",
        "way": Way.CODES,
        "held_on": timezone.localdate(),
        "present": 5,
        **said,
    }
    return rounds.create(people.county, by=people.hub_staff, subjects=subjects or [people.county_department], **what)


def opened(people: SimpleNamespace, *subjects: Any, **said: Any) -> tuple[Round, list[str]]:
    one = round_of(people, *subjects, **said)
    codes = ballots.issue(one.pk, by=people.hub_staff)
    return ballots.open_round(one.pk, by=people.hub_staff), codes


def vote(one: Round, codes: Iterable[str], *choices: str) -> None:
    """Each code with the choice in its place, the same for all subjects."""
    for code, choice in zip(codes, choices, strict=False):
        ballots.cast(code, {subject.pk: choice for subject in one.subjects.all()})


def sealed(people: SimpleNamespace, *choices: str, subjects: Iterable[Any] = (), **said: Any) -> Round:
    one, codes = opened(people, *subjects, **said)
    vote(one, codes, *(choices or (GOOD, GOOD, GOOD, BAD, BAD)))
    return ballots.close(one.pk, by=people.hub_staff)


def published(people: SimpleNamespace, *choices: str, **said: Any) -> Round:
    """Three of five are content, unless ``choices`` say otherwise: 60 %."""
    return publishing.publish(sealed(people, *choices, **said).pk, by=people.hub_staff)


def rectification(people: SimpleNamespace, state: str = RectificationState.ASKED) -> Rectification:
    """Carried to ``state`` by those whose step it is."""
    one = Rectification.objects.get(subject__round=published(people))
    road = [
        (
            RectificationState.WORKING,
            lambda: rectifying.explain(one.pk, by=people.county_clerk, text="排查不细，已列清单。"),
        ),
        (
            RectificationState.REPORTED,
            lambda: rectifying.report_result(one.pk, by=people.county_clerk, text="井盖已全部更换。"),
        ),
        (RectificationState.ACCEPTED, lambda: rectifying.accept(one.pk, by=people.hub_staff)),
    ]
    for name, step in road:
        if one.state == state:
            break
        one = step()
        assert one.state == name
    return one


def handed_in(one: Rectification) -> RectificationFile:
    row = RectificationFile(rectification=one, part=Part.EXPLANATION, name="说明.pdf", media_type="application/pdf")
    row.file.save("paper.pdf", ContentFile(b"%PDF-"))
    return row


def paper(people: SimpleNamespace, *subjects: Any) -> Round:
    return round_of(people, *subjects, way=Way.PAPER)


def typed(people: SimpleNamespace, *counts: int, **said: Any) -> Round:
    """By the county office's clerk; four good ones and a bad one unless ``counts`` say otherwise."""
    one = paper(people)
    numbers = dict(zip(Choice.values, counts or (3, 1, 1, 0), strict=True))
    return tallies.type_tally(
        one.pk,
        by=people.hub_staff,
        **{"issued": 5, "returned": 5, "valid": 5, **said},
        counts={subject.pk: numbers for subject in one.subjects.all()},
    )


def colleague(people: SimpleNamespace) -> Any:
    """A second clerk of the county office."""
    other = factories.user(f"{people.county.prefix}-hub_second")
    StationStaff.objects.create(user=other, station=people.hub)
    return other
