"""工作群: robots of a station, their addresses never shown again, and a test message that really goes out."""

import pytest

from history.models import Event
from messaging.models import OutboxRow, RowState
from messaging.tasks import sweep
from noticeboard.models import WorkGroup
from tests import factories

KEY = "693a91f6-7aaa-4bc4-97a0-0ec2sifa5bcd"
ADDRESS = f"https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key={KEY}"


@pytest.fixture
def one(people):
    return WorkGroup.objects.create(station=people.town, name="甲镇工作群", webhook=ADDRESS)


def groups(station):
    return f"/notices/stations/{station.pk}/groups/"


def test_the_office_adds_a_robot_and_only_the_end_of_its_key_is_shown(people, as_user):
    client = as_user(people.town_staff)
    answer = client.post(groups(people.town) + "new/", {"name": "甲镇工作群", "webhook": f" {ADDRESS} "}, follow=True)
    one = WorkGroup.objects.get()
    assert (one.station, one.name, one.webhook, one.is_active) == (people.town, "甲镇工作群", ADDRESS, True)
    for text in (answer.text, client.get(f"/notices/groups/{one.pk}/").text, client.get(groups(people.town)).text):
        assert "5bcd" in text and KEY not in text and "webhook/send?key=6" not in text
    assert "甲镇工作群" in client.get(f"/stations/{people.town.pk}/").text


def test_what_is_no_robot_is_refused_in_words(people, as_user):
    client = as_user(people.town_staff)
    for address in ("http://10.0.0.1/", "https://example.test/cgi-bin/webhook/send?key=aaaaaaaaaaaa", "机器人"):
        answer = client.post(groups(people.town) + "new/", {"name": "群", "webhook": address})
        assert "地址" in answer.text and "invalid-feedback" in answer.text
    assert "必填" in client.post(groups(people.town) + "new/", {"name": "群", "webhook": ""}).text
    assert not WorkGroup.objects.exists()


def test_one_robot_serves_one_group(people, one, as_user):
    client = as_user(people.hub_staff)
    answer = client.post(groups(people.hub) + "new/", {"name": "县群", "webhook": ADDRESS + "&x=1"})
    assert "甲镇联络站的“甲镇工作群”" in answer.text and WorkGroup.objects.count() == 1


def test_a_robot_of_another_county_is_refused_without_saying_whose(people, strangers, as_user):
    WorkGroup.objects.create(station=strangers.town, name="禹州群", webhook=ADDRESS)
    answer = as_user(people.town_staff).post(groups(people.town) + "new/", {"name": "群", "webhook": ADDRESS})
    assert "另一个县" in answer.text and "禹州" not in answer.text


def test_a_name_stands_once_at_a_station(people, one, as_user):
    answer = as_user(people.town_staff).post(groups(people.town) + "new/", {"name": "甲镇工作群", "webhook": ADDRESS})
    assert "同名" in answer.text and WorkGroup.objects.count() == 1


def test_an_empty_address_keeps_the_robot_and_a_new_one_replaces_it(people, one, as_user):
    client = as_user(people.town_staff)
    client.post(f"/notices/groups/{one.pk}/", {"name": "新名", "webhook": ""})
    one.refresh_from_db()
    assert (one.name, one.webhook) == ("新名", ADDRESS)
    client.post(f"/notices/groups/{one.pk}/", {"name": "新名", "webhook": ADDRESS.replace("693a", "0000")})
    one.refresh_from_db()
    assert one.webhook == ADDRESS.replace("693a", "0000")


def test_a_test_message_goes_through_the_outbox_and_its_outcome_is_shown(people, robot, as_user):
    one = WorkGroup.objects.create(station=people.town, name="甲镇工作群", webhook=robot.webhook)
    client = as_user(people.town_staff)
    assert "还没有测试过" in client.get(groups(people.town)).text
    assert "正在发送" in client.post(f"/notices/groups/{one.pk}/test/", follow=True).text
    assert not robot.received
    assert "hx-get" in client.get(f"/notices/groups/{one.pk}/outcome/").text
    sweep()
    assert "甲镇工作群" in robot.texts()[0]
    outcome = client.get(f"/notices/groups/{one.pk}/outcome/").text
    assert "测试成功" in outcome and "hx-get" not in outcome


def test_a_test_that_fails_says_why_and_can_be_repeated(people, robot, as_user):
    one = WorkGroup.objects.create(station=people.town, name="甲镇工作群", webhook=robot.webhook)
    client = as_user(people.town_staff)
    robot.say(errcode=93000)
    client.post(f"/notices/groups/{one.pk}/test/")
    sweep()
    assert "机器人地址无效" in client.get(groups(people.town)).text
    robot.say(errcode=0)
    client.post(f"/notices/groups/{one.pk}/test/")
    sweep()
    assert "测试成功" in client.get(groups(people.town)).text
    assert OutboxRow.objects.filter(scope=people.town.path).count() == 2


def test_one_test_at_a_time(people, robot, as_user):
    one = WorkGroup.objects.create(station=people.town, name="甲镇工作群", webhook=robot.webhook)
    client = as_user(people.town_staff)
    for _ in range(3):
        answer = client.post(f"/notices/groups/{one.pk}/test/", follow=True)
    assert "上一条测试消息还没有发出" in answer.text and OutboxRow.objects.count() == 1


def test_a_group_switched_off_gets_nothing_until_it_is_switched_on(people, robot, as_user):
    one = WorkGroup.objects.create(station=people.town, name="甲镇工作群", webhook=robot.webhook)
    client = as_user(people.town_staff)
    client.post(f"/notices/groups/{one.pk}/test/")
    client.post(f"/notices/groups/{one.pk}/active/", {"active": "0"})
    sweep()
    assert not robot.received and OutboxRow.objects.get().state == RowState.DROPPED
    assert "已停用，恢复后再测试" in client.post(f"/notices/groups/{one.pk}/test/", follow=True).text
    client.post(f"/notices/groups/{one.pk}/active/", {"active": "1"})
    client.post(f"/notices/groups/{one.pk}/test/")
    assert sweep() == 1


def test_every_act_is_in_the_history_and_the_key_is_not(people, robot, as_user):
    client = as_user(people.town_staff)
    client.post(groups(people.town) + "new/", {"name": "甲镇工作群", "webhook": ADDRESS})
    one = WorkGroup.objects.get()
    client.post(f"/notices/groups/{one.pk}/", {"name": "新名", "webhook": ADDRESS.replace("693a", "0000")})
    client.post(f"/notices/groups/{one.pk}/test/")
    client.post(f"/notices/groups/{one.pk}/active/", {"active": "0"})
    client.post(f"/notices/groups/{one.pk}/active/", {"active": "1"})
    events = Event.objects.filter(chain=people.county.chain, action__startswith="group_").order_by("seq")
    assert [event.action for event in events] == [
        "group_create",
        "group_edit",
        "group_test",
        "group_disable",
        "group_enable",
    ]
    assert all(event.actor == people.town_staff for event in events)
    assert KEY[-8:] not in str([(event.before, event.after, event.note) for event in events])


def test_groups_belong_to_the_office_and_those_above(people, strangers, one, as_user):
    for person, status in (
        (people.hub_staff, 200),
        (people.town_staff, 200),
        (people.other_town_staff, 403),
        (people.point_staff, 403),
        (people.deputy_user, 403),
        (strangers.hub_staff, 404),
    ):
        client = as_user(person)
        for address in (groups(people.town), f"/notices/groups/{one.pk}/", f"/notices/groups/{one.pk}/outcome/"):
            assert client.get(address).status_code == status
        assert client.post(f"/notices/groups/{one.pk}/", {"name": "x"}).status_code == (
            302 if status == 200 else status
        )


def test_a_stranger_cannot_have_a_message_sent(strangers, people, one, as_user):
    as_user(strangers.hub_staff).post(f"/notices/groups/{one.pk}/test/")
    as_user(people.other_town_staff).post(f"/notices/groups/{one.pk}/test/")
    assert not OutboxRow.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_in_the_browser_the_outcome_appears_by_itself(page, live_server, log_in, robot, worker):
    people = factories.cast()
    WorkGroup.objects.create(station=people.town, name="甲镇工作群", webhook=robot.webhook)
    log_in(people.town_staff)
    page.goto(f"{live_server.url}/stations/{people.town.pk}/")
    page.get_by_role("link", name="管理").click()
    page.get_by_role("button", name="发送测试消息").click()
    page.get_by_text("测试成功").wait_for()
    assert len(robot.received) == 1
