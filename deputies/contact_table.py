"""The contacts of many deputies beside their quota: who is behind this month and this year."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Count
from django.http import QueryDict
from django.utils import timezone

from deputies import contacts, roster
from deputies.contacts import Tally
from deputies.models import Constituent, Deputy, DeputyQuerySet, Level
from deputies.models.contact import kept_by
from stations.models import Station

if TYPE_CHECKING:
    from accounts.models import User


@dataclass
class Row:
    deputy: Deputy
    quota: int
    listed: int  # constituents on the list now
    month: Tally
    year: Tally  # of the year up to the month before

    @property
    def is_short(self) -> bool:
        """The list itself is shorter than the quota."""
        return self.listed < self.quota


@dataclass
class Table:
    month: dt.date
    rows: list[Row]

    @property
    def done(self) -> int:
        return sum(not row.month.is_behind for row in self.rows)

    @property
    def behind(self) -> int:
        return len(self.rows) - self.done

    @property
    def behind_this_year(self) -> int:
        return sum(row.year.is_behind for row in self.rows)

    @property
    def short(self) -> int:
        return sum(row.is_short for row in self.rows)

    @property
    def total(self) -> Tally:
        return sum((row.month for row in self.rows), Tally())


def chosen_month(text: str, today: dt.date | None = None) -> dt.date:
    """The first day of ``2026-11``; of this month where that is no month, or one to come."""
    today = today or timezone.localdate()
    try:
        month = dt.date.fromisoformat(f"{text}-01")
    except ValueError:
        month = today
    return contacts.month_of(min(max(month, dt.date(2000, 1, 1)), today))


def last_day(month: dt.date) -> dt.date:
    return contacts.month_of(month + dt.timedelta(days=31)) - dt.timedelta(days=1)


def deputies_of(user: User, data: QueryDict) -> DeputyQuerySet:
    """Whose log ``user`` keeps and whom the quota concerns, narrowed by station (with its subtree), level and name."""
    found = contacts.with_quota(Deputy.objects.filter(kept_by(user)))
    if station := roster.chosen_station(user, data):
        found = found.filter(home_station__in=Station.objects.within(station))
    if (level := data.get("level", "")) in (Level.COUNTY, Level.TOWNSHIP):
        found = found.filter(level=level)
    if words := data.get("q", "").strip():
        found = found.filter(name__icontains=words)
    return found


def table(deputies: DeputyQuerySet, month: dt.date) -> Table:
    """Those furthest behind first, then by name. A handful of queries however many deputies there are."""
    before = month - dt.timedelta(days=1)
    this_month = contacts.tally(deputies, month, last_day(month))
    this_year = contacts.tally(deputies, month.replace(month=1), before)
    lists = dict(
        Constituent.objects.current()
        .filter(deputy__in=deputies.order_by().values("pk"))
        .order_by()
        .values_list("deputy")
        .annotate(Count("pk"))
    )
    people = list(deputies.select_related("home_station", "county"))
    rules = contacts.rules_by_county(one.county_id for one in people)
    rows = [
        Row(
            deputy=one,
            quota=contacts.quota_of(one.level, rules[one.county_id]),
            listed=lists.get(one.pk, 0),
            month=this_month[one.pk],
            year=this_year[one.pk],
        )
        for one in people
    ]
    return Table(month, sorted(rows, key=lambda row: (-row.month.missing, -row.year.missing, row.deputy.pinyin)))
