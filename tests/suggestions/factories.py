"""Things of 代表建议 and 议案: a term, deputies who may sign, a paper."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace
from typing import Any

from deputies.models import Deputy, Level, Term
from stations.models import Station
from suggestions import formal, formal_filing, formal_signing
from suggestions.models import Formal
from tests import factories as cast

MOTION = {"kind": "motion", "in_session": True, "matter": "灌溉渠年久失修", "grounds": "三年来断水七次"}


def term(people: SimpleNamespace, level: str = Level.COUNTY) -> Term:
    found = {"county": people.county, "level": level, "name": "第十六届"}
    return Term.objects.get_or_create(**found, defaults={"starts_on": dt.date(2022, 4, 1)})[0]


def texts(**fields: Any) -> formal.Texts:
    plain = {
        "kind": "suggestion",
        "title": "整修灌溉渠",
        "matter": "",
        "grounds": "",
        "content": "渠道漏水，建议整修。",
    }
    when = {"field": "", "wished": "水利局", "delegation": "", "session": 3, "in_session": False}
    return {**plain, **when, **fields}  # type: ignore[return-value]


def paper(people: SimpleNamespace, lead: Deputy | None = None, sources: Any = (), **fields: Any) -> Formal:
    """Of the county deputy, written by the staff of that deputy's township."""
    lead = lead or people.deputy
    term(people, lead.level)
    return formal.raise_formal(lead, by=people.town_staff, texts=texts(**fields), sources=sources)


def colleagues(
    people: SimpleNamespace, count: int, level: str = Level.COUNTY, at: Station | None = None
) -> list[Deputy]:
    """Deputies of one level without log-ins, at 甲镇."""
    found = {"county": people.county, "level": level, "home_station": at or people.town}
    return [Deputy.objects.create(name=f"附议{number}", **found) for number in range(1, count + 1)]


def sign(paper: Formal, deputies: list[Deputy], people: SimpleNamespace) -> Formal:
    """Asked, and their signatures on paper entered by the county office."""
    for one in formal_signing.ask(paper.pk, deputies, by=people.hub_staff):
        formal_signing.answer(one.pk, "confirm", by=people.hub_staff, on_paper=True)
    return Formal.objects.for_page().get(pk=paper.pk)


def filed(paper: Formal, people: SimpleNamespace, **fields: Any) -> Formal:
    """Put in and through the check."""
    formal.submit(paper.pk, by=people.hub_staff)
    return formal_filing.file(paper.pk, by=people.hub_staff, checks=formal_filing.Check.values, **fields)


def a_paper_filed(people: SimpleNamespace) -> Formal:
    """With a co-signer, raised from a case that goes into its own."""
    return filed(sign(paper(people, sources=[cast.register(people)]), colleagues(people, 1), people), people)
