"""常委会会议台账: one row a meeting, and one row for each person who was invited or signed up."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from django.http import QueryDict

from liaison.lib.extracts import Extract
from liaison.lib.xlsx import Column
from meetings import counts
from meetings.models import Attendee, Meeting
from stations.ledgers import asked_period
from stations.models import Station

if TYPE_CHECKING:
    from accounts.models import User

MEETING_COLUMNS = (
    Column("届", 6, "int"),
    Column("次", 6, "int"),
    Column("会议", 34),
    Column("日期", 12, "date"),
    Column("开始时间", 10),
    Column("地点", 24),
    Column("状态", 10),
    Column("列席代表", 10, "int"),
    Column("旁听公民", 10, "int"),
    Column("议程", 50),
)
ATTENDEE_COLUMNS = (
    Column("会议", 34),
    Column("日期", 12, "date"),
    Column("类别", 10),
    Column("姓名", 12),
    Column("层级", 10),
    Column("联络站", 28),
    Column("电话", 16),
    Column("答复", 10),
    Column("不能参加的原因", 24),
    Column("签到时间", 18, "datetime"),
    Column("会议状态", 10),
)


def meetings(user: User, data: QueryDict) -> Extract:
    """Of the counties one sits in; a station narrows nothing, since a meeting belongs to the county."""
    _, since, until, words = asked_period(user, data)
    found = Meeting.objects.visible_to(user).filter(held_on__range=(since, until))
    counted = found.annotate(deputies_=counts.DEPUTIES, citizens_=counts.CITIZENS).order_by("held_on", "pk")

    def read(of: Extract) -> Iterator[list[Any]]:
        for one in counted.iterator(chunk_size=500):
            head = [one.session, one.number, one.title, one.held_on, f"{one.starts_at:%H:%M}", one.place]
            yield [*head, one.get_state_display(), one.deputies_, one.citizens_, one.agenda]

    return Extract("meetings", "常委会会议台账", words, MEETING_COLUMNS, found, read)


def attendance(user: User, data: QueryDict) -> Extract:
    """Whom one may see; citizens are seen by the county office alone, and there in full."""
    top, since, until, words = asked_period(user, data)
    found = Attendee.objects.visible_to(user).filter(meeting__held_on__range=(since, until))
    found = found.filter(deputy__home_station__in=Station.objects.within(top)) if top else found
    rows = found.select_related("meeting", "deputy__home_station", "citizen")

    def read(of: Extract) -> Iterator[list[Any]]:
        for row in rows.order_by("meeting__held_on", "meeting_id", "-kind", "deputy__pinyin", "pk").iterator(
            chunk_size=500
        ):
            yield [
                row.meeting.title,
                row.meeting.held_on,
                row.get_kind_display(),
                *(_deputy(row) if row.deputy else _citizen(row, of)),
                row.get_answer_display(),
                row.reason,
                row.signed_in_at,
                row.meeting.get_state_display(),
            ]

    return Extract("attendance", "列席旁听名册", words, ATTENDEE_COLUMNS, found, read)


def _deputy(row: Attendee) -> list[str]:
    assert row.deputy is not None
    home = row.deputy.home_station
    return [row.deputy.name, row.deputy.get_level_display(), home.name if home else "", ""]


def _citizen(row: Attendee, of: Extract) -> list[str]:
    person = row.citizen
    of.in_full += bool(person.name or person.phone)
    return [person.name or person.masked_name, "", "", person.phone]
