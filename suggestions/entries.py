"""The entries of a reception day: what was taken down, by whom it was brought, and who has been there before."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from liaison.lib.encryption import blind_indexes
from receptions.access import may_manage
from receptions.models import ReceptionDay
from suggestions import workflow
from suggestions.forms_entry import EntryForm
from suggestions.ledger_filter import by_phone
from suggestions.looks import note_look
from suggestions.models import Suggestion, SuggestionQuerySet, Voter

if TYPE_CHECKING:
    from accounts.models import User

EARLIER = 3  # cases offered


@dataclass(frozen=True)
class Known:
    """A visitor of this station who has been there before."""

    name: str
    address: str
    gender: str = ""
    age_band: str = ""
    cases: list[Suggestion] = field(default_factory=list)


def entries_of(user: User, day: ReceptionDay) -> SuggestionQuerySet:
    """The cases of the day that ``user`` may see, newest first; two queries with the voters."""
    whole = may_manage(user, day.station)  # all of them came in at that station
    seen = Suggestion.objects.all() if whole else Suggestion.objects.visible_to(user)
    seen = seen.filter(reception_day=day)
    return (
        seen.select_related("deputy", "desk").prefetch_related("voters").defer("search", "query_code").order_by("-pk")
    )


def recognise(user: User, day: ReceptionDay, phone: str, *, address: str | None = None) -> Known | None:
    """Whoever of this number came to the day's station before, in what ``user`` may see. Showing the name is a look at
    personal data, kept in the history of the case it comes from; ``address`` is the viewer's."""
    seen = Suggestion.objects.visible_to(user).filter(station=day.station_id)
    cases = list(by_phone(seen, phone, user.seats).order_by("-pk")[:EARLIER]) if phone else []
    voters = Voter.objects.filter(suggestion__in=cases, phone_index__in=blind_indexes(phone), erased_at=None)
    voter = voters.order_by("-suggestion_id", "-pk").first() if cases else None
    if voter is None:
        return None
    note_look(voter.suggestion_id, "view_contact", by=user, address=address, at_desk=day.pk)
    return Known(voter.name, voter.address, voter.gender, voter.age_band, cases)


def save(form: EntryForm, by: User) -> tuple[Suggestion, bool]:
    """(the case, whether this very form made it): registered, and answered where it was answered on the spot, in one
    transaction. The same form sent twice gives the case it already made."""
    now = timezone.now()
    with transaction.atomic():
        case = workflow.register(by=by, at=now, **form.arguments())
        is_new = case.registered_by_id == by.pk and case.created_at == now
        if is_new and form.answer:
            case = workflow.answer(case.pk, text=form.answer, by=by, version=case.version)
    return case, is_new
