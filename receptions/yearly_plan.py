"""年度接待计划: a station's year on one sheet, and the same as a notice on its board."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Prefetch

from history import log
from noticeboard import system
from noticeboard.models import Notice, NoticeKind, NoticeState
from receptions.access import may_manage
from receptions.models import Duty, ReceptionDay
from receptions.schedule import quarter, themes_of
from receptions.themes import themes_in_force
from stations.models import Station
from workdays.calendar import WEEKDAYS

if TYPE_CHECKING:
    from accounts.models import User


@dataclass
class PlanQuarter:
    number: int
    theme: str
    days: list[ReceptionDay]

    @property
    def name(self) -> str:
        return f"第{'一二三四'[self.number - 1]}季度"


@dataclass
class Plan:
    station: Station
    year: int
    quarters: list[PlanQuarter]

    @property
    def days(self) -> list[ReceptionDay]:
        return [day for one in self.quarters for day in one.days]

    @property
    def title(self) -> str:
        return f"{self.station.name}{self.year}年度接待计划"

    @property
    def provisional(self) -> bool:
        return any(day.provisional for day in self.days)

    @property
    def density(self) -> str:
        """How closely it must be set to stay on one sheet: ``plain``, ``tight`` or ``dense``. Heights are in pixels of
        an A4 page 1031 high between its margins, of which 240 are head and foot (static/css/plan.css)."""
        lines = [_lines(day) for day in self.days]
        if sum(21 * count + 11 for count in lines) <= 760:
            return "plain"
        return "tight" if sum(18 * count + 6 for count in lines) <= 760 else "dense"


def _lines(day: ReceptionDay) -> int:
    """Lines of the day's row at the widths of an A4 sheet: some 15 characters of activity, 2 names."""
    own: str = day.own_theme  # type: ignore[attr-defined]
    return max(1, -(-len(own + day.activity) // 14), -(-len(day.duties.all()) // 2))


def plan_of(station: Station, year: int) -> Plan:
    """The days that stand, by quarter; a day's own theme is shown with it where it differs (``day.own_theme``)."""
    days = list(
        ReceptionDay.objects.standing()
        .filter(station=station, date__year=year)
        .select_related("station")
        .prefetch_related(Prefetch("duties", Duty.objects.shown().select_related("deputy")))
        .order_by("date", "pk")
    )
    themes, own = themes_in_force(station, year), themes_of(days)
    for day in days:
        day.own_theme = own[day.pk] if own[day.pk] != themes.get(quarter(day.date), "") else ""  # type: ignore[attr-defined]
    quarters = [
        PlanQuarter(number, themes.get(number, ""), [day for day in days if quarter(day.date) == number])
        for number in range(1, 5)
    ]
    return Plan(station, year, quarters)


def body(plan: Plan) -> str:
    """The plan as the text of a notice."""
    lines = []
    for one in plan.quarters:
        if one.days:
            lines += ["", one.name + (f"　主题：{one.theme}" if one.theme else "")]
        for day in one.days:
            hours = f"{day.starts_at:%-H:%M}—{day.ends_at:%-H:%M}"
            certain = "（暂定）" if day.provisional else ""
            what = day.activity or day.own_theme  # type: ignore[attr-defined]
            line = f"{day.date:%-m月%-d日}（周{WEEKDAYS[day.date.weekday()]}）{certain}{hours}"
            lines.append(line + (f"　{what}" if what else ""))
    place = plan.station.address or next((day.place for day in plan.days if day.place), "")
    head = [f"接待地点：{place}"] if place else []
    if plan.station.phone:
        head.append(f"联系电话：{plan.station.phone}")
    return "\n".join([*head, *lines, "", "具体安排以每次接待前的公告为准。"]).strip()


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
        labels = by.seats.labels
        after = {"station": station.pk, "year": year, "notice": notice.pk}
        seat = labels[0] if labels else ""
        log.append(f"county:{station.county_id}", action="plan_posted", actor=by, seat=seat, after=after)
    return notice
