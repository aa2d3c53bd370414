"""What consultations came to, in numbers, for pages and statistics: held, finished, promises and whether they were kept in
time, ratings. A consultation counts in the year of its date."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db.models import Aggregate, Count, F, Q, QuerySet, Sum
from django.utils import timezone

from consultations.models import HELD_STATES, Consultation, ConsultationQuerySet, Party, Promise, PromiseState, State
from suggestions.choices import Satisfaction


@dataclass
class Figures:
    """``fell_due``: promises that ended, or whose day has passed; what is due later is not counted against anybody."""

    all: int = 0
    held: int = 0
    finished: int = 0
    residents: int = 0
    promises: int = 0
    kept: int = 0
    kept_in_time: int = 0
    broken: int = 0
    overdue: int = 0
    satisfied: int = 0
    basically: int = 0
    dissatisfied: int = 0

    @property
    def fell_due(self) -> int:
        return self.kept + self.broken + self.overdue

    @property
    def kept_rate(self) -> float | None:
        """Kept in time, of those that fell due; None where none did."""
        return self.kept_in_time / self.fell_due if self.fell_due else None

    @property
    def votes(self) -> int:
        return self.satisfied + self.basically + self.dissatisfied

    @property
    def content_rate(self) -> float | None:
        """(满意 + 基本满意) / votes; None where nobody rated."""
        return (self.satisfied + self.basically) / self.votes if self.votes else None


def ratings_of(consultation: Consultation) -> tuple[int, int, int]:
    """满意, 基本满意, 不满意: what was counted, and what parties said with their own log-in."""
    said = [party.satisfaction for party in consultation.parties.all() if party.rated_at]
    return (
        consultation.satisfied + said.count(Satisfaction.SATISFIED),
        consultation.basically + said.count(Satisfaction.BASICALLY),
        consultation.dissatisfied + said.count(Satisfaction.NOT),
    )


def counted(found: ConsultationQuerySet, today: dt.date | None = None) -> Figures:
    """Of all consultations of ``found`` together: three queries."""
    return _by(found, None, today).get(None, Figures())


def by_station(found: ConsultationQuerySet, today: dt.date | None = None) -> dict[int | None, Figures]:
    """Key of the station → its figures; stations without any consultation are left out. Three queries."""
    return _by(found, "station_id", today)


def of_year(stations: Iterable[int], year: int, today: dt.date | None = None) -> dict[int | None, Figures]:
    """As :func:`by_station`, of the stations with these keys in one year: for statistics."""
    return by_station(Consultation.objects.filter(station__in=stations, date__year=year), today)


def attended_by(deputy_pk: int, since: dt.date, until: dt.date) -> ConsultationQuerySet:
    """Held ones at which the deputy sat, both days included: for the duty record."""
    came = Party.objects.filter(deputy=deputy_pk, signed_in_at__isnull=False).values("consultation")
    return Consultation.objects.filter(pk__in=came, state__in=HELD_STATES, date__range=(since, until))


def _by(found: ConsultationQuerySet, group: str | None, today: dt.date | None) -> dict[int | None, Figures]:
    rows: dict[int | None, Figures] = {}
    chosen = Consultation.objects.filter(pk__in=found.order_by().values("pk")).exclude(state=State.CANCELLED)
    for source, prefix in (
        (_consultations(chosen, group), ""),
        (_promises(chosen, group, today or timezone.localdate()), "consultation__"),
        (_ratings(chosen, group), "consultation__"),
    ):
        for row in source:
            one = rows.setdefault(row.pop(f"{prefix}{group}", None) if group else None, Figures())
            for name, number in row.items():
                setattr(one, name, getattr(one, name) + (number or 0))
    return rows


def _grouped(rows: QuerySet, group: str | None, prefix: str, numbers: Mapping[str, Aggregate]) -> list[dict]:
    """One row a group with ``numbers``; without a group one row in all."""
    if group is None:
        return [rows.aggregate(**numbers)]
    return list(rows.order_by().values(f"{prefix}{group}").annotate(**numbers))


def _consultations(chosen: QuerySet[Consultation], group: str | None) -> list[dict]:
    numbers = {
        "all": Count("pk"),
        "held": Count("pk", filter=Q(state__in=HELD_STATES)),
        "finished": Count("pk", filter=Q(state=State.FINISHED)),
        "residents": Sum("residents_came"),
    }
    votes = {name: Sum(F(name)) for name in ("satisfied", "basically", "dissatisfied")}
    counts = {f"n_{name}": number for name, number in {**numbers, **votes}.items()}
    return [_plain(row) for row in _grouped(chosen, group, "", counts)]


def _promises(chosen: QuerySet[Consultation], group: str | None, today: dt.date) -> list[dict]:
    kept = Q(state=PromiseState.KEPT)
    numbers = {
        "promises": Count("pk"),
        "kept": Count("pk", filter=kept),
        "kept_in_time": Count("pk", filter=kept & Q(ended_on__lte=F("due_on"))),
        "broken": Count("pk", filter=Q(state=PromiseState.BROKEN)),
        "overdue": Count("pk", filter=Q(state=PromiseState.OPEN, due_on__lt=today)),
    }
    counts = {f"n_{name}": number for name, number in numbers.items()}
    rows = Promise.objects.filter(consultation__in=chosen)
    return [_plain(row) for row in _grouped(rows, group, "consultation__", counts)]


def _ratings(chosen: QuerySet[Consultation], group: str | None) -> list[dict]:
    names = {"satisfied": Satisfaction.SATISFIED, "basically": Satisfaction.BASICALLY, "dissatisfied": Satisfaction.NOT}
    counts = {f"n_{name}": Count("pk", filter=Q(satisfaction=said)) for name, said in names.items()}
    rows = Party.objects.filter(consultation__in=chosen, rated_at__isnull=False)
    return [_plain(row) for row in _grouped(rows, group, "consultation__", counts)]


def _plain(row: dict) -> dict:
    """Without the mark that keeps a number from being taken for a field of the table."""
    return {name.removeprefix("n_"): value for name, value in row.items()}
