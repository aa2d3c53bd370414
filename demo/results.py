"""Results on the boards of the demo counties: released, one that waits for its review, one taken off again."""

from __future__ import annotations

import datetime as dt

from demo.network import Network
from messaging import outbox
from suggestions import publicity
from suggestions.models import PublicResult, Suggestion


def release_some(network: Network, most: int) -> None:
    """The latest ``most`` answered cases whose voter agreed; who wrote is the desk's office, who released the county's."""
    cases = Suggestion.objects.filter(county=network.county, state__in=publicity.ANSWERED, may_publish=True)
    hub = network.staff[network.hub.pk]
    for case in cases.select_related("desk", "lead").order_by("-replied_at", "-pk")[:most]:
        moment = case.state_since + dt.timedelta(hours=2)
        with outbox.muted():
            written = _write(network, case, moment)
            publicity.release(written.pk, by=hub, at=moment + dt.timedelta(hours=1))


def leave_one_waiting(network: Network) -> None:
    """On the desk of 许良镇, for the county office to look at; and one that was released by mistake."""
    cases = Suggestion.objects.filter(desk=network.townships["许良镇"], state__in=publicity.ANSWERED, may_publish=True)
    waiting, wrong = cases.exclude(public_results__isnull=False).select_related("desk", "lead").order_by("-pk")[:2]
    _write(network, waiting)
    with outbox.muted():
        publicity.release(_write(network, wrong).pk, by=network.staff[network.hub.pk])
        result = PublicResult.objects.get(suggestion=wrong)
        publicity.withdraw(result.pk, by=network.staff[network.hub.pk], reason="地点写得太细，改写后再公开")


def _write(network: Network, case: Suggestion, at: dt.datetime | None = None) -> PublicResult:
    office = network.staff.get(case.desk_id, network.staff[network.hub.pk])
    return publicity.write(case.pk, by=office, texts=publicity.proposal(case), at=at)
