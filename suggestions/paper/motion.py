"""建议专用纸: of a paper that deputies sign here, or of a case that was registered as a suggestion without one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from deputies.access import may_see_private
from deputies.models import Deputy
from stations.models import County
from suggestions import formal
from suggestions.models import Formal, Suggestion

if TYPE_CHECKING:
    from accounts.models import User

ROWS = 6  # to write on, as on the printed sheet


@dataclass(frozen=True)
class Person:
    """Certificate and telephone only for whoever may see them."""

    name: str = ""
    certificate: str = ""
    phone: str = ""
    address: str = ""


@dataclass(frozen=True)
class Sheet:
    county: County
    kind: str
    field: str
    number: str
    term: str
    session: str
    lead: Person
    title: str
    parts: list[tuple[str, str]]  # (heading, text)
    signers: list[Person]


def _person(user: User, deputy: Deputy | None) -> Person:
    if deputy is None:
        return Person()
    private = may_see_private(user, deputy)
    return Person(
        deputy.name, deputy.certificate if private else "", deputy.phone if private else "", deputy.post or ""
    )


def of_paper(user: User, paper: Formal) -> Sheet:
    """Who has confirmed is on it; below them empty lines for who signs by hand, as long as it may be signed."""
    signers = [_person(user, one.deputy) for one in formal.signers_of(paper) if one.counts]
    blank = ROWS if paper.is_open else max(ROWS - len(signers), 0)
    names = ("案由", "案据", "方案") if paper.is_motion else ("", "", "正文")
    parts = [
        (name, text) for name, text in zip(names, (paper.matter, paper.grounds, paper.content), strict=True) if text
    ]
    return Sheet(
        county=paper.county,
        kind=paper.get_kind_display(),
        field=paper.get_field_display(),
        number=str(paper.seq or ""),
        term=paper.term.name,
        session=f"{paper.meeting}{'' if paper.in_session else '闭会期间'}",
        lead=_person(user, paper.lead),
        title=paper.title,
        parts=parts,
        signers=signers + [Person()] * blank,
    )


def of_case(user: User, case: Suggestion) -> Sheet:
    if case.is_formal:
        return of_paper(user, case.formal)
    return Sheet(
        county=case.county,
        kind=case.get_kind_display(),
        field=case.get_field_display(),
        number=case.number,
        term=case.deputy.term.name if case.deputy and case.deputy.term else "",
        session="",
        lead=_person(user, case.deputy),
        title=case.title,
        parts=[("正文", case.content), *([("建议", case.demand)] if case.demand else [])],
        signers=[Person()] * ROWS,
    )
