"""What is arranged for reception days: who is on duty, who else comes, whom it is to be told to. Loaded for many days
at once in a fixed number of queries."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.db.models import F, Q
from django.utils import timezone

from accounts.models import User
from deputies.models import Deputy, Status
from noticeboard.models import WorkGroup
from receptions.dates import full_date, hours, short_date
from receptions.models import DayState, Duty, Invitation, InvitationState, ReceptionDay
from receptions.schedule import line, themes_of
from stations.models import ResidentOfficer, Station, StationStaff
from workdays.calendar import WEEKDAYS


@dataclass
class Arrangement:
    """``duties`` are of deputies who may serve on the day; ``barred`` of those who may not any more. ``staff`` are the
    people of the station's office, or of the nearest one above that has somebody."""

    day: ReceptionDay
    theme: str = ""
    duties: list[Duty] = field(default_factory=list)
    barred: list[Duty] = field(default_factory=list)
    officers: list[ResidentOfficer] = field(default_factory=list)
    groups: list[WorkGroup] = field(default_factory=list)
    guests: list[Invitation] = field(default_factory=list)
    staff: list[User] = field(default_factory=list)

    @property
    def deputies(self) -> list[Deputy]:
        return [duty.deputy for duty in self.duties]

    @property
    def place(self) -> str:
        """Where to go: the station, and the room where that is said."""
        return place(self.day.station, self.day.place)


def place(station: Station, room: str) -> str:
    where = room or station.address
    return f"{station.name}（{where}）" if where else station.name


def arrangements_of(days: Iterable[ReceptionDay]) -> list[Arrangement]:
    """Of ``days`` with their stations loaded; in their order. Six queries, however many days."""
    chosen = list(days)
    themes = themes_of(chosen)
    found = {day.pk: Arrangement(day, theme=themes[day.pk]) for day in chosen}
    for duty in _duties(found):
        one = found[duty.day_id]
        (one.duties if may_serve(duty.deputy, one.day.date) else one.barred).append(duty)
    guests = Invitation.objects.filter(day__in=found, state=InvitationState.ACCEPTED).order_by("answered_at", "pk")
    for guest in guests.select_related("department"):
        found[guest.day_id].guests.append(guest)
    _add_people_of_stations(list(found.values()))
    return list(found.values())


def _duties(days: Iterable[int]) -> Iterable[Duty]:
    rows = Duty.objects.filter(day__in=list(days)).order_by("deputy__pinyin", "deputy_id")
    return rows.select_related("deputy__user", "deputy__constituency", "deputy__term")


def may_serve(deputy: Deputy, date: dt.date) -> bool:
    """Whether the deputy (with ``term`` loaded) is still one on that day (代表法 art 61–62; a term ends by itself)."""
    ended = deputy.term is not None and deputy.term.ends_on is not None and deputy.term.ends_on < date
    return deputy.status == Status.SERVING and not ended


# The duties of those who may not serve on the day: what ``may_serve`` says, asked of the database.
BARRED = ~Q(deputy__status=Status.SERVING) | Q(deputy__term__ends_on__lt=F("day__date"))


def _add_people_of_stations(arrangements: list[Arrangement]) -> None:
    stations = {one.day.station for one in arrangements}
    officers: dict[int, list[ResidentOfficer]] = defaultdict(list)
    active = ResidentOfficer.objects.filter(station__in=stations, is_active=True)
    for officer in active.select_related("user").order_by("kind", "name", "pk"):
        officers[officer.station_id].append(officer)
    groups: dict[str, list[WorkGroup]] = defaultdict(list)
    paths = {path for station in stations for path in line(station.path)}
    used = WorkGroup.objects.filter(station__path__in=paths, is_active=True)
    for group in used.defer("webhook").select_related("station").order_by("name", "pk"):
        groups[group.station.path].append(group)
    staff = _staff_by_path(paths)
    for one in arrangements:
        above = line(one.day.station.path)
        one.officers = officers[one.day.station_id]
        # The groups of the station and of its township; the county's are told of the hub's own days alone.
        one.groups = [group for path in above[:1] + above[1:-1] for group in groups.get(path, ())]
        one.staff = next((staff[path] for path in above if path in staff), [])


def _staff_by_path(paths: Iterable[str]) -> dict[str, list[User]]:
    seats = StationStaff.objects.filter(station__path__in=list(paths), user__is_active=True)
    found: dict[str, list[User]] = {}
    for seat in seats.select_related("user", "station").order_by("pk"):
        found.setdefault(seat.station.path, []).append(seat.user)
    return found


def staff_near(station: Station) -> list[User]:
    """The staff of the station; where it has none, of the nearest one above that has. One query."""
    above = line(station.path)
    staff = _staff_by_path(above)
    return next((staff[path] for path in above if path in staff), [])


# --- in words -----------------------------------------------------------------------------


def when(day: ReceptionDay) -> str:
    return f"{full_date(day.date)}{hours(day.starts_at, day.ends_at)}"


def is_over(day: ReceptionDay, now: dt.datetime) -> bool:
    """Whether the day's hours have passed; whoever is told then is told nothing that still helps."""
    local = timezone.localtime(now)
    return (day.date, day.ends_at) <= (local.date(), local.time())


def notice_title(day: ReceptionDay) -> str:
    mark = "（已取消）" if day.state == DayState.CANCELLED else ""
    return f"{mark}{short_date(day.date)}（星期{WEEKDAYS[day.date.weekday()]}）人大代表接待选民安排"


def notice_text(one: Arrangement, before: str = "") -> str:
    """The arrangement for everybody: no phone, nothing that is not public. ``before`` says what it was until now."""
    day = one.day
    if day.state == DayState.CANCELLED:
        return "\n".join(
            [f"原定{when(day)}在{one.place}举行的人大代表接待选民活动取消。", f"原因：{day.cancel_reason}"]
        )
    lines: list[str] = [
        before,
        f"时间：{when(day)}",
        f"地点：{one.place}",
        f"主题：{one.theme}" if one.theme else "",
        f"活动：{day.activity}" if day.activity else "",
        f"值班代表：{names(one.deputies) or '待定'}",
        f"驻站人员：{'、'.join(map(str, one.officers))}" if one.officers else "",
        *(f"到站解答：{guest_text(guest)}" for guest in one.guests),
        "欢迎选民群众前来反映意见、提出建议。",
    ]
    return "\n".join(filter(None, lines))


def names(deputies: Sequence[Deputy]) -> str:
    return "、".join(deputy.name for deputy in deputies)


def guest_text(guest: Invitation) -> str:
    return f"{guest.department.name}{f' {guest.guest}' if guest.guest else ''}"
