"""Publish and remind: who is told of a reception day, once, and what becomes of it when something changes."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext

from deputies.models import Deputy, Level, Status, Term
from history import log
from history.models import Event
from messaging.models import Channel, OutboxRow, RowState
from messaging.tasks import ask
from noticeboard.models import Notice, NoticeState, WorkGroup
from receptions import reminders, tasks
from receptions.models import Duty, Invitation, InvitationState, QuarterTheme, ReceptionDay, ReceptionRule
from stations.models import OfficerKind, ResidentOfficer, Station
from tests import factories

HERE = ZoneInfo("Asia/Shanghai")
DAY = dt.date(2026, 11, 25)
FIVE_BEFORE = dt.datetime(2026, 11, 20, 9, tzinfo=HERE)


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    """The relevance of a message is asked by the clock of the machine: it stands at five days before the day."""
    monkeypatch.setattr("django.utils.timezone.now", lambda: FIVE_BEFORE)


@pytest.fixture
def group(people):
    return WorkGroup.objects.create(
        station=people.town, name="甲镇代表工作群", webhook="https://robot.example/send?key=k"
    )


@pytest.fixture
def day(people, group):
    one = factories.reception_day(people, DAY)
    factories.on_duty(one, people.deputy)
    return one


def at(*args):
    return dt.datetime(*args, tzinfo=HERE)


def run(now=FIVE_BEFORE):
    there = set(OutboxRow.objects.values_list("pk", flat=True))
    found = reminders.remind(now=now)
    OutboxRow.objects.exclude(pk__in=there).update(created_at=now)
    return found


def still_true(row):
    """As the sender asks before it sends."""
    return ask(row.relevance)


def told(key=""):
    """Who was told, in what words, of the rows whose key ends so."""
    rows = OutboxRow.objects.filter(key__endswith=key).order_by("id")
    return [(row.name, row.channel, row.subject) for row in rows]


def names(key=""):
    return [name for name, _, _ in told(key)]


def change(day, **fields):
    """As the acts of the schedule change an arrangement that was told."""
    ReceptionDay.objects.filter(pk=day.pk).update(**fields, revision=F("revision") + 1, to_tell=True)
    day.refresh_from_db()


def put_on(day, deputy):
    """As the roster does."""
    Duty.objects.create(day=day, deputy=deputy)
    ReceptionDay.objects.filter(pk=day.pk).update(to_tell=True)


def take_off(day, deputy):
    Duty.objects.filter(day=day, deputy=deputy).delete()
    ReceptionDay.objects.filter(pk=day.pk).update(to_tell=True)


def a_deputy(people, name, **fields):
    return Deputy.objects.create(
        **{"county": people.county, "name": name, "level": Level.COUNTY, "home_station": people.town, **fields}
    )


# --- the first time -----------------------------------------------------------------------


def test_deputies_officers_and_the_work_group_are_told_and_the_notice_is_on_the_board(people, day):
    assert run() == reminders.Told(days=1, notices=1, rows=3)
    assert told(":r1") == [
        ("张为民", Channel.IN_APP, "值班通知：11月25日接待选民（博爱县甲镇联络站）"),
        ("王法官", Channel.IN_APP, "接待日通知：11月25日（博爱县甲镇联络站）"),
        ("甲镇代表工作群", Channel.WECOM, "11月25日人大代表接待选民（博爱县甲镇联络站）"),
    ]
    day.refresh_from_db()
    assert (day.to_tell, day.told_at, day.told_revision) == (False, FIVE_BEFORE, 1)
    assert day.notice.state == NoticeState.RELEASED and list(day.notice.deputies.all()) == [people.deputy]


def test_a_second_run_writes_nothing(people, day):
    run()
    before = OutboxRow.objects.count(), Notice.objects.get().version, Event.objects.count()
    assert run() == run(at(2026, 11, 24, 17, 59)) == reminders.Told()
    assert (OutboxRow.objects.count(), Notice.objects.get().version, Event.objects.count()) == before


def test_the_notice_says_everything_that_is_arranged_and_no_private_phone(people, day):
    Deputy.objects.filter(pk=people.deputy.pk).update(phone="13812345678")
    ResidentOfficer.objects.update(phone="13912345678")
    QuarterTheme.objects.create(station=people.hub, year=2026, quarter=4, theme="优化营商环境")
    ReceptionDay.objects.update(activity="议事面对面")
    Invitation.objects.create(
        day=day, department=people.town_department, matter="路灯", guest="赵主任", state=InvitationState.ACCEPTED
    )
    Invitation.objects.create(day=day, department=people.town_second, matter="水渠", state=InvitationState.ASKED)
    run()
    notice = Notice.objects.get()
    assert notice.title == "11月25日（星期三）人大代表接待选民安排"
    assert notice.event_on == DAY and notice.station == people.town
    assert notice.body.splitlines() == [
        "时间：2026年11月25日（星期三）9:00—11:30",
        "地点：博爱县甲镇联络站（联络站接待室）",
        "主题：优化营商环境",
        "活动：议事面对面",
        "值班代表：张为民",
        "驻站人员：王法官（法官）",
        "到站解答：村镇建设中心 赵主任",
        "欢迎选民群众前来反映意见、提出建议。",
    ]
    everything = notice.body + "".join(OutboxRow.objects.values_list("body", flat=True))
    assert "138" not in everything and "139" not in everything


def test_phones_get_an_sms_of_a_template_and_accounts_with_an_address_a_mail(people, day):
    people.deputy_user.email = "zhang@example.test"
    people.deputy_user.save()
    Deputy.objects.filter(pk=people.deputy.pk).update(phone="13812345678")
    run()
    rows = OutboxRow.objects.filter(name="张为民").order_by("id")
    assert [row.channel for row in rows] == [Channel.IN_APP, Channel.EMAIL, Channel.SMS]
    assert rows[2].sms == {
        "template": "reception_duty",
        "params": ["张为民代表", "2026年11月25日（星期三）", "9:00—11:30", "博爱县甲镇联络站（联络站接待室）"],
    }


def test_a_deputy_without_a_log_in_gets_the_sms_only(people, day):
    put_on(day, a_deputy(people, "赵无号", phone="13812340000"))
    run()
    assert [channel for name, channel, _ in told() if name == "赵无号"] == [Channel.SMS]


def test_nobody_is_told_twice_who_is_deputy_and_officer(people, day):
    ResidentOfficer.objects.create(station=people.town, user=people.deputy_user, name="张为民", kind=OfficerKind.LAWYER)
    ResidentOfficer.objects.create(station=people.town, name="孙调解", kind=OfficerKind.MEDIATOR, phone="13700000001")
    put_on(day, a_deputy(people, "孙调解", phone="13700000001"))
    run()
    assert sorted(names(":r1")) == ["孙调解", "张为民", "王法官", "甲镇代表工作群"]


def test_a_point_is_told_in_its_own_groups_and_its_townships_but_not_in_the_countys(people, group):
    WorkGroup.objects.create(station=people.hub, name="县群", webhook="https://robot.example/send?key=h")
    WorkGroup.objects.create(station=people.point, name="甲村群", webhook="https://robot.example/send?key=p")
    WorkGroup.objects.create(station=people.town, name="停用群", webhook="https://robot.example/x", is_active=False)
    factories.reception_day(people, DAY, station=people.point)
    factories.reception_day(people, DAY, station=people.hub)
    run()
    groups = OutboxRow.objects.filter(channel=Channel.WECOM).values_list("scope", "name")
    assert sorted(groups) == sorted(
        [(people.point.path, "甲村群"), (people.point.path, "甲镇代表工作群"), (people.hub.path, "县群")]
    )


# --- when ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("now", "days"),
    [
        (at(2026, 11, 19, 23, 59), 0),
        (at(2026, 11, 20, 0, 0), 1),
        (at(2026, 11, 24, 23, 59), 1),
        (at(2026, 11, 25, 0, 0), 1),
        (at(2026, 11, 25, 11, 29), 1),
        (at(2026, 11, 25, 11, 30), 0),
        (at(2026, 11, 25, 23, 59), 0),
        (at(2026, 11, 26, 0, 0), 0),
    ],
)
def test_the_span_is_counted_by_the_local_date_and_ends_with_the_days_hours(people, day, now, days):
    assert run(now).days == days


def test_a_day_missed_for_a_week_is_caught_up(people):
    ReceptionRule.objects.create(station=people.town, notice_days=10)
    factories.on_duty(factories.reception_day(people, DAY), people.deputy)
    assert run(at(2026, 11, 23, 8)).days == 1


def test_each_station_has_its_own_span(people):
    ReceptionRule.objects.create(station=people.other_town, notice_days=2)
    factories.reception_day(people, DAY)
    factories.reception_day(people, DAY, station=people.other_town)
    assert (run().days, run(at(2026, 11, 23, 8)).days) == (1, 1)


def test_as_on_another_day_but_never_what_is_over(people, day):
    assert reminders.remind(dt.date(2026, 11, 19), now=FIVE_BEFORE).days == 0
    assert reminders.remind(dt.date(2026, 11, 22), now=at(2026, 11, 18, 9)).days == 1
    over = factories.reception_day(people, dt.date(2026, 11, 16))
    assert reminders.remind(dt.date(2026, 11, 12), now=FIVE_BEFORE).days == 0
    over.refresh_from_db()
    assert over.to_tell


@pytest.mark.parametrize(("hour", "rows"), [(7, 0), (8, 3), (17, 3), (18, 0), (23, 0), (0, 0)])
def test_the_task_works_in_working_hours_only(people, day, monkeypatch, hour, rows):
    monkeypatch.setattr("django.utils.timezone.now", lambda: at(2026, 11, 21, hour, 59))
    assert tasks.remind() == rows


def test_by_hand_the_command_prints_what_it_wrote_and_then_nothing_more(people, day, capsys):
    call_command("remind", "--on", "2026-11-20")
    assert "写入消息 3 条" in capsys.readouterr().out
    call_command("remind", "--on", "2026-11-20")
    assert "写入消息 0 条" in capsys.readouterr().out


# --- what changes afterwards --------------------------------------------------------------


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


# --- what the office must know ------------------------------------------------------------


def test_a_day_without_deputies_is_told_to_the_office_and_the_notice_says_so(people, group):
    day = factories.reception_day(people, DAY)
    run()
    assert told(":nobody") == [("BA-town_staff", Channel.IN_APP, "11月25日接待日还没有值班代表（博爱县甲镇联络站）")]
    assert "值班代表：待定" in Notice.objects.get().body
    row = OutboxRow.objects.get(key=f"{day.chain}:r1:nobody")
    assert still_true(row)
    put_on(day, people.deputy)
    assert not still_true(row)
    run()
    assert "值班代表：张为民" in Notice.objects.get().body and names().count("张为民") == 1


def test_the_nearest_office_above_is_told_where_a_station_has_nobody(people):
    factories.reception_day(people, DAY, station=people.studio)
    run()
    assert names(":nobody") == ["BA-hub_staff"]


@pytest.mark.parametrize("how", ["ended", "suspended", "term"])
def test_a_deputy_whose_term_ended_is_not_told_and_the_office_sees_it(people, day, how):
    if how == "term":
        term = Term.objects.create(
            county=people.county, level=Level.COUNTY, name="第十五届", starts_on="2021-01-01", ends_on="2026-11-24"
        )
        Deputy.objects.filter(pk=people.deputy.pk).update(term=term)
    else:
        Deputy.objects.filter(pk=people.deputy.pk).update(status=Status(how))
    run()
    assert "张为民" not in names()
    body = OutboxRow.objects.get(key__endswith=":untold1").body
    assert "张为民代表（" in body and {"ended": "资格终止", "suspended": "暂停", "term": "届次已满"}[how] in body
    assert "值班代表：待定" in Notice.objects.get().body and not Notice.objects.get().deputies.exists()


@pytest.mark.parametrize("how", ["suspended", "term"])
def test_a_deputy_barred_after_the_day_was_told_leaves_the_notice_with_the_next_run(people, day, how):
    put_on(day, a_deputy(people, "赵一诺", phone="13900000009"))
    run()
    if how == "suspended":
        Deputy.objects.filter(pk=people.deputy.pk).update(status=Status.SUSPENDED)
    else:
        term = Term.objects.create(
            county=people.county,
            level=people.deputy.level,
            name="第九届",
            starts_on=dt.date(2021, 1, 1),
            ends_on=dt.date(2026, 11, 24),
        )
        Deputy.objects.filter(pk=people.deputy.pk).update(term=term)
    assert run().days == 1
    notice = Notice.objects.get()
    assert people.deputy.name not in notice.body and "赵一诺" in notice.body
    assert people.deputy.name not in names("on2") and people.town_staff.name in names("untold2")
    assert run() == reminders.Told()
    Deputy.objects.filter(pk=people.deputy.pk).update(status=Status.SERVING, term=None)
    assert run().days == 1
    notice.refresh_from_db()
    assert people.deputy.name in notice.body
    assert run() == reminders.Told()


def test_somebody_with_neither_log_in_nor_phone_is_named_to_the_office(people, day):
    put_on(day, a_deputy(people, "钱无信"))
    run()
    assert "钱无信代表（没有账号，也没有电话）" in OutboxRow.objects.get(key__endswith=":untold1").body


# --- acknowledged? ------------------------------------------------------------------------


def silent(day):
    return reminders.again(now=at(2026, 11, 23, 9))


def test_who_did_not_acknowledge_is_told_once_more_two_days_before_and_the_office_who(people, day):
    put_on(day, people.other_deputy)
    run()
    Duty.objects.filter(deputy=people.other_deputy).update(acknowledged_at=FIVE_BEFORE, acknowledged_revision=1)
    assert reminders.again(now=at(2026, 11, 22, 23, 59)).rows == 0
    assert silent(day).rows == 2
    assert names(":again") == ["张为民"]
    office = OutboxRow.objects.get(name="BA-town_staff")
    assert "张为民" in office.body and "李建设" not in office.body
    assert silent(day).rows == reminders.again(now=at(2026, 11, 24, 9)).rows == 0
    assert run(at(2026, 11, 24, 10)).rows == 0


def test_once_more_is_dropped_when_the_deputy_acknowledged_meanwhile(people, day):
    run()
    silent(day)
    row = OutboxRow.objects.get(key__endswith=":again")
    assert still_true(row)
    Duty.objects.update(acknowledged_revision=1)
    assert not still_true(row)


def test_an_acknowledgement_of_the_day_before_it_moved_does_not_count(people, day):
    run()
    Duty.objects.update(acknowledged_at=FIVE_BEFORE, acknowledged_revision=1)
    change(day, date=dt.date(2026, 11, 24))
    run(at(2026, 11, 21, 9))
    assert reminders.again(now=at(2026, 11, 22, 9)).rows == 2


def test_who_is_told_only_today_has_until_tomorrow(people, day):
    run(at(2026, 11, 23, 8))
    assert reminders.again(now=at(2026, 11, 23, 17)).rows == 0
    assert reminders.again(now=at(2026, 11, 24, 8)).rows == 2


def test_the_task_does_both(people, day, monkeypatch):
    run()
    monkeypatch.setattr("django.utils.timezone.now", lambda: at(2026, 11, 23, 9))
    assert tasks.remind() == 2


# --- how it is kept -----------------------------------------------------------------------


def test_telling_is_in_the_history_of_the_day_and_of_the_notice_and_the_chains_hold(people, day):
    run()
    change(day, place="文化广场")
    run()
    silent(day)
    assert list(Event.objects.filter(chain=day.chain).values_list("action", flat=True)) == [
        "tell",
        "tell",
        "tell_again",
    ]
    assert list(Event.objects.filter(chain__startswith="notice:").values_list("action", flat=True)) == [
        "release",
        "update",
    ]
    assert list(log.broken_links()) == []


def test_nothing_is_told_where_the_event_cannot_be_written(people, day, monkeypatch):
    def fail(*args, **kwargs):
        raise RuntimeError

    monkeypatch.setattr("receptions.reminders.log.append_all", fail)
    with pytest.raises(RuntimeError):
        run()
    monkeypatch.undo()
    assert not OutboxRow.objects.exists() and not Notice.objects.exists() and not Event.objects.exists()
    day.refresh_from_db()
    assert day.to_tell


def test_the_number_of_queries_does_not_grow_with_the_days(people):
    def cost(many):
        for number in range(many):
            town = Station.objects.create(
                county=people.county, kind="township", name=f"{many}-{number}镇联络站", parent=people.hub
            )
            WorkGroup.objects.create(station=town, name="群", webhook="https://robot.example/send?key=k")
            ResidentOfficer.objects.create(station=town, name="王", kind=OfficerKind.JUDGE, phone=f"136{number:08d}")
            one = factories.reception_day(people, DAY, station=town)
            factories.on_duty(one, *(a_deputy(people, f"代{number}{n}", phone=f"13{n}{number:08d}") for n in range(5)))
        found = []
        for _ in range(2):
            with CaptureQueriesContext(connection) as queries:
                assert reminders.remind(now=FIVE_BEFORE).days == many
            found.append([query["sql"].split()[0] for query in queries])
            ReceptionDay.objects.update(to_tell=True, revision=2)
        ReceptionDay.objects.all().delete()
        return found

    few, many = cost(3), cost(60)
    assert max(map(len, few)) <= 30
    # SQLite takes some dozen rows in one INSERT, whatever one does.
    assert [sql.count("SELECT") for sql in few] == [sql.count("SELECT") for sql in many]
    assert max(map(len, many)) <= 60
