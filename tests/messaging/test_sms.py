import datetime as dt
import hashlib
import hmac
import json

import pytest
from django.utils import timezone

from messaging.checks import channels
from messaging.models import OutboxRow, RowState
from messaging.senders import sms, sms_aliyun, sms_http
from messaging.tasks import sweep
from tests.messaging.rows import to_deputy

EMPTY = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


@pytest.fixture
def row(people):
    people.deputy.phone = "138 0000-1234"
    people.deputy.save()
    return to_deputy(people.deputy)


@pytest.fixture
def aliyun(settings, robot):
    settings.SMS_GATEWAY, settings.SMS_SIGN_NAME = "aliyun", "博爱人大"
    settings.SMS_ALIYUN_KEY_ID, settings.SMS_ALIYUN_KEY_SECRET = "key-id", "key-secret"
    settings.SMS_ALIYUN_SCHEME, settings.SMS_ALIYUN_ENDPOINT = "http", robot.address.removeprefix("http://")
    settings.SMS_TEMPLATES = "reception=SMS_154950909:county,date; moved = SMS_1"
    robot.say(body={"Code": "OK", "Message": "OK", "BizId": "1", "RequestId": "2"})
    return robot


@pytest.fixture
def gateway(settings, robot):
    settings.SMS_GATEWAY, settings.SMS_SIGN_NAME = "http", "博爱人大"
    settings.SMS_HTTP_URL = f"{robot.address}/send"
    settings.SMS_HTTP_BODY = '{"mobile": "{phone}", "content": "{text}"}'
    robot.say(body={"code": 0})
    return robot


# --- Alibaba Cloud ------------------------------------------------------------------------


def test_the_vendors_own_example_is_reproduced():
    """From "V3 request structure and signature", section "fixed parameters"."""
    headers = {
        "host": "ecs.cn-shanghai.aliyuncs.com",
        "x-acs-action": "RunInstances",
        "x-acs-version": "2014-05-26",
        "x-acs-date": "2023-10-26T10:22:32Z",
        "x-acs-signature-nonce": "3156853299f313e23d1673dc12e1703d",
        "x-acs-content-sha256": EMPTY,
    }
    image = "win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd"
    query = sms_aliyun.canonical_query({"RegionId": "cn-shanghai", "ImageId": image})
    assert query == f"ImageId={image}&RegionId=cn-shanghai"
    keys = {"key_id": "YourAccessKeyId", "key_secret": "YourAccessKeySecret"}
    assert sms_aliyun.authorization("POST", query, headers, **keys) == (
        "ACS3-HMAC-SHA256 Credential=YourAccessKeyId,SignedHeaders=host;x-acs-action;x-acs-content-sha256;x-acs-date;"
        "x-acs-signature-nonce;x-acs-version,"
        "Signature=06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0"
    )


def test_parameters_are_encoded_as_rfc_3986_has_it():
    assert sms_aliyun.canonical_query({"b": "a b*~", "a": "【签】"}) == "a=%E3%80%90%E7%AD%BE%E3%80%91&b=a%20b%2A~"


def test_alibaba_gets_template_and_variables_by_name(row, aliyun):
    assert sweep() == 1
    received = aliyun.received[0]
    assert received.method == "POST" and received.path == "/" and received.body == b""
    asked = {name: values[0] for name, values in received.query.items()}
    assert json.loads(asked.pop("TemplateParam")) == {"county": "博爱县", "date": "11月25日"}
    assert asked == {
        "PhoneNumbers": "13800001234",
        "SignName": "博爱人大",
        "TemplateCode": "SMS_154950909",
        "OutId": str(row.pk),
    }


def test_what_alibaba_gets_is_signed_with_what_it_gets(row, aliyun, settings):
    """Computed here from the request as it arrived, the way the receiving side does."""
    sweep()
    got = aliyun.received[0]
    names = ["host", *sorted(name for name in got.headers if name.startswith("x-acs-"))]
    query = sms_aliyun.canonical_query({name: values[0] for name, values in got.query.items()})
    lines = "".join(f"{name}:{got.headers[name]}\n" for name in names)
    canonical = f"POST\n/\n{query}\n{lines}\n{';'.join(names)}\n{hashlib.sha256(got.body).hexdigest()}"
    to_sign = f"ACS3-HMAC-SHA256\n{hashlib.sha256(canonical.encode()).hexdigest()}"
    signature = hmac.new(b"key-secret", to_sign.encode(), "sha256").hexdigest()
    assert got.headers["authorization"].endswith(f"Signature={signature}")
    sent_at = dt.datetime.strptime(got.headers["x-acs-date"], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=dt.UTC)
    assert abs(timezone.now() - sent_at) < dt.timedelta(minutes=5)


@pytest.mark.parametrize(
    ("code", "state"),
    [
        ("isv.MOBILE_NUMBER_ILLEGAL", RowState.FAILED),
        ("isv.SMS_TEMPLATE_ILLEGAL", RowState.FAILED),
        ("isv.BUSINESS_LIMIT_CONTROL", RowState.WAITING),
        ("isv.AMOUNT_NOT_ENOUGH", RowState.WAITING),
        ("isp.SYSTEM_ERROR", RowState.WAITING),
        ("SignatureDoesNotMatch", RowState.WAITING),
    ],
)
def test_alibabas_refusals_are_told_apart_and_told_in_chinese(row, aliyun, code, state):
    aliyun.say(status=400 if "." not in code else 200, body={"Code": code, "Message": "13800001234 is bad"})
    assert sweep() == 0
    row.refresh_from_db()
    assert row.state == state and code in row.error and "13800001234" not in row.error


@pytest.mark.parametrize("said", [{"status": 503}, {"body": "oops"}, {"body": {"Code": "<b>"}}, {"hang": True}])
def test_an_alibaba_that_is_not_well_is_asked_again_later(row, aliyun, settings, said):
    settings.HTTP_TIMEOUT = (0.5, 0.3)
    aliyun.say(**said)
    sweep()
    row.refresh_from_db()
    assert row.state == RowState.WAITING and row.attempts == 1 and "<" not in row.error


@pytest.mark.parametrize(
    ("templates", "words"), [("other=SMS_1", "没有给短信模板"), ("reception=SMS_1:county", "变量应有 2 个")]
)
def test_a_template_that_does_not_fit_is_said(row, aliyun, settings, templates, words):
    settings.SMS_TEMPLATES = templates
    sweep()
    row.refresh_from_db()
    assert row.state == RowState.FAILED and words in row.error and not aliyun.received


# --- any gateway --------------------------------------------------------------------------


def test_a_json_gateway_gets_values_that_cannot_break_out(row, gateway):
    OutboxRow.objects.update(subject='引号"和\\反斜杠 {phone}', body="第二行\n第三行")
    assert sweep() == 1
    received = gateway.received[0]
    assert received.headers["content-type"].startswith("application/json")
    assert received.json == {
        "mobile": "13800001234",
        "content": '【博爱人大】引号"和\\反斜杠 {phone}。第二行 第三行',
    }


def test_a_form_gateway_gets_form_encoding(row, gateway, settings):
    settings.SMS_HTTP_BODY = "mobile={phone}&content={text}&tpl={template}"
    settings.SMS_TEMPLATES = "reception=T1"
    OutboxRow.objects.update(subject="甲&乙=丙+丁", body="100%")
    assert sweep() == 1
    assert gateway.received[0].headers["content-type"] == "application/x-www-form-urlencoded"
    assert gateway.received[0].form == {
        "mobile": ["13800001234"],
        "content": ["【博爱人大】甲&乙=丙+丁。100%"],
        "tpl": ["T1"],
    }


def test_a_query_gateway_gets_percent_encoding_and_its_headers(row, gateway, settings):
    settings.SMS_HTTP_METHOD, settings.SMS_HTTP_BODY = "GET", ""
    settings.SMS_HTTP_URL = f"{gateway.address}/send?to={{phone}}&msg={{text}}"
    settings.SMS_HTTP_HEADERS = '{"authorization": "Bearer secret"}'
    OutboxRow.objects.update(subject="甲&to=1", body="")
    assert sweep() == 1
    received = gateway.received[0]
    assert received.method == "GET" and received.headers["authorization"] == "Bearer secret"
    assert received.query == {"to": ["13800001234"], "msg": ["【博爱人大】甲&to=1。"]}


@pytest.mark.parametrize(
    ("said", "state"),
    [
        ({"body": '{"code": 0}'}, RowState.SENT),
        ({"body": '{"code": 7, "msg": "13800001234 blocked"}'}, RowState.WAITING),
        ({"status": 500}, RowState.WAITING),
        ({"status": 429}, RowState.WAITING),
        ({"status": 401}, RowState.WAITING),
        ({"status": 404}, RowState.FAILED),
        ({"hang": True}, RowState.WAITING),
    ],
)
def test_success_is_what_the_pattern_says(row, gateway, settings, said, state):
    settings.HTTP_TIMEOUT, settings.SMS_HTTP_SUCCESS = (0.5, 0.3), r'"code": ?0'
    gateway.say(**said)
    sweep()
    row.refresh_from_db()
    assert row.state == state and "1380000" not in row.error


# --- before any gateway -------------------------------------------------------------------


def test_without_a_gateway_the_row_fails_in_words(row, settings):
    settings.SMS_GATEWAY = ""
    sweep()
    row.refresh_from_db()
    assert row.state == RowState.FAILED and row.error == "没有配置短信平台，请系统管理员设置。"


@pytest.mark.parametrize(("phone", "words"), [("", "没有填写手机号"), ("0391-8612345", "不是手机号")])
def test_who_has_no_mobile_gets_no_sms_and_it_is_said(people, gateway, phone, words):
    people.deputy.phone = phone
    people.deputy.save()
    row = to_deputy(people.deputy)
    sweep()
    row.refresh_from_db()
    assert row.state == RowState.FAILED and words in row.error and not gateway.received


def test_a_corrected_number_counts_at_once(people, gateway, row):
    people.deputy.phone = "+86 13900005678"
    people.deputy.save()
    assert sweep() == 1 and gateway.received[0].json["mobile"] == "13900005678"


def test_no_number_is_in_the_log(row, gateway, settings, caplog):
    caplog.set_level("DEBUG")
    settings.SMS_HTTP_URL = f"{gateway.address}/send?to={{phone}}"
    gateway.say(status=500, body="13800001234")
    sweep()
    assert "outbox row" in caplog.text and "13800001234" not in caplog.text


def test_wrong_settings_are_told_by_check_and_in_the_state(settings):
    settings.SMS_GATEWAY = "aliyun"
    assert not sms.state()[0] and "SMS_ALIYUN_KEY_SECRET" in sms.state()[1]
    settings.SMS_GATEWAY, settings.SMS_HTTP_URL, settings.SMS_HTTP_HEADERS = "http", "ftp://x", "[]"
    settings.SMS_HTTP_METHOD, settings.SMS_HTTP_SUCCESS, settings.SMS_TEMPLATES = "PATCH", "(", "what?"
    assert len(sms_http.problems()) == 6
    assert len(channels()) == 6
    settings.SMS_GATEWAY = "pigeon"
    assert [warning.msg for warning in channels()] == ["SMS_GATEWAY 只能是 aliyun、http"]
    settings.SMS_GATEWAY = ""
    assert channels() == []


def test_the_state_shows_no_secret(aliyun):
    assert sms.state() == (True, "已配置阿里云短信")
