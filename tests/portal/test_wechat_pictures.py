"""Pictures fetched from a media interface on loopback that answers as the platform's documents say."""

import datetime as dt

import pytest
from django.core.cache import cache
from django.utils import timezone

from history.models import Event
from messaging.models import OutboxRow
from portal import tasks
from portal.models import WechatPicture
from portal.wechat import pictures
from suggestions import workflow
from suggestions.choices import State
from suggestions.models import Attachment, Suggestion
from suggestions.transitions import Voice
from tests import factories
from tests.portal.wechat_platform import Platform, account_of
from tests.servers import Answer

pytestmark = pytest.mark.django_db
JPG = b"\xff\xd8\xff\xe0" + b"0" * 200
SECRET = "0123456789abcdef0123456789abcdef"


@pytest.fixture
def people(db):
    cache.clear()
    return factories.cast()


class Interface:
    """``/cgi-bin/stable_token`` and ``/cgi-bin/media/get``, and the pictures' own host, on one address."""

    def __init__(self, robot):
        self.robot, self.media = robot, {}
        self.token = Answer(body={"access_token": "TOKEN-1", "expires_in": 7200})
        robot.answer = self.answer

    def answer(self, received):
        if received.path == "/cgi-bin/stable_token":
            return self.token
        name = received.query.get("media_id", [received.path])[0]
        return self.media.get(name, Answer(body={"errcode": 40007, "errmsg": "invalid media_id"}))

    def paths(self):
        return [one.path for one in self.robot.received]


def picture_of(content, kind="image/jpeg", **fields):
    return Answer(body=content, headers={"Content-Type": kind}, **fields)


@pytest.fixture
def interface(robot, settings):
    settings.WECHAT_API = robot.address
    settings.WECHAT_PICTURE_HOSTS, settings.WECHAT_PICTURE_SCHEME = ["127.0.0.1"], "http"
    settings.WECHAT_PICTURE_PORT = int(robot.address.rpartition(":")[2])
    return Interface(robot)


def case_with(people, *media, secret=SECRET, addresses=()):
    platform = Platform(account_of(people, app_secret=secret))
    platform.say("村口到学校的三盏路灯坏了半个月")
    for number, name in enumerate(media):
        platform.show(name, *addresses[number : number + 1])
    for text in ("乙镇", "跳过", "1"):
        platform.say(text)
    return Suggestion.objects.get()


def due_now():
    WechatPicture.objects.update(next_try_at=timezone.now() - dt.timedelta(seconds=1))


def test_pictures_hang_on_the_case_after_one_run(people, interface):
    case = case_with(people, "m-1", "m-2")
    interface.media |= {"m-1": picture_of(JPG), "m-2": picture_of(b"\x89PNG\r\n\x1a\n0000", "image/png")}
    assert tasks.fetch_wechat_pictures() == 2
    files = Attachment.objects.filter(suggestion=case)
    assert [file.name for file in files] == ["微信照片1.jpg", "微信照片2.png"]
    assert files[0].file.read() == JPG
    assert Event.objects.get(chain=case.chain, action="supplement").after["files"]
    assert not WechatPicture.objects.exists()
    # One access token for both, asked for as documented.
    assert interface.paths() == ["/cgi-bin/stable_token", "/cgi-bin/media/get", "/cgi-bin/media/get"]
    asked = interface.robot.received[0].json
    assert asked == {"grant_type": "client_credential", "appid": "wx0123456789abcdef", "secret": SECRET}
    assert interface.robot.received[1].query == {"access_token": ["TOKEN-1"], "media_id": ["m-1"]}


def test_the_office_is_told_once_and_the_voter_sees_it(people, interface, client):
    case = case_with(people, "m-1", "m-2")
    interface.media |= {"m-1": picture_of(JPG), "m-2": picture_of(JPG)}
    tasks.fetch_wechat_pictures()
    assert OutboxRow.objects.filter(subject__startswith="选民补充了材料", person=people.other_town_staff).count() == 1
    client.post("/query/", {"number": case.number, "code": case.query_code})
    assert "已补充材料" in client.get("/query/case/").content.decode()


def test_a_second_run_adds_nothing(people, interface):
    case = case_with(people, "m-1")
    interface.media["m-1"] = picture_of(JPG)
    assert (tasks.fetch_wechat_pictures(), tasks.fetch_wechat_pictures()) == (1, 0)
    assert case.attachments.count() == 1


def test_a_worker_that_was_killed_is_caught_up_and_one_that_comes_late_adds_nothing(people, interface):
    case = case_with(people, "m-1")
    interface.media["m-1"] = picture_of(JPG)
    held = pictures._claim()
    assert len(held) == 1 and tasks.fetch_wechat_pictures() == 0  # it is held
    due_now()
    assert tasks.fetch_wechat_pictures() == 1
    assert pictures._fetch_all(held) == 0
    assert case.attachments.count() == 1


@pytest.mark.parametrize(
    "content",
    [b"%PDF-1.7 nothing to see", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"MZ\x90\x00", b"<html></html>", b""],
)
def test_what_is_no_picture_is_not_kept_and_the_office_learns_of_it(people, interface, content):
    case = case_with(people, "m-1")
    interface.media["m-1"] = picture_of(content)
    assert tasks.fetch_wechat_pictures() == 0
    assert not case.attachments.exists() and not WechatPicture.objects.exists()
    assert "1 张照片没有取到：收到的不是照片" in Event.objects.get(chain=case.chain, action="supplement").note


def test_a_picture_that_is_too_large_is_not_read_to_its_end(people, interface, monkeypatch):
    case = case_with(people, "m-1")
    monkeypatch.setattr("portal.wechat.media.MOST_BYTES", 1000)
    interface.media["m-1"] = picture_of(JPG * 10)
    assert tasks.fetch_wechat_pictures() == 0
    assert "太长" in WechatPicture.objects.get().error and not case.attachments.exists()


def test_an_expired_picture_is_given_up_at_once_and_the_others_arrive(people, interface):
    case = case_with(people, "m-1", "m-2")
    interface.media["m-2"] = picture_of(JPG)
    assert tasks.fetch_wechat_pictures() == 1
    assert "40007" in Event.objects.get(chain=case.chain, action="supplement").note
    assert case.attachments.count() == 1 and not WechatPicture.objects.exists()


def test_what_fails_for_now_is_tried_later_and_at_last_given_up(people, interface):
    case = case_with(people, "m-1")
    interface.media["m-1"] = Answer(status=503)
    for attempt in range(1, len(pictures.BACK_OFF) + 1):
        tasks.fetch_wechat_pictures()
        row = WechatPicture.objects.get()
        assert row.attempts == attempt and row.next_try_at > timezone.now() and "503" in row.error
        due_now()
    tasks.fetch_wechat_pictures()
    assert not WechatPicture.objects.exists()
    assert "没有取到" in Event.objects.get(chain=case.chain, action="supplement").note


def test_an_expired_token_is_asked_for_again(people, interface):
    case = case_with(people, "m-1")
    interface.media["m-1"] = Answer(body={"errcode": 42001, "errmsg": "access_token expired"})
    tasks.fetch_wechat_pictures()
    interface.media["m-1"] = picture_of(JPG)
    interface.token = Answer(body={"access_token": "TOKEN-2", "expires_in": 7200})
    due_now()
    assert tasks.fetch_wechat_pictures() == 1
    assert interface.robot.received[-1].query["access_token"] == ["TOKEN-2"] and case.attachments.count() == 1


def test_a_wrong_secret_shows_in_the_reason_without_the_secret(people, interface):
    case_with(people, "m-1")
    interface.token = Answer(body={"errcode": 40125, "errmsg": f"invalid appsecret {SECRET}"})
    tasks.fetch_wechat_pictures()
    assert "40125" in (error := WechatPicture.objects.get().error) and SECRET not in error


def test_the_token_lies_in_the_cache_encrypted(people, interface):
    case_with(people, "m-1")
    interface.media["m-1"] = picture_of(JPG)
    tasks.fetch_wechat_pictures()
    from portal.models import WechatAccount
    from portal.wechat.media import _token_key

    assert cache.get(_token_key(WechatAccount.objects.get())).startswith("v1:")


def test_without_a_secret_the_picture_s_address_is_used(people, interface):
    address = f"{interface.robot.address}/mmbiz_jpg/abc/0"
    case = case_with(people, "m-1", secret="", addresses=[address])
    interface.media["/mmbiz_jpg/abc/0"] = picture_of(JPG)
    assert tasks.fetch_wechat_pictures() == 1
    assert interface.paths() == ["/mmbiz_jpg/abc/0"] and case.attachments.count() == 1


@pytest.mark.parametrize(
    "address",
    [
        "http://169.254.169.254/latest/meta-data/",
        "http://localhost/secret",
        "http://127.0.0.1:1/secret",
        "http://mmbiz.qpic.cn@10.0.0.1/a",
        "http://user@127.0.0.1/a",
        "file:///etc/passwd",
        "http://[::1/a",
        "http://mmbiz.qpic.cn.evil.example/a",
    ],
)
def test_no_other_host_is_ever_asked(people, interface, address):
    case = case_with(people, "m-1", secret="", addresses=[address])
    tasks.fetch_wechat_pictures()
    assert interface.robot.received == [] and not WechatPicture.objects.exists()
    assert "没有取到" in Event.objects.get(chain=case.chain, action="supplement").note


def test_a_redirect_is_not_followed(people, interface):
    case = case_with(people, "m-1", secret="", addresses=[f"{interface.robot.address}/a"])
    interface.media["/a"] = Answer(status=302, headers={"Location": f"{interface.robot.address}/internal"})
    tasks.fetch_wechat_pictures()
    assert interface.paths() == ["/a"] and not case.attachments.exists()


@pytest.mark.parametrize("ended", ["withdraw", "refuse"])
def test_for_a_case_that_has_ended_nothing_is_added(people, interface, ended):
    case = case_with(people, "m-1")
    interface.media["m-1"] = picture_of(JPG)
    if ended == "withdraw":
        workflow.withdraw(case.pk, by=Voice.VOTER)
    else:
        workflow.refuse(case.pk, by=people.other_town_staff, reason="vague")
    assert tasks.fetch_wechat_pictures() == 0
    assert not case.attachments.exists() and not WechatPicture.objects.exists()


def test_pictures_of_two_cases_go_each_to_its_own(people, interface):
    first = case_with(people, "m-1")
    platform = Platform(people.county.wechat_account)
    platform.show("m-2")
    for text in ("桥头的井盖丢了一个", "是", "跳过", "1"):
        platform.say(text)
    interface.media |= {"m-1": picture_of(JPG + b"1"), "m-2": picture_of(JPG + b"2")}
    assert tasks.fetch_wechat_pictures() == 2
    second = Suggestion.objects.exclude(pk=first.pk).get()
    assert first.attachments.get().file.read().endswith(b"1") and second.attachments.get().file.read().endswith(b"2")
    assert second.state == State.SUBMITTED
