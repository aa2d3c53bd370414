"""Send again what failed: by hand, once the office has corrected what was wrong."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from history import log
from messaging import outbox
from messaging.models import OutboxRow, RowState

if TYPE_CHECKING:
    from accounts.models import User


@transaction.atomic
def resend(pks: Iterable[int], *, by: User) -> int:
    """Put the failed rows among ``pks`` that ``by`` sees back into the queue; returns how many.

    When its turn comes, the sender asks again whether the row is still true and where the recipient is reached now.
    """
    visible = OutboxRow.objects.visible_to(by).filter(pk__in=list(pks), state=RowState.FAILED)
    rows = list(visible.select_for_update(of=("self",)).order_by("pk"))
    if not rows:
        return 0
    OutboxRow.objects.filter(pk__in=[row.pk for row in rows]).update(
        state=RowState.WAITING, attempts=0, next_try_at=timezone.now(), error=""
    )
    for county_id, ids in sorted(_by_county(rows, by).items()):
        log.append(f"county:{county_id}", action="resend", actor=by, seat=by.seats.label, after={"rows": ids})
    transaction.on_commit(outbox.wake_sender, robust=True)
    return len(rows)


def _by_county(rows: list[OutboxRow], by: User) -> dict[int, list[int]]:
    ids: dict[int, list[int]] = defaultdict(list)
    for row in rows:
        above = next(station for station in by.seats.stations if row.scope.startswith(station.path))
        ids[above.county_id].append(row.pk)
    return ids
