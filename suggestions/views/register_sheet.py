"""接待选民登记表: filled with the entries of a day, or blank to write on."""

from __future__ import annotations

from axes.helpers import get_client_ip_address
from django.db import transaction
from django.http.response import HttpResponseBase
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.requests import SignedInRequest
from receptions import changes
from receptions.access import managed_day
from receptions.models import ReceptionDay
from suggestions.looks import note_look
from suggestions.models import Suggestion
from suggestions.paper.sheets import answer, wants_pdf

MOST_BLANK, USUAL_BLANK = 200, 10


@require_safe
@never_cache
def register_sheet(request: SignedInRequest, pk: int) -> HttpResponseBase:
    """``?blank=N`` gives N empty rows; without it the day's visitors in full, which the history of the day and of each
    case keeps as a look."""
    day = managed_day(request.user, pk)
    wants_pdf(request)  # 404 where none can be made, before anything is looked at
    wanted = request.GET.get("blank")
    cases = [] if wanted is not None else _cases(request, day)
    context = {
        "day": day,
        "cases": cases,
        "blank": range(_number(wanted) if wanted is not None else 0),
        "usual": USUAL_BLANK,
        "present": [duty.deputy.name for duty in day.duties.select_related("deputy") if duty.signed_in_at],
        "officers": [row.officer for row in day.officer_sign_ins.select_related("officer")],
    }
    name = f"接待选民登记表-{day.station.name}-{day.date:%Y-%m-%d}"
    return answer(request, "suggestions/register_sheet.html", context, name=name, style="css/register_sheet.css")


def _number(text: str) -> int:
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 6 else USUAL_BLANK
    return min(max(number, 1), MOST_BLANK)


@transaction.atomic
def _cases(request: SignedInRequest, day: ReceptionDay) -> list[Suggestion]:
    cases = list(day.suggestions.select_related("deputy").prefetch_related("voters").order_by("pk"))
    named = [case for case in cases if any(voter.erased_at is None for voter in case.voters.all())]
    if named:
        address = get_client_ip_address(request)
        changes.record(day, "print_register", actor=request.user, after={"cases": len(named)}, address=address)
        for case in named:
            note_look(case.pk, "view_contact", by=request.user, address=address, printed=day.pk)
    return cases
