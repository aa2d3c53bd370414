"""Rosters out of a table: who is on duty on days there are, by the rules of every other roster."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from deputies.models import Deputy, Level
from imports import changes, undoing
from imports.kinds import KINDS
from imports.rows import CHANGED, NEW, REFUSED, SAME
from receptions.models import DayState, Duty, Leave, LeaveState
from tests import factories
from tests.imports.files import xlsx

HEADINGS = ("日期", "联络站", "值班代表")


def upload(people, *rows):
    content = xlsx([HEADINGS, *rows])
    return changes.upload(KINDS["rosters"], people.hub, actor=people.hub_staff, name="值班表.xlsx", content=content)


def why(one, number=2):
    (row,) = [row for row in changes.preview(one).rows if row["number"] == number]
    return " ".join(f"{heading}：{why}｜{suggestion}" for heading, why, suggestion in row["troubles"])


def second(people):
    return Deputy.objects.create(county=people.county, name="赵二", level=Level.COUNTY, home_station=people.town)


def test_deputies_are_put_on_duty_and_told_like_by_hand(people):
    second(people)
    day = factories.reception_day(people)
    one = upload(people, (day.date, people.town.name, "张为民、赵二"))
    changes.confirm(one.pk, actor=people.hub_staff)
    assert set(day.duties.values_list("deputy__name", "by_hand")) == {("张为民", True), ("赵二", True)}
    day.refresh_from_db()
    assert day.to_tell
    assert upload(people, (day.date, people.town.name, "张为民")).counts[SAME] == 1


def test_one_row_each_and_who_is_on_duty_already_stays(people):
    second(people)
    day = factories.reception_day(people)
    factories.on_duty(day, people.deputy)
    one = upload(people, (f"{day.date:%Y年%-m月%-d日}", "博爱县甲镇", "赵二"), (day.date, people.town.name, "张为民"))
    assert one.counts == {NEW: 0, CHANGED: 1, SAME: 1, REFUSED: 0}
    changes.confirm(one.pk, actor=people.hub_staff)
    assert day.duties.count() == 2


def test_what_stands_against_a_duty(people):
    today = timezone.localdate()
    day = factories.reception_day(people)
    Leave.objects.create(
        deputy=people.deputy, starts_on=day.date, ends_on=day.date, reason="学习", state=LeaveState.GRANTED
    )
    past = factories.reception_day(people, today - dt.timedelta(days=3))
    closed = factories.reception_day(
        people, today + dt.timedelta(days=20), state=DayState.CANCELLED, cancel_reason="停电"
    )
    town = people.town.name
    one = upload(
        people,
        (day.date, town, "张为民"),
        (day.date, town, "李建设"),
        (day.date, town, "没有人"),
        (day.date + dt.timedelta(days=1), town, "张为民"),
        (past.date, town, "张为民"),
        (closed.date, town, "张为民"),
    )
    assert "这一天请假" in why(one, 2)
    assert "不是博爱县甲镇联络站的代表" in why(one, 3)
    assert "没有代表没有人" in why(one, 4)
    assert f"没有接待日｜{day.date:%Y-%m-%d}" in why(one, 5)
    assert "已经过去" in why(one, 6)
    assert "没有接待日" in why(one, 7)


def test_nobody_serves_at_two_stations_on_one_day(people):
    hub_day = factories.reception_day(people, station=people.hub)
    day = factories.reception_day(people)
    one = upload(people, (day.date, people.town.name, "张为民"), (day.date, people.hub.name, "张为民"))
    assert "同一天在两个站值班" in why(one, 3)
    factories.on_duty(hub_day, people.deputy)
    assert "已在博爱县中心站值班" in why(upload(people, (day.date, people.town.name, "张为民")))


def test_undo_takes_them_off_until_somebody_answered(people):
    day = factories.reception_day(people)
    row = (day.date, people.town.name, "张为民")
    one = changes.confirm(upload(people, row).pk, actor=people.hub_staff)
    undoing.undo(one.pk, actor=people.hub_staff)
    assert not day.duties.exists()
    one = changes.confirm(upload(people, row).pk, actor=people.hub_staff)
    Duty.objects.update(acknowledged_at=timezone.now(), acknowledged_revision=day.revision)
    with pytest.raises(ValidationError, match="回复收到"):
        undoing.undo(one.pk, actor=people.hub_staff)
    assert day.duties.exists()
