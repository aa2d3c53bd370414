"""一季一主题、一月一活动: saved with an event in one transaction; who was told of a day hears of its new theme."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from receptions import changes
from receptions.access import may_manage
from receptions.models import DayState, QuarterTheme, ReceptionDay
from receptions.schedule import line
from stations.changes import record
from stations.models import Station

if TYPE_CHECKING:
    from accounts.models import User


def own_themes(station: Station, year: int) -> dict[int, str]:
    rows = QuarterTheme.objects.filter(station=station, year=year).order_by()
    return dict(rows.values_list("quarter", "theme"))


def themes_above(station: Station, year: int) -> dict[int, str]:
    """What the quarters' themes are where the station says nothing itself."""
    paths = line(station.path)[1:]
    rows = QuarterTheme.objects.filter(station__path__in=paths, year=year).exclude(theme="")
    found = {}
    for _, quarter, theme in sorted(rows.values_list("station__path", "quarter", "theme")):
        found[quarter] = theme  # the longest path, the nearest station, comes last
    return found


def themes_in_force(station: Station, year: int) -> dict[int, str]:
    own = {number: theme for number, theme in own_themes(station, year).items() if theme}
    return {**themes_above(station, year), **own}


@transaction.atomic
def save_themes(
    station: Station, year: int, *, themes: dict[int, str], activities: dict[int, str], by: User
) -> tuple[int, int]:
    """Set the themes by quarter and the activities by the day's pk; returns how many of each changed. An empty theme is
    that of the station above."""
    if not may_manage(by, station):
        raise PermissionDenied(f"{station}的主题和活动由该站和上级站的工作人员确定。")
    Station.objects.select_for_update(of=("self",), no_key=True).get(pk=station.pk)
    were = own_themes(station, year)
    changed = {number: theme for number, theme in themes.items() if were.get(number, "") != theme}
    for number, theme in changed.items():
        QuarterTheme.objects.update_or_create(
            station=station, year=year, quarter=number, defaults={"theme": theme}
        ) if theme else QuarterTheme.objects.filter(station=station, year=year, quarter=number).delete()
    if changed:
        _say_again(station, year, set(changed))
        record(
            station.county_id,
            "quarter_themes",
            actor=by,
            before={"station": station.pk, "year": year, **{str(n): were.get(n, "") for n in changed}},
            after={"station": station.pk, "year": year, **{str(n): theme for n, theme in changed.items()}},
        )
    return len(changed), _save_activities(station, activities, by)


def _say_again(station: Station, year: int, quarters: set[int]) -> None:
    """Days to come that somebody was told of, here and below, whose theme is the quarter's: what hangs on the board is
    brought up to date."""
    months = [3 * number - offset for number in quarters for offset in range(3)]
    told = ReceptionDay.objects.standing().filter(told_at__isnull=False, theme="", date__gte=timezone.localdate())
    below = Station.objects.within(station)
    told.filter(station__in=below, date__year=year, date__month__in=months).update(to_tell=True)


def _save_activities(station: Station, activities: dict[int, str], by: User) -> int:
    days = ReceptionDay.objects.select_for_update(of=("self",)).filter(station=station, pk__in=activities)
    count = 0
    for day in days.exclude(state__in=(DayState.CLOSED, DayState.CANCELLED)).order_by("pk"):
        if changed := changes.change(day, activity=activities[day.pk]):
            changes.save(day)
            changes.record(day, "edit", actor=by, **changes.sides(changed))
            count += 1
    return count
