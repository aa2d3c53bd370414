"""Who is told of a reception day the first time."""

from deputies.models import Deputy
from history.models import Event
from messaging.models import Channel, OutboxRow
from noticeboard.models import Notice, NoticeState, WorkGroup
from receptions import reminders
from receptions.models import Invitation, InvitationState, QuarterTheme, ReceptionDay
from stations.models import OfficerKind, ResidentOfficer
from tests import factories
from tests.receptions.remind.scene import DAY, FIVE_BEFORE, a_deputy, at, names, put_on, run, told


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
