"""Looking at personal data and fetching files leave a trace in the case's history, but make no page stale."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction

from history import log
from suggestions.models import Suggestion
from suggestions.steps import lock, seat_label
from suggestions.transitions import may

if TYPE_CHECKING:
    from accounts.models import User


@transaction.atomic
def note_look(pk: int, action: str, *, by: User, address: str | None = None, **after: Any) -> None:
    """Append ``action`` (view_contact, download, receipt) to the history of case ``pk``; ``address`` is the viewer's."""
    case = lock(pk)
    event = log.append(
        case.chain,
        action=action,
        actor=by,
        seat=seat_label(by, case),
        after=after,
        address=address,
        head=(case.event_seq, case.event_hash),
    )
    Suggestion.objects.filter(pk=pk).update(event_seq=event.seq, event_hash=event.hash)


def may_see_contact(user: User, case: Suggestion) -> bool:
    """Who has to call the voter: the offices at both ends of the case, its departments, its deputy, who took it down."""
    return case.registered_by_id == user.pk or user.seats.covers(case.station) or may(user, "remark", case)
