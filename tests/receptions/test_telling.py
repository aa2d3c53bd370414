"""What the page of a reception day says about who was told: for the office of the station, and for everybody else."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from deputies.models import Deputy, Level, Status
from messaging.models import Channel, OutboxRow, RowState
from noticeboard.models import WorkGroup
from receptions import reminders
from receptions.models import Duty, ReceptionDay
from tests import factories


@pytest.fixture
def day(people):
    one = factories.reception_day(people, timezone.localdate() + dt.timedelta(days=3))
    factories.on_duty(one, people.deputy)
    WorkGroup.objects.create(station=people.town, name="甲镇工作群", webhook="https://robot.example/send?key=k")
    return one


@pytest.fixture
def part(day, people, as_user):
    """The part of the page, as the office sees it unless somebody else asks."""

    def read(user=None):
        page = as_user(user or people.town_staff).get(reverse("receptions:day", args=[day.pk])).content.decode()
        return page[page.index('id="telling"') :].partition("</section>")[0]

    return read


def test_before_it_is_told_the_office_reads_when_it_will_be(day, part):
    assert "还没有通知。工作时间内每 10 分钟一次" in part()  # its span has begun
    later = timezone.localdate() + dt.timedelta(days=30)
    type(day).objects.filter(pk=day.pk).update(date=later)
    from_day = later - dt.timedelta(days=5)
    assert f"还没有通知。{from_day.month}月{from_day.day}日起" in part()


def test_the_office_sees_to_whom_by_which_channel_and_what_failed(part):
    reminders.remind()
    OutboxRow.objects.filter(channel=Channel.WECOM).update(state=RowState.FAILED, error="机器人地址无效。")
    text = part()
    for words in ("张为民", "值班代表", "王法官", "驻站人员", "站内消息已发送", "甲镇工作群", "企业微信群发送失败"):
        assert words in text
    assert "有 1 条没有发出去" in text and "企业微信群：机器人地址无效。" in text


def test_who_acknowledged_and_who_did_not(people, part):
    reminders.remind()
    assert "还没有回复“收到”：<strong>张为民" in part() and "未回复" in part()
    Duty.objects.update(acknowledged_revision=1, acknowledged_at=timezone.now())
    assert "还没有回复" not in part() and " 收到</span>" in part()


def test_after_a_change_what_was_told_before_is_folded_away(day, part):
    reminders.remind()
    ReceptionDay.objects.update(place="文化广场", revision=2, to_tell=True)
    assert "安排有变动，系统会再通知有关的人" in part()
    reminders.remind()
    assert "（第 2 次）" in part() and "以前的通知（3 条）" in part()


def test_who_cannot_be_told_is_named(people, day, part):
    Deputy.objects.filter(pk=people.deputy.pk).update(status=Status.ENDED)
    mute = Deputy.objects.create(county=people.county, name="钱无信", level=Level.COUNTY, home_station=people.town)
    factories.on_duty(day, mute)
    assert "张为民（资格终止）" in part() and "钱无信 没有账号，也没有电话" in part()


def test_everybody_else_sees_that_it_was_told_but_not_to_whom(people, part):
    reminders.remind()
    for user in (people.deputy_user, people.officer_user, people.other_town_staff, people.clerk):
        text = part(user)
        assert "已公布并通知" in text and "王法官" not in text and "textarea" not in text


def test_the_part_costs_the_same_however_many_were_told(people, day, django_assert_max_num_queries):
    factories.on_duty(
        day,
        *(
            Deputy.objects.create(county=people.county, name=f"代{n}", level=Level.COUNTY, phone=f"1380000{n:04d}")
            for n in range(15)
        ),
    )
    reminders.remind()
    from receptions.views.telling import part as context

    class Request:
        user = people.town_staff

    assert Request.user.seats.any
    one = ReceptionDay.objects.select_related("station", "county").get(pk=day.pk)
    with django_assert_max_num_queries(11):
        context(Request(), one)
