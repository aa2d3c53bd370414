"""The demo counties' standing-committee meetings: 禹州市 as the report tells it (22 次会议，列席代表 84 人、群众代表 42 人)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from django.utils import timezone

from demo import accounts
from demo.network import Network
from demo.people import People
from deputies.models import Deputy, Level
from meetings.models import Answer, Attendee, AttendeeKind, Citizen, Meeting, MeetingState
from workdays.calendar import Calendar

SESSION = 16
FIRST = dt.date(2022, 4, 28)
PLACE = "人大机关三楼常委会会议室"

AGENDAS = (
    ("听取和审议市政府关于民生实事项目进展情况的报告", "审查和批准财政预算调整方案", "人事任免"),
    ("听取和审议关于优化营商环境工作情况的报告", "对代表建议办理情况进行满意度测评", "人事任免"),
    ("听取和审议关于上半年国民经济和社会发展计划执行情况的报告", "审议执法检查报告", "人事任免"),
    ("听取和审议关于农村供水保障工作情况的报告", "听取人民法院关于执行工作的报告", "人事任免"),
    ("听取和审议关于义务教育均衡发展情况的报告", "听取人民检察院关于公益诉讼工作的报告"),
    ("听取和审议关于生态环境状况和环境保护目标完成情况的报告", "审议国有资产管理情况的综合报告"),
)
# Of each meeting held: how many deputies and citizens attended. Sums: 84 and 42.
YUZHOU = [(4, 2)] * 18 + [(3, 2)] * 2 + [(3, 1)] * 2
BOAI = [(5, 2)] * 14


def add_meetings(network: Network, anchor: dt.date, attended: list[tuple[int, int]]) -> None:
    """One a few weeks apart since the session began, and one to come with its invitations."""
    dates = _dates(len(attended), anchor)
    rows = [
        Meeting(
            county=network.county,
            session=SESSION,
            number=number,
            held_on=day,
            starts_at=dt.time(9),
            place=PLACE,
            agenda=_agenda(network, number),
            state=MeetingState.HELD,
        )
        for number, day in enumerate(dates, start=1)
    ]
    coming = Meeting(
        county=network.county,
        session=SESSION,
        number=len(rows) + 1,
        held_on=_thursday(anchor + dt.timedelta(days=12), Calendar.current()),
        starts_at=dt.time(9),
        place=PLACE,
        agenda=_agenda(network, len(rows) + 1),
    )
    meetings = Meeting.objects.bulk_create([*rows, coming])
    deputies = _deputies(network)
    guests = [
        guest
        for one, numbers in zip(meetings, [*attended, (3, 2)], strict=True)
        for guest in _guests(one, numbers, deputies)
    ]
    guests.append(Attendee(meeting=meetings[-1], kind=AttendeeKind.DEPUTY, deputy=_kept(network)))
    made = Attendee.objects.bulk_create(guests, batch_size=500)
    people = People(network.county.pk * 31 + 7)
    citizens = [_citizen(row, people) for row in made if row.kind == AttendeeKind.CITIZEN]
    for one in citizens:
        one.index_phone()
    Citizen.objects.bulk_create(citizens)


def _agenda(network: Network, number: int) -> str:
    lines = AGENDAS[number % len(AGENDAS)]
    own = "市政府" if network.county.name.endswith("市") else "县政府"
    return "\n".join(lines).replace("市政府", own)


def _dates(count: int, anchor: dt.date) -> list[dt.date]:
    last = anchor - dt.timedelta(days=25)
    step, calendar = (last - FIRST) / (count - 1), Calendar.current()
    return [_thursday(FIRST + step * number, calendar) for number in range(count)]


def _thursday(day: dt.date, calendar: Calendar) -> dt.date:
    """Of the week of ``day``, or the working day next to it."""
    day += dt.timedelta(days=3 - day.weekday())
    while not calendar.is_workday(day):
        day += dt.timedelta(days=1)
    return day


def _deputies(network: Network) -> Iterator[Deputy]:
    """County deputies in turn, so that everybody is asked once before anybody is asked again; somebody with a log-in is
    kept for the meeting to come."""
    found = list(
        Deputy.objects.filter(county=network.county, level=Level.COUNTY).exclude(pk=_kept(network).pk).order_by("pk")
    )
    while True:
        yield from found


def _kept(network: Network) -> Deputy:
    found = Deputy.objects.filter(county=network.county, level=Level.COUNTY, user__isnull=False).order_by("pk")
    return found.filter(user__username=accounts.COUNTY_DEPUTY).first() or found[0]


def _guests(one: Meeting, numbers: tuple[int, int], deputies: Iterator[Deputy]) -> Iterator[Attendee]:
    held = one.state == MeetingState.HELD
    at = timezone.make_aware(dt.datetime.combine(one.held_on, dt.time(8, 40))) if held else None
    for number in range(numbers[0]):
        came = held or number == 1
        answer = Answer.COMING if came else Answer.ASKED
        moment = at + dt.timedelta(minutes=3 * number) if at else None
        yield Attendee(meeting=one, kind=AttendeeKind.DEPUTY, deputy=next(deputies), answer=answer, signed_in_at=moment)
    for number in range(numbers[1]):
        moment = at + dt.timedelta(minutes=4 * number) if at else None
        yield Attendee(meeting=one, kind=AttendeeKind.CITIZEN, answer=Answer.COMING, signed_in_at=moment)


def _citizen(row: Attendee, people: People) -> Citizen:
    person = people.draw()
    return Citizen(attendee=row, name=person.name, phone=person.phone)
