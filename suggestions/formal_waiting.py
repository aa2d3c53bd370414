"""What of suggestions and motions waits for whom on the first page, and what a case's page says of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Case, CharField, Exists, OuterRef, Q, Value, When
from django.urls import reverse

from liaison.lib.panels import Line, Panel
from suggestions.choices import State
from suggestions.faces import Faces
from suggestions.formal_page import TONES
from suggestions.models import Formal, FormalSigner, FormalState, SignerState, Suggestion
from suggestions.models.formal import UNFILED

if TYPE_CHECKING:
    from accounts.models import User

SHOWN = 6


def _page(pk: int, name: str = "formal") -> str:
    return reverse(f"suggestions:{name}", args=[pk])


TITLES = {
    "formal_sign": ("请您附议", "看内容，答复", "formal"),
    "formal_returned": ("退回修改的建议、议案", "修改", "edit_formal"),
    "formal_opinion": ("征询意见", "填意见", "formal_opinion"),
    "formal_check": ("建议、议案待预审", "预审", "check_formal"),
}


def for_user(user: User, faces: Faces) -> list[Panel]:
    """To sign, to mend, to say how one finds the answer, to check: one query."""
    seats = user.seats
    if not (seats.deputies or seats.offices):
        return []
    signing = FormalSigner.objects.filter(
        formal=OuterRef("pk"), deputy_id__in=seats.deputy_ids, state=SignerState.ASKED
    )
    own = Q(lead_id__in=seats.deputy_ids)
    waits = Case(
        When(Q(Exists(signing), state__in=UNFILED), then=Value("formal_sign")),
        When(own & Q(state=FormalState.RETURNED), then=Value("formal_returned")),
        When(own & Q(case__state=State.REPLIED), then=Value("formal_opinion")),
        When(Q(station__in=seats.offices, state=FormalState.SUBMITTED), then=Value("formal_check")),
        default=None,
        output_field=CharField(),
    )
    piles: dict[str, list[Formal]] = {}
    found = Formal.objects.annotate(waits=waits).filter(waits__isnull=False, county__in=seats.county_ids)
    shown = ("title", "kind", "lead__name")
    for one in found.select_related("lead").only(*shown).order_by("state_since", "pk"):
        piles.setdefault(one.waits, []).append(one)
    url = reverse("suggestions:formal_list")
    return [
        Panel(key, title, [_line(one, step, page) for one in piles[key][:SHOWN]], len(piles[key]), url, colour="yellow")
        for key, (title, step, page) in TITLES.items()
        if key in piles
    ]


def _line(paper: Formal, step: str, page: str) -> Line:
    notes = (paper.get_kind_display(), f"领衔 {paper.lead.name}")
    return Line(paper.title, _page(paper.pk), notes, step=step, step_url=_page(paper.pk, page))


def of_case(user: User, case: Suggestion) -> list[Panel]:
    """The papers that were raised from ``case``, the one it handles, and the way to raise one."""
    found = Formal.objects.visible_to(user).filter(Q(case=case) | Q(source_links__suggestion=case)).distinct()
    lines = [
        Line(
            one.title,
            _page(one.pk),
            (one.number or one.sitting,),
            state=one.state_words,
            tone=TONES[FormalState(one.state)],
        )
        for one in found.select_related("term").order_by("pk")
    ]
    may = (user.seats.stations or user.seats.deputies) and case.state not in (State.REFUSED, State.WITHDRAWN)
    actions = [("提为代表建议、议案", f"{reverse('suggestions:raise_formal')}?case={case.pk}")] if may else []
    return [Panel("formal", "代表建议、议案", lines, len(lines), actions=[] if case.is_formal else actions)]
