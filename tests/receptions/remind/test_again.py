"""What is told when something changes afterwards."""

import datetime as dt

from messaging.models import Channel, OutboxRow, RowState
from noticeboard.models import Notice, NoticeState
from receptions import reminders
from receptions.models import Duty, ReceptionDay
from tests import factories
from tests.receptions.remind.scene import (
    a_deputy,
    at,
    change,
    names,
    put_on,
    run,
    still_true,
    take_off,
    told,
)


def test_a_moved_day_is_told_again_as_moved_and_the_first_message_is_no_longer_true(people, day):
    run()
    change(day, date=dt.date(2026, 11, 26), why="会议")
    assert run(at(2026, 11, 21, 9)).rows == 3
    subject = "接待日改期：11月25日改为11月26日（博爱县甲镇联络站）"
    assert told(":r2") == [
        ("张为民", Channel.IN_APP, subject),
        ("王法官", Channel.IN_APP, subject),
        ("甲镇代表工作群", Channel.WECOM, subject),
    ]
    row = OutboxRow.objects.get(key=f"{day.chain}:r2", name="张为民")
    assert "日期由2026年11月25日（星期三）改为2026年11月26日（星期四）" in row.body
    group = {row.key.rpartition(":")[2]: row for row in OutboxRow.objects.filter(channel=Channel.WECOM)}
    assert not still_true(group["r1"]) and still_true(group["r2"])
    notice = Notice.objects.get()
    assert notice.event_on == day.date and "由2026年11月25日（星期三）改为" in notice.body


def test_a_day_that_moved_far_away_is_told_at_once(people, day):
    run()
    change(day, date=dt.date(2026, 12, 24))
    assert run(at(2026, 11, 21, 9)).rows == 3


def test_a_day_moved_before_anybody_was_told_is_told_once_as_it_is(people, day):
    change(day, date=dt.date(2026, 11, 24))
    run()
    assert names(":r2") == ["张为民", "王法官", "甲镇代表工作群"]
    assert not [subject for _, _, subject in told() if "改期" in subject] and "由" not in Notice.objects.get().body


def test_other_hours_and_another_place_are_told_as_a_change(people, day):
    run()
    change(day, starts_at=dt.time(14, 30), ends_at=dt.time(17), place="文化广场")
    run()
    body = OutboxRow.objects.get(key=f"{day.chain}:r2", name="王法官").body
    assert (
        "时间由9:00—11:30改为14:30—17:00；地点由博爱县甲镇联络站（联络站接待室）改为博爱县甲镇联络站（文化广场）。"
        in body
    )


def test_a_cancelled_day_is_told_as_cancelled_to_those_who_were_told_and_marked_on_the_board(people, day):
    run()
    latecomer = a_deputy(people, "周迟到", phone="13812340001")
    Duty.objects.create(day=day, deputy=latecomer)
    change(day, state="cancelled", cancel_reason="防汛应急")
    assert run().rows == 3
    assert names(":r2") == ["张为民", "王法官", "甲镇代表工作群"]
    assert {subject for _, _, subject in told(":r2")} == {"接待日取消：11月25日（博爱县甲镇联络站）"}
    notice = Notice.objects.get()
    assert notice.title.startswith("（已取消）") and "防汛应急" in notice.body and not notice.deputies.exists()
    assert all(still_true(row) for row in OutboxRow.objects.filter(key=f"{day.chain}:r2"))
    assert run().rows == 0


def test_a_day_cancelled_before_anybody_was_told_is_told_to_nobody(people, day):
    change(day, state="cancelled", cancel_reason="防汛应急")
    assert run() == reminders.Told() and not Notice.objects.exists()


def test_a_day_that_was_cancelled_and_takes_place_after_all_is_told_anew(people, day):
    run()
    change(day, state="cancelled", cancel_reason="防汛应急")
    run()
    change(day, state="planned", cancel_reason="")
    run()
    assert told(":r3")[0][2] == "值班通知：11月25日接待选民（博爱县甲镇联络站）"
    assert not Notice.objects.get().title.startswith("（已取消）")


def test_a_deputy_put_on_later_is_told_alone(people, day):
    run()
    put_on(day, people.other_deputy)
    assert run() == reminders.Told(days=1, notices=1, rows=1)
    assert names()[-1] == "李建设" and "李建设" in Notice.objects.get().body
    assert Notice.objects.get().deputies.count() == 2


def test_a_deputy_taken_off_is_told_once_that_the_duty_is_gone(people, day):
    factories.on_duty(day, people.other_deputy)
    run()
    take_off(day, people.other_deputy)
    assert run().rows == 1
    assert told(":off2") == [("李建设", Channel.IN_APP, "值班调整：11月25日不用您值班（博爱县甲镇联络站）")]
    ReceptionDay.objects.update(to_tell=True)
    assert run().rows == 0
    on, off = OutboxRow.objects.filter(name="李建设").order_by("id")
    assert not still_true(on) and still_true(off)


def test_a_deputy_taken_off_and_put_on_again_is_told_of_both(people, day):
    run()
    for _ in range(2):
        take_off(day, people.deputy)
        run()
        put_on(day, people.deputy)
        run()
    subjects = OutboxRow.objects.filter(name="张为民").order_by("id").values_list("subject", flat=True)
    assert [subject[:4] for subject in subjects] == ["值班通知", "值班调整", "值班通知", "值班调整", "值班通知"]


def test_taken_off_and_put_on_again_between_two_runs_is_no_news(people, day):
    run()
    take_off(day, people.deputy)
    put_on(day, people.deputy)
    assert run().rows == 0


def test_a_message_dropped_while_the_deputy_was_off_is_written_again_when_back(people, day):
    deputy = a_deputy(people, "赵无号", phone="13812340000")
    put_on(day, deputy)
    run()
    take_off(day, deputy)
    OutboxRow.objects.filter(name="赵无号").update(state=RowState.DROPPED)
    put_on(day, deputy)
    assert run().rows == 1
    assert names()[-1] == "赵无号"


def test_a_deputy_given_a_log_in_after_being_told_is_not_told_twice(people, day):
    deputy = a_deputy(people, "赵无号", phone="13812340000")
    put_on(day, deputy)
    run()
    deputy.user = factories.user("zhao")
    deputy.save()
    put_on(day, people.other_deputy)
    run()
    assert names().count("赵无号") == 1


def test_a_notice_that_people_withdrew_stays_withdrawn(people, day):
    run()
    Notice.objects.update(state=NoticeState.WITHDRAWN, withdraw_reason="有误")
    change(day, place="文化广场")
    run()
    notice = Notice.objects.get()
    assert notice.state == NoticeState.WITHDRAWN and "文化广场" in notice.body
