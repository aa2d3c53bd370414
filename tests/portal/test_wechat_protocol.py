"""The platform's protocol, against the values that the platform itself publishes.

``PUSH``: https://developers.weixin.qq.com/doc/service/guide/dev/push/ , also as
https://developers.weixin.qq.com/miniprogram/dev/framework/server-ability/message-push.html (URL check, safe mode both
ways). ``DEMO``: the sample programs linked there, https://wximg.gtimg.com/shake_tv/mpwiki/cryptoDemo.zip (Python:
WXBizMsgCrypt and its Sample; Java: WXBizMsgCryptTest).
"""

import json
import time

import pytest
from django.core.cache import cache

from portal.models import Mode, WechatAccount, WechatMessage, WechatPerson
from portal.wechat import crypto, envelope
from portal.wechat.crypto import BadMessage
from suggestions.models import Suggestion
from tests import factories
from tests.portal.wechat_platform import APP_ID, TOKEN, Platform, account_of, fields_of

PUSH_TOKEN, PUSH_APP_ID, PUSH_KEY = "AAAAA", "wxba5fad812f8e6fb9", "A" * 43
PUSH_SEALED = (
    "+qdx1OKCy+5JPCBFWw70tm0fJGb2Jmeia4FCB7kao+/Q5c/ohsOzQHi8khUOb05JCpj0JB4RvQMkUyus8TPxLKJGQqcvZqzDpVzazhZv6JsXUnnR8XGT"
    "740XgXZUXQ7vJVnAG+tE8NUd4yFyjPy7GgiaviNrlCTj+l5kdfMuFUPpRSrfMZuMcp3Fn2Pede2IuQrKEYwKSqFIZoNqJ4M8EajAsjLY2km32IIjdf8Y"
    "L/P50F7mStwntrA2cPDrM1kb6mOcfBgRtWygb3VIYnSeOBrebufAlr7F9mFUPAJGj04="
)
PUSH_ANSWER = "ELGduP2YcVatjqIS+eZbp80MNLoAUWvzzyJxgGzxZO/5sAvd070Bs6qrLARC9nVHm48Y4hyRbtzve1L32tmxSQ=="
DEMO_KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
DEMO_SEALED = (
    "hyzAe4OzmOMbd6TvGdIOO6uBmdJoD0Fk53REIHvxYtJlE2B655HuD0m8KUePWB3+LrPXo87wzQ1QLvbeUgmBM4x6F8PGHQHFVAFmOD2LdJF9FrXpbUAh"
    "0B5GIItb52sn896wVsMSHGuPE328HnRGBcrS7C41IzDWyWNlZkyyXwon8T332jisa+h6tEDYsVticbSnyU8dKOIbgU6ux5VTjg3yt+WGzjlpKn6NPhRj"
    "pA912xMezR4kw6KWwMrCVKSVCZciVGCgavjIQ6X8tCOp3yZbGpy0VxpAe+77TszTfRd5RJSVO/HTnifJpXgCSUdUue1v6h0EIBYYI1BD1DlD+C0CR8e6"
    "OewpusjZ4uBl9FyJvnhvQl+q5rv1ixrcpCumEPo5MJSgM9ehVsNPfUM669WuMyVWQLCzpu9GhglF2PE="
)


@pytest.fixture
def people(db):
    cache.clear()
    return factories.cast()


@pytest.fixture
def platform(people):
    return Platform(account_of(people))


# --- the published examples ---------------------------------------------------------------


def test_the_signature_is_that_of_the_published_example():
    assert crypto.signature(PUSH_TOKEN, "1714036504", "1514711492") == "f464b24fc39322e44b38aa78f5edd27bd1441696"
    signed = crypto.signature(PUSH_TOKEN, "1714112445", "415670741", PUSH_SEALED)
    assert signed == "046e02f8204d34f8ba5fa3b1db94908f3df2e9b3"


def test_the_published_message_is_read():
    text = crypto.decrypt(PUSH_SEALED, key=crypto.key_of(PUSH_KEY), app_id=PUSH_APP_ID)
    assert len(text) == 167
    assert json.loads(text) == {
        "ToUserName": "gh_97417a04a28d",
        "FromUserName": "o9AgO5Kd5ggOC-bXrbNODIiE3bGY",
        "CreateTime": 1714112445,
        "MsgType": "event",
        "Event": "debug_demo",
        "debug_str": "hello world",
    }


def test_the_published_answer_comes_out_byte_for_byte():
    key = crypto.key_of(PUSH_KEY)
    sealed = crypto.encrypt('{"demo_resp":"good luck"}', key=key, app_id=PUSH_APP_ID, random=b"707722b803182950")
    assert sealed == PUSH_ANSWER
    signed = crypto.signature(PUSH_TOKEN, "1713424427", "415670741", sealed)
    assert signed == "1b9339964ed2e271e7c7b6ff2b0ef902fc94dea1"


def test_the_sample_program_s_message_is_read():
    signed = crypto.signature("spamtest", "1409735669", "1320562132", DEMO_SEALED)
    assert signed == "5d197aaffba7e9b25a30732f161a50dee96bd5fa"
    text = crypto.decrypt(DEMO_SEALED, key=crypto.key_of(DEMO_KEY), app_id="wx2c2769f8efd9abc2")
    message = envelope.incoming(envelope.fields_of(text))
    assert (message.sender, message.text, message.id) == (
        "oyORnuP8q7ou2gfYjqLzSIWZf0rs",
        "abcdteT",
        "6054768590064713728",
    )


def test_the_sample_program_s_chinese_answer_comes_out_byte_for_byte():
    key = crypto.key_of(DEMO_KEY)
    sealed = crypto.encrypt("我是中文abcd123", key=key, app_id="wxb11529c136998cb6", random=b"aaaabbbbccccdddd")
    assert sealed == "jn1L23DB+6ELqJ+6bruv21Y6MD7KeIfP82D6gU39rmkgczbWwt5+3bnyg5K55bgVtVzd832WzZGMhkP72vVOfg=="


# --- what is not the platform's -----------------------------------------------------------


@pytest.mark.parametrize("sealed", ["", "no base64!", "AAAA", PUSH_SEALED[:-24] + "AAAA" + PUSH_SEALED[-20:]])
def test_a_changed_ciphertext_is_no_message(sealed):
    with pytest.raises(BadMessage):
        crypto.decrypt(sealed, key=crypto.key_of(PUSH_KEY), app_id=PUSH_APP_ID)


def test_a_message_for_another_app_id_is_refused():
    with pytest.raises(BadMessage, match="another app id"):
        crypto.decrypt(PUSH_SEALED, key=crypto.key_of(PUSH_KEY), app_id="wx0000000000000000")


@pytest.mark.parametrize("key", ["", "A" * 42, "A" * 44, "A" * 42 + "！"])
def test_a_key_of_another_length_is_no_key(key):
    with pytest.raises(BadMessage):
        crypto.key_of(key)


BOMB = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]><xml><Content>&b;</Content></xml>'
FILE = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><xml><Content>&a;</Content></xml>'


@pytest.mark.parametrize("body", [b"", b"no xml", b"<xml><a>", b"<xml>\xff\xfe</xml>", BOMB.encode(), FILE.encode()])
def test_what_is_not_plain_xml_is_refused(body):
    with pytest.raises(BadMessage):
        envelope.fields_of(body)


def test_a_reply_never_breaks_out_of_its_cdata_and_is_cut_to_what_wechat_shows():
    message = envelope.Incoming(to="gh_1", sender="o1", created="1", kind="text")
    found = fields_of(envelope.reply(message, "好" * 2000 + "]]><x/>").encode())
    assert set(found) == {"ToUserName", "FromUserName", "CreateTime", "MsgType", "Content"}
    assert len(found["Content"].encode()) <= 2047 and found["Content"].endswith("…")
    assert "]] >" in fields_of(envelope.reply(message, "a]]>b").encode())["Content"]


# --- the callback -------------------------------------------------------------------------


def test_the_address_is_verified_with_the_echo_and_that_is_remembered(platform):
    response = platform.knock()
    assert response.content == b"4375120948345356249" and response["Content-Type"].startswith("text/plain")
    assert WechatAccount.objects.get().verified_at


def test_an_echo_that_another_token_signed_is_refused_and_nothing_is_verified(platform):
    assert platform.knock(token="another").status_code == 403
    assert WechatAccount.objects.get().verified_at is None


@pytest.mark.parametrize("off", [-400, 400])
def test_a_request_of_another_time_is_refused(platform, off):
    at = int(time.time()) + off
    assert platform.knock(at=at).status_code == 403
    assert platform.send(platform.xml(MsgType="text", Content="路灯坏了半个月"), at=at).status_code == 403
    assert not WechatMessage.objects.exists()


@pytest.mark.parametrize("stamp", ["", "soon", "１７１４０３６５０４", "9" * 30])
def test_a_time_that_is_none_is_refused(platform, stamp):
    assert platform.send(platform.xml(MsgType="text", Content="路灯"), timestamp=stamp).status_code == 403


@pytest.mark.parametrize("mode", Mode.values)
def test_each_mode_gets_its_answer(people, mode):
    platform = Platform(account_of(people, mode=mode))
    assert "反映问题" in platform.say("你好")
    sealed = b"Encrypt" in platform.send(platform.xml(MsgType="text", Content="你好")).content
    assert sealed == (mode != Mode.PLAIN)


@pytest.mark.parametrize("change", [{"msg_signature": "0" * 40}, {"nonce": "1"}, {"msg_signature": ""}])
def test_a_wrong_signature_is_refused(platform, change):
    assert platform.send(platform.xml(MsgType="text", Content="路灯坏了半个月"), **change).status_code == 403
    assert not WechatPerson.objects.exists()


@pytest.mark.parametrize("mode", [Mode.SAFE, Mode.COMPATIBLE])
def test_a_plain_body_is_refused_where_messages_are_encrypted(people, mode):
    """The plain signature says nothing about the body: whoever saw one request could write any other."""
    platform = Platform(account_of(people, mode=mode))
    body = platform.xml(MsgType="text", Content="路灯坏了半个月")
    assert platform.send(body, sealed=False).status_code == 403
    assert not WechatPerson.objects.exists()


def test_in_compatible_mode_the_encrypted_part_counts(people):
    platform = Platform(account_of(people, mode=Mode.COMPATIBLE))
    key = crypto.key_of(DEMO_KEY)
    secret = crypto.encrypt(platform.xml(MsgType="text", Content="你好"), key=key, app_id=APP_ID)
    now = str(int(time.time()))
    body = f"<xml><Content>伪造的内容，很长很长的一段</Content><Encrypt>{secret}</Encrypt></xml>"
    query = {"timestamp": now, "nonce": "1", "encrypt_type": "aes"}
    query["msg_signature"] = crypto.signature(TOKEN, now, "1", secret)
    response = platform.client.post(platform.address, body.encode(), content_type="text/xml", query_params=query)
    assert "反映问题" in platform.text_of(response)


@pytest.mark.parametrize("body", ["", "<xml>", BOMB, FILE, "<xml><MsgType>text</MsgType></xml>"])
def test_malformed_messages_are_answered_with_400_in_both_modes(people, body):
    account = account_of(people)
    assert Platform(account).send(body).status_code == 400
    account.mode = Mode.PLAIN
    account.save()
    assert Platform(account).send(body).status_code == 400
    assert not WechatPerson.objects.exists()


def test_a_body_that_is_too_long_is_not_read(platform):
    assert platform.send("x" * (envelope.MOST_BYTES + 1), sealed=False).status_code == 413


def test_without_an_account_or_with_a_closed_one_there_is_no_such_address(people, platform):
    WechatAccount.objects.update(is_active=False)
    assert platform.knock().status_code == 404
    WechatAccount.objects.all().delete()
    assert platform.knock().status_code == 404


def test_the_openid_is_stored_nowhere_as_it_is(platform):
    platform.say("村口的路灯坏了半个月")
    person = WechatPerson.objects.get()
    assert platform.openid not in json.dumps([*WechatPerson.objects.values()], default=str)
    assert len(person.openid_index) == 32
    assert platform.openid not in json.dumps([*WechatMessage.objects.values("key", "answer")])


def test_nothing_slow_happens_while_the_platform_waits(platform, django_assert_max_num_queries, robot, settings):
    """Five seconds, pictures included: they are only noted down."""
    settings.WECHAT_API, settings.WECHAT_PICTURE_HOSTS = robot.address, ["127.0.0.1"]
    with django_assert_max_num_queries(20):
        platform.show("media-1")
    assert robot.received == [] and not Suggestion.objects.exists()
