"""年度接待计划: a station's year on one sheet, and the same as a notice on its board."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Prefetch

from noticeboard import system
from noticeboard.models import Notice, NoticeKind, NoticeState
from receptions.access import may_manage
from receptions.dates import date_and_weekday, hours
from receptions.models import Duty, ReceptionDay
from receptions.schedule import quarter, themes_of
from receptions.themes import themes_in_force
from stations.changes import record
from stations.models import Station

if TYPE_CHECKING:
    from accounts.models import User


@dataclass(frozen=True)
class PlanDay:
    """A day that stands; ``theme`` is its own where that is another one than its quarter's."""

    day: ReceptionDay
    theme: str

    @property
    def lines(self) -> int:
        """Lines of its row at the widths of an A4 sheet: some 15 characters of activity, 2 names."""
        return max(1, -(-len(self.theme + self.day.activity) // 14), -(-len(self.day.duties.all()) // 2))


@dataclass
class PlanQuarter:
    number: int
    theme: str
    days: list[PlanDay]

    @property
    def name(self) -> str:
        return f"第{'一二三四'[self.number - 1]}季度"


@dataclass
class Plan:
    station: Station
    year: int
    quarters: list[PlanQuarter]

    @property
    def days(self) -> list[PlanDay]:
        return [day for one in self.quarters for day in one.days]

    @property
    def title(self) -> str:
        return f"{self.station.name}{self.year}年度接待计划"

    @property
    def provisional(self) -> bool:
        return any(one.day.provisional for one in self.days)

    @property
    def density(self) -> str:
        """How closely it must be set to stay on one sheet: ``plain``, ``tight`` or ``dense``. Heights are in pixels of
        an A4 page 1031 high between its margins, of which 240 are head and foot (static/css/plan.css)."""
        lines = [one.lines for one in self.days]
        if sum(21 * count + 11 for count in lines) <= 760:
            return "plain"
        return "tight" if sum(18 * count + 6 for count in lines) <= 760 else "dense"


def plan_of(station: Station, year: int) -> Plan:
    """The days that stand, by quarter."""
    days = list(
        ReceptionDay.objects.standing()
        .filter(station=station, date__year=year)
        .select_related("station")
        .prefetch_related(Prefetch("duties", Duty.objects.shown().select_related("deputy")))
        .order_by("date", "pk")
    )
    themes, own = themes_in_force(station, year), themes_of(days)
    quarters = [PlanQuarter(number, themes.get(number, ""), []) for number in range(1, 5)]
    for day in days:
        of = quarters[quarter(day.date) - 1]
        of.days.append(PlanDay(day, own[day.pk] if own[day.pk] != of.theme else ""))
    return Plan(station, year, quarters)


def body(plan: Plan) -> str:
    """The plan as the text of a notice."""
    lines = []
    for one in plan.quarters:
        if one.days:
            lines += ["", one.name + (f"　主题：{one.theme}" if one.theme else "")]
        lines += [_line(planned) for planned in one.days]
    place = plan.station.address or next((one.day.place for one in plan.days if one.day.place), "")
    head = [f"接待地点：{place}"] if place else []
    if plan.station.phone:
        head.append(f"联系电话：{plan.station.phone}")
    return "\n".join([*head, *lines, "", "具体安排以每次接待前的公告为准。"]).strip()


def _line(planned: PlanDay) -> str:
    day, what = planned.day, planned.day.activity or planned.theme
    certain = "（暂定）" if day.provisional else ""
    line = f"{date_and_weekday(day.date)}{certain}{hours(day.starts_at, day.ends_at)}"
    return line + (f"　{what}" if what else "")


@transaction.atomic
def post(station: Station, year: int, *, by: User) -> Notice:
    """Put the plan on the station's board, or bring what hangs there up to date; there is one a year. It says only what
    the schedule says, so nobody reviews it; one that people withdrew stays withdrawn."""
    if not may_manage(by, station):
        raise PermissionDenied(f"{station}的公示由该站和上级站的工作人员发布。")
    plan = plan_of(station, year)
    if not plan.days:
        raise ValidationError(f"{year} 年还没有接待日，没有可以公示的计划。")
    key = f"plan:{station.pk}:{year}"
    item = system.Kept(key, station, NoticeKind.PLAN, plan.title[:80], body(plan)[:8000])
    board = system.keep_all([item])
    notice = board.notices[key]
    if notice.state != NoticeState.RELEASED:
        raise ValidationError(f"这份计划已从公示栏撤下（{notice.withdraw_reason}），要恢复请在公示栏办理。")
    if board.changed:
        after = {"station": station.pk, "year": year, "notice": notice.pk}
        record(station.county_id, "plan_posted", actor=by, after=after)
    return notice
