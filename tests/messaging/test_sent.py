"""发送记录: who sees which rows, what stands in them, and sending again."""

import pytest
from django.utils import timezone

from history.models import Event
from messaging import outbox
from messaging.models import Channel, OutboxRow, RowState
from messaging.tasks import sweep
from suggestions import workflow
from suggestions.choices import State
from tests import factories
from tests.messaging.rows import group, to_deputy, to_group

PAGE = "/messages/sent/"


@pytest.fixture
def failed(people):
    """One SMS to the deputy of 甲镇 that nobody could send."""
    return to_deputy(
        people.deputy, state=RowState.FAILED, attempts=1, error="收件人没有填写手机号。", claimed_at=timezone.now()
    )


@pytest.fixture
def gateway(settings, robot):
    settings.SMS_GATEWAY, settings.SMS_HTTP_URL = "http", f"{robot.address}/send?to={{phone}}"
    return robot


def resend(client, *rows, **values):
    return client.post(f"{PAGE}resend/", {"row": [row.pk for row in rows], **values}, follow=True)


def test_failures_stand_first_with_reason_recipient_and_channel(people, failed, as_user):
    text = as_user(people.town_staff).get(PAGE).text
    for words in ("接待日值班通知", "张为民", "短信", "发送失败", "收件人没有填写手机号。", "重发"):
        assert words in text


def test_the_office_sees_its_subtree_the_county_all_and_others_nothing(people, strangers, failed, as_user):
    at_point = to_deputy(people.deputy, key="day:2", scope=people.point.path, state=RowState.FAILED, error="x")
    without = to_deputy(people.deputy, key="day:3", scope="", state=RowState.FAILED, error="x")

    def seen(person):
        return [row.pk for row in as_user(person).get(PAGE).context["page"].rows]

    assert seen(people.hub_staff) == seen(people.town_staff) == [at_point.pk, failed.pk]
    assert seen(people.point_staff) == [at_point.pk]
    assert seen(people.other_town_staff) == seen(strangers.hub_staff) == []
    assert without.pk not in seen(people.hub_staff)


@pytest.mark.parametrize("seat", ["clerk", "deputy_user", "officer_user"])
def test_only_staff_of_stations_come_in(people, as_user, seat):
    client = as_user(getattr(people, seat))
    assert client.get(PAGE).status_code == 403
    assert client.post(f"{PAGE}resend/").status_code == 403


def test_mails_about_a_case_that_fail_show_up_at_its_desk(people, as_user, settings):
    settings.EMAIL_HOST = ""
    for person in (people.clerk, people.hub_staff):
        person.email = f"{person.username}@example.test"
        person.save()
    case = factories.case_in(people, State.ASSIGNED)
    other = workflow.escalate(factories.register(people).pk, by=people.town_staff, opinion="县里的事")
    sweep()
    town = as_user(people.town_staff).get(PAGE).text
    assert case.number in town and "没有配置邮件服务器" in town
    assert other.number not in town and other.number in as_user(people.hub_staff).get(PAGE).text


def test_state_and_channel_filter_and_nonsense_is_the_default(people, failed, as_user, robot):
    sent = to_group(group(people, robot.webhook))
    sweep()
    client = as_user(people.town_staff)

    def seen(**query):
        return [row.pk for row in client.get(PAGE, query).context["page"].rows]

    assert seen(state="sent") == [sent.pk]
    assert seen(state="all") == [sent.pk, failed.pk]
    assert seen(state="all", channel="sms") == [failed.pk]
    assert seen(state="failed", channel="wecom") == []
    assert seen(state="' or 1=1", channel="pigeon", after="???") == [failed.pk]


def test_counts_of_waiting_and_failed_stand_on_top(people, failed, as_user):
    to_deputy(people.deputy, key="day:2")
    context = as_user(people.town_staff).get(PAGE, {"state": "sent"}).context
    assert (context["failed"], context["waiting"]) == ("1", "1")


def test_in_app_messages_are_nobody_elses_business(people, as_user):
    outbox.tell(key="k", people=[people.town_staff], subject="站内", scope=people.town.path)
    assert as_user(people.town_staff).get(PAGE, {"state": "all"}).context["page"].rows == []


def test_pages_follow_one_another_and_cost_the_same_queries(people, as_user, django_assert_max_num_queries):
    for number in range(60):
        to_deputy(people.deputy, key=f"day:{number}", state=RowState.FAILED, error="x")
    client = as_user(people.town_staff)
    client.get(PAGE)  # renews the session, once a minute
    with django_assert_max_num_queries(7):
        first = client.get(PAGE).context["page"]
    second = client.get(PAGE, {"after": first.next_cursor}).context["page"]
    assert (len(first.rows), len(second.rows)) == (50, 10)
    assert not {row.pk for row in first.rows} & {row.pk for row in second.rows}


def test_a_row_sent_again_goes_to_the_corrected_number(people, failed, gateway, as_user):
    people.deputy.phone = "13900005678"
    people.deputy.save()
    answer = resend(as_user(people.town_staff), only=failed.pk)
    assert "1 条消息已重新排队" in answer.text
    assert sweep() == 1 and gateway.received[0].query == {"to": ["13900005678"]}
    failed.refresh_from_db()
    assert failed.state == RowState.SENT and failed.attempts == 1


def test_a_row_sent_again_that_is_no_longer_true_is_dropped(people, mailbox, as_user):
    people.clerk.email = "clerk@example.test"
    people.clerk.save()
    mailbox.refused["clerk@example.test"] = "550 gone"
    case = factories.case_in(people, State.ASSIGNED)
    sweep()
    row = OutboxRow.objects.get(channel=Channel.EMAIL)
    workflow.take(case.pk, by=people.clerk)
    mailbox.refused.clear()
    resend(as_user(people.town_staff), row)
    sweep()
    row.refresh_from_db()
    assert row.state == RowState.DROPPED and not mailbox.received


def test_all_shown_are_sent_again_but_only_those_that_failed(people, failed, as_user):
    sent = to_deputy(people.deputy, key="day:2", state=RowState.SENT, sent_at=timezone.now())
    dropped = to_deputy(people.deputy, key="day:3", state=RowState.DROPPED)
    assert "1 条消息已重新排队" in resend(as_user(people.town_staff), failed, sent, dropped).text
    states = dict(OutboxRow.objects.values_list("pk", "state"))
    assert states == {failed.pk: RowState.WAITING, sent.pk: RowState.SENT, dropped.pk: RowState.DROPPED}


def test_the_second_press_says_that_it_was_done(people, failed, as_user):
    client = as_user(people.town_staff)
    resend(client, failed)
    assert "没有可以重发的消息" in resend(client, failed).text


def test_rows_of_others_are_not_sent_again(people, strangers, failed, as_user):
    for person in (people.other_town_staff, people.point_staff, strangers.hub_staff):
        resend(as_user(person), failed)
    resend(as_user(people.town_staff), row=["x", "-1", "9" * 30, ""])
    failed.refresh_from_db()
    assert failed.state == RowState.FAILED


def test_sending_again_is_in_the_history_without_personal_data(people, failed, as_user):
    resend(as_user(people.town_staff), failed)
    event = Event.objects.get(action="resend")
    assert event.chain == people.county.chain and event.actor == people.town_staff
    assert event.after == {"rows": [failed.pk]}


def test_sending_again_and_its_event_are_one(people, failed, as_user, monkeypatch):
    def broken(*args, **kwargs):
        raise RuntimeError

    monkeypatch.setattr("messaging.resending.log.append", broken)
    with pytest.raises(RuntimeError):
        resend(as_user(people.town_staff), failed)
    failed.refresh_from_db()
    assert failed.state == RowState.FAILED


def test_the_page_says_which_channels_work_and_no_secret(people, as_user, settings):
    settings.SMS_GATEWAY, settings.SMS_ALIYUN_KEY_ID, settings.SMS_ALIYUN_KEY_SECRET = "aliyun", "key-id", "top-secret"
    settings.SMS_SIGN_NAME, settings.SMS_TEMPLATES = "博爱人大", "reception_duty=SMS_1:name,date,hours,place"
    settings.EMAIL_HOST, settings.EMAIL_HOST_PASSWORD = "", "top-secret"
    text = as_user(people.town_staff).get(PAGE).text
    assert "已配置阿里云短信" in text and "没有配置邮件服务器" in text
    assert "top-secret" not in text and "key-id" not in text
