"""How many opinions on drafts were collected, and how many adopted, for pages, statistics and reports.

Collected counts every opinion that came in and was not set aside; adopted counts matters: equal opinions are one, and
those taken up in part count too (禹州市：累计征集立法修改建议 130 余条，被吸收采纳 10 条).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Q

from legislation.models import TAKEN_UP, GiverKind, Opinion, OpinionQuerySet

ADOPTED = Q(main__isnull=True, outcome__in=TAKEN_UP)


@dataclass(frozen=True)
class Totals:
    collected: int = 0
    adopted: int = 0
    deputies: int = 0
    staff: int = 0
    public: int = 0


def totals(opinions: OpinionQuerySet) -> Totals:
    kinds = {kind: Count("pk", filter=Q(kind=kind)) for kind in GiverKind.values}
    found = opinions.counted().order_by().aggregate(all=Count("pk"), adopted=Count("pk", filter=ADOPTED), **kinds)
    return Totals(found["all"], found["adopted"], found["deputy"], found["staff"], found["public"])


def between(county_ids: Iterable[int], since: dt.date, until: dt.date) -> Totals:
    """Given on these days, both included."""
    found = Opinion.objects.filter(draft__county__in=county_ids)
    return totals(found.filter(given_at__date__range=(since, until)))


def by_station(opinions: OpinionQuerySet) -> dict[int, tuple[int, int]]:
    """Station's pk → (collected, adopted), of the station itself and not of those below it."""
    rows = opinions.counted().order_by().values("station")
    rows = rows.annotate(collected=Count("pk"), adopted=Count("pk", filter=ADOPTED))
    return {row["station"]: (row["collected"], row["adopted"]) for row in rows}
