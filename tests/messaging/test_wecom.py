from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from messaging.models import OutboxRow, RowState
from messaging.senders import wecom
from messaging.tasks import BACK_OFF, sweep
from tests.messaging.rows import group, to_group
from tests.servers import Answer

KEY = "693a91f6-7aaa-4bc4-97a0-0ec2sifa5aaa"
REAL = f"https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key={KEY}"


@pytest.fixture
def row(people, robot):
    return to_group(group(people, robot.webhook))


def test_the_robot_gets_the_documented_json_with_a_link(row, robot, settings):
    settings.SITE_URL = "https://liaison.example.test"
    assert sweep() == 1
    received = robot.received[0]
    assert received.method == "POST" and received.path == "/cgi-bin/webhook/send"
    assert received.headers["content-type"].startswith("application/json")
    assert received.json == {
        "msgtype": "markdown",
        "markdown": {
            "content": "**接待日安排0**\n11月25日上午，张为民代表接待选民。\n"
            "[查看详情](https://liaison.example.test/receptions/1/)"
        },
    }
    row.refresh_from_db()
    assert row.state == RowState.SENT and row.sent_at and not row.error


def test_groups_read_in_ordinary_wechat_get_plain_text(row, robot, settings):
    settings.WECOM_FORMAT = "text"
    sweep()
    assert robot.received[0].json["msgtype"] == "text"
    assert robot.texts()[0].startswith("接待日安排0\n11月25日上午")


def test_what_somebody_typed_calls_nobody(people, robot):
    to_group(group(people, robot.webhook), subject="<@all> 通知", body='<font color="warning">急</font>')
    sweep()
    assert "<" not in robot.texts()[0] and "＜@all>" in robot.texts()[0]


@pytest.mark.parametrize(("form", "most"), [("markdown", 4096), ("text", 2048)])
def test_long_messages_are_cut_at_a_character_and_keep_their_link(people, robot, settings, form, most):
    settings.WECOM_FORMAT = form
    to_group(group(people, robot.webhook), body="接待群众😀" * 1000)
    assert sweep() == 1
    text = robot.texts()[0]
    assert most - 6 < len(text.encode()) <= most
    assert "…\n" in text and "/receptions/1/" in text and "�" not in text


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"])), st.integers(0, 40))
def test_cutting_never_exceeds_nor_breaks_a_character(text, most):
    cut = wecom.cut(text, most)
    assert len(cut.encode()) <= most
    assert cut == text or text.startswith(cut.removesuffix("…"))


@pytest.mark.parametrize("code", [93000, 93004, 40058])
def test_what_can_never_work_is_failed_with_a_reason(row, robot, code):
    robot.say(errcode=code, errmsg="invalid webhook url, hint: [1234]")
    assert sweep() == 0
    row.refresh_from_db()
    assert row.state == RowState.FAILED and str(code) in row.error and "hint" not in row.error


def test_too_often_waits_a_minute_and_is_no_attempt(row, robot):
    robot.say(errcode=45009)
    before = timezone.now()
    assert sweep() == 0
    row.refresh_from_db()
    assert row.state == RowState.WAITING and row.attempts == 0
    assert before + timedelta(seconds=59) < row.next_try_at <= timezone.now() + timedelta(seconds=60)
    robot.say(errcode=0)
    OutboxRow.objects.update(next_try_at=timezone.now())
    assert sweep() == 1


def test_a_robot_that_is_too_busy_for_a_day_counts_as_failing(row, robot):
    OutboxRow.objects.update(created_at=timezone.now() - timedelta(days=2))
    robot.say(errcode=45009)
    sweep()
    row.refresh_from_db()
    assert row.attempts == 1


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"status": 500}, "暂时不能用（500）"),
        ({"status": 502, "body": "<html>bad gateway"}, "502"),
        ({"body": "<html>维护中</html>"}, "看不懂"),
        ({"body": "[1, 2"}, "看不懂"),
        ({"body": "[]"}, "看不懂"),
        ({"body": {"ok": True}}, "没有错误码"),
        ({"body": {"errcode": "0; drop"}}, "没有错误码"),
        ({"errcode": -1}, "-1"),
        ({"hang": True}, "没有及时应答"),
        ({"body": "x" * 200_000}, "太长"),
    ],
)
def test_what_may_pass_is_tried_again_later(row, robot, settings, said, words):
    settings.HTTP_TIMEOUT = (0.5, 0.3)
    robot.say(**said)
    assert sweep() == 0
    row.refresh_from_db()
    assert row.state == RowState.WAITING and row.attempts == 1 and words in row.error
    assert row.next_try_at > timezone.now() + timedelta(seconds=50 * BACK_OFF[0])


def test_redirects_are_not_followed(row, robot):
    robot.answer = Answer(status=302, headers={"Location": f"{robot.address}/internal"})
    sweep()
    row.refresh_from_db()
    assert len(robot.received) == 1 and row.state == RowState.FAILED and "302" in row.error


def test_a_robot_that_is_not_there_is_tried_again(people, settings):
    settings.WEBHOOK_EXTRA_HOSTS = ["127.0.0.1"]
    row = to_group(group(people, f"http://127.0.0.1:1/cgi-bin/webhook/send?key={KEY}"))
    sweep()
    row.refresh_from_db()
    assert row.state == RowState.WAITING and "连不上企业微信" in row.error


def test_no_key_is_in_the_log_nor_in_the_reason(people, settings, robot, caplog):
    settings.HTTP_TIMEOUT = (0.5, 0.3)
    caplog.set_level("DEBUG")
    one = group(people, robot.webhook)
    for number, said in enumerate(({"status": 500}, {"hang": True}, {"body": "?"}, {"errcode": 93000})):
        robot.say(**said)
        to_group(one, number)
        sweep()
    assert OutboxRow.objects.exclude(error="").count() == 4
    assert "0123456789abcdef" not in caplog.text + "".join(OutboxRow.objects.values_list("error", flat=True))


def test_a_group_switched_off_is_not_written_to(row, robot, people):
    people.town.work_groups.update(is_active=False)
    assert sweep() == 0 and not robot.received
    row.refresh_from_db()
    assert row.state == RowState.DROPPED and "停用" in row.error


def test_an_address_that_is_no_robot_is_not_called_even_when_it_was_stored(row, robot, settings):
    settings.WEBHOOK_EXTRA_HOSTS = []
    sweep()
    row.refresh_from_db()
    assert row.state == RowState.FAILED and "机器人地址不能用" in row.error and not robot.received


def test_the_address_that_wecom_gives_is_accepted():
    wecom.check_address(REAL)
    assert wecom.key_of(REAL) == KEY


@pytest.mark.parametrize(
    "address",
    [
        "",
        "机器人",
        REAL.replace("https", "http"),
        REAL.replace("qyapi.weixin.qq.com", "127.0.0.1"),
        REAL.replace("qyapi.weixin.qq.com", "qyapi.weixin.qq.com.evil.example"),
        REAL.replace("qyapi.weixin.qq.com", "qyapi.weixin.qq.com@10.0.0.1"),
        REAL.replace("qyapi.weixin.qq.com", "qyapi.weixin.qq.com:8443"),
        REAL.replace("qyapi.weixin.qq.com", "user:pw@qyapi.weixin.qq.com"),
        REAL.replace("qyapi", "ｑyapi"),
        REAL.replace("/cgi-bin/webhook/send", "/cgi-bin/gettoken"),
        REAL.partition("?")[0],
        REAL.replace(KEY, ""),
        REAL + "#x",
        REAL + "\r\nX: y",
        "https://[::1",
        "https://qyapi.weixin.qq.com:99999/cgi-bin/webhook/send?key=aaaaaaaaaa",
        "file:///etc/passwd",
    ],
)
def test_no_other_address_is(address):
    with pytest.raises(ValidationError):
        wecom.check_address(address)


def test_hosts_of_ones_own_may_be_added(settings):
    settings.WEBHOOK_EXTRA_HOSTS = ["relay.example.test"]
    wecom.check_address(f"http://relay.example.test:8080/cgi-bin/webhook/send?key={KEY}")
    wecom.check_address(REAL)
    with pytest.raises(ValidationError):
        wecom.check_address(f"ftp://relay.example.test/cgi-bin/webhook/send?key={KEY}")
