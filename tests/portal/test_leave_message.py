import datetime as dt
import io
import re

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from history.models import Event
from liaison.lib.querycodes import grouped
from portal import drafts
from portal.models import Draft, DraftPhoto
from portal.tasks import erase_drafts
from stations.models import Rules
from suggestions import workflow
from suggestions.choices import Channel, State
from suggestions.models import Attachment, Suggestion, Voter
from tests import factories

pytestmark = pytest.mark.django_db
MATTER = {"title": "村口路灯坏了", "content": "晚上看不清路。", "place": "村口"}
CONTACT = {"name": "钱有才", "phone": "139 0000 5678", "address": "甲村", "may_publish": "0"}
SHOT_AT = b"2026:11:20"


@pytest.fixture
def people():
    cache.clear()
    return factories.cast()


def picture(name="路灯.jpg", colour="navy", kind="JPEG"):
    """A photo as a phone takes it: with a time in its metadata."""
    image, out = Image.new("RGB", (640, 480), colour), io.BytesIO()
    exif = Image.Exif()
    exif[0x0132] = SHOT_AT.decode() + " 08:00:00"
    image.save(out, kind, exif=exif)
    return SimpleUploadedFile(name, out.getvalue(), "image/jpeg")


def matter(client, station, **changes):
    """Step one, as somebody who took a while over it."""
    with_time = {"opened": old_stamp()} | MATTER | changes
    data = {name: value for name, value in with_time.items() if value is not None}
    return client.post(reverse("portal:leave_message", args=[station.pk]), data, follow=True)


def old_stamp():
    from django.core import signing

    return signing.dumps((timezone.now() - dt.timedelta(minutes=3)).timestamp(), salt="portal.opened")


def contact(client, **changes):
    return client.post(reverse("portal:message_contact"), CONTACT | changes, follow=True)


def send(client, **data):
    return client.post(reverse("portal:message_check"), data, follow=True)


def leave(client, people, **changes):
    """All three steps; the last page."""
    mine = {name: value for name, value in changes.items() if name in CONTACT or name == "guardian"}
    rest = {name: value for name, value in changes.items() if name not in mine}
    matter(client, people.town, **{"deputy": people.deputy.pk} | rest)
    contact(client, **mine)
    return send(client)


def test_a_message_becomes_a_submitted_case_with_a_receipt(client, people):
    text = leave(client, people).content.decode()
    case = Suggestion.objects.get()
    assert (case.state, case.channel, case.station, case.deputy, case.place) == (
        State.SUBMITTED,
        Channel.WEB,
        people.town,
        people.deputy,
        "村口",
    )
    assert case.number in text and grouped(case.query_code) in text and "决定是否受理" in text
    voter = Voter.objects.get()
    assert (voter.name, voter.phone, voter.address) == ("钱有才", "13900005678", "甲村")


def test_the_receipt_says_by_when_in_words_how_to_delete_and_has_a_code_without_the_query_code(client, people):
    Rules.objects.filter(county=people.county).update(accept_days=7)
    text = leave(client, people).content.decode()
    case = Suggestion.objects.get()
    assert "7 个工作日内" in text and f"{case.due_on.year}年{case.due_on.month}月{case.due_on.day}日" in text
    assert "要求删除姓名、电话、住址" in text and "data:image/svg" in text
    hidden = re.sub(r'<dd class="slip-code">.*?</dd>', "", text)
    assert case.query_code not in hidden and grouped(case.query_code) not in hidden


def test_neither_name_nor_phone_is_needed(client, people):
    leave(client, people, name="", phone="", address="", deputy="")
    assert Suggestion.objects.get().deputy is None and not Voter.objects.exists()


def test_purpose_retention_and_children_are_said_where_data_is_asked(client, people):
    text = matter(client, people.town).content.decode()
    for words in ("第十七条", "只为办理和回复这件事", "保存多久", "不满 14 周岁", "监护人"):
        assert words in text


def test_a_guardian_is_named_in_the_history(client, people):
    leave(client, people, guardian="on")
    assert Event.objects.get(action="submit").after["guardian"] is True


@pytest.mark.parametrize(("word", "stored"), [("1", True), ("0", False)])
def test_publicity_is_asked_apart_and_stored(client, people, word, stored):
    leave(client, people, may_publish=word)
    assert Suggestion.objects.get().may_publish is stored


def test_publicity_is_never_assumed(client, people):
    matter(client, people.town)
    assert "请选“可以公开”或“不公开”" in contact(client, may_publish="").content.decode()
    send(client)
    assert not Suggestion.objects.exists()


# --- photos ---------------------------------------------------------------------------------


def test_photos_come_along_small_and_without_metadata(client, people):
    assert SHOT_AT in picture().read()
    leave(client, people, photos=[picture(), picture("路.png", "green", "PNG")])
    rows = Suggestion.objects.get().attachments.all()
    assert [row.name for row in rows] == ["照片1.jpg", "照片2.jpg"]
    for row in rows:
        assert SHOT_AT not in row.file.read()
    assert not DraftPhoto.objects.exists()


def test_what_was_picked_stays_when_the_form_is_refused(client, people):
    text = matter(client, people.town, title="", photos=[picture()]).content.decode()
    assert "已经传好的照片" in text and "data:image/jpeg;base64" in text
    matter(client, people.town)  # nothing picked again
    contact(client)
    send(client)
    assert Suggestion.objects.get().attachments.count() == 1


def test_a_photo_is_taken_out_again(client, people):
    matter(client, people.town, photos=[picture(), picture()])
    first = DraftPhoto.objects.first()
    matter(client, people.town, remove=[first.pk])
    assert DraftPhoto.objects.count() == 1 and not first.file.storage.exists(first.file.name)


def test_nobody_takes_out_photos_of_somebody_else(client, people):
    matter(client, people.town, photos=[picture()])
    other = Client()
    matter(other, people.town)
    matter(other, people.town, remove=[DraftPhoto.objects.get().pk])
    assert DraftPhoto.objects.count() == 1


def test_one_bad_file_among_good_ones_is_named_and_the_good_ones_are_kept(client, people):
    text = matter(client, people.town, photos=[picture(), SimpleUploadedFile("a.pdf", b"%PDF-1")]).content.decode()
    assert "不是图片" in text and DraftPhoto.objects.count() == 1


def test_a_sixth_photo_in_a_second_turn_is_not_taken(client, people):
    matter(client, people.town, photos=[picture() for _ in range(4)])
    text = matter(client, people.town, photos=[picture(), picture("六.jpg")]).content.decode()
    assert "“六.jpg”没有收" in text and DraftPhoto.objects.count() == 5


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"title": ""}, "一句话说明是什么事"),
        ({"content": "长" * 8001}, "最多 8000 字，现在是 8001 字"),
        ({"content": "我的身份证410822196805120011"}, "像身份证号"),
        ({"photos": [SimpleUploadedFile("a.exe", b"MZ00")]}, "类型不能上传"),
        ({"photos": [SimpleUploadedFile(f"{i}.png", b"\x89PNG") for i in range(6)]}, "最多传 5 张，您选了 6 张"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_lost(client, people, changes, words):
    text = matter(client, people.town, **changes).content.decode()
    assert words in text and "第 1 步" in text and 'value="村口"' in text  # what was typed is still there


def test_a_wrong_phone_is_said_at_its_step(client, people):
    matter(client, people.town)
    text = contact(client, phone="12345").content.decode()
    assert "电话号码不对" in text and "钱有才" in text


def test_eight_thousand_characters_and_emoji_are_fine(client, people):
    leave(client, people, content="🙂" + "长" * 7999)
    assert len(Suggestion.objects.get().content) == 8000


def test_a_deputy_of_another_county_cannot_be_chosen(client, people):
    other = factories.other_cast().deputy
    assert "有效" in matter(client, people.town, deputy=other.pk).content.decode()


# --- checking and coming back ---------------------------------------------------------------


def test_everything_is_shown_once_more_and_each_change_comes_back(client, people):
    matter(client, people.town, deputy=people.deputy.pk, photos=[picture()])
    text = contact(client).content.decode()
    for words in ("核对一遍", "村口路灯坏了", "晚上看不清路。", "张为民", "钱有才", "13900005678", "不公开", "照片 1"):
        assert words in text, words
    answer = matter(client, people.town, title="桥坏了")
    assert answer.redirect_chain[-1][0] == reverse("portal:message_check")
    assert "桥坏了" in answer.content.decode() and "13900005678" in answer.content.decode()
    answer = contact(client, name="老钱")
    assert "老钱" in answer.content.decode() and "桥坏了" in answer.content.decode()


def test_another_station_takes_the_words_along(client, people):
    matter(client, people.town)
    contact(client)
    found = client.get(reverse("portal:message_station"), {"q": "乙镇"}).content.decode()
    assert reverse("portal:leave_message", args=[people.other_town.pk]) in found
    page = client.get(reverse("portal:leave_message", args=[people.other_town.pk])).content.decode()
    assert "晚上看不清路。" in page
    matter(client, people.other_town)
    send(client)
    assert Suggestion.objects.get().station == people.other_town


def test_sending_again_leads_to_the_same_receipt(client, people):
    leave(client, people)
    case = Suggestion.objects.get()
    for answer in (send(client), client.get(reverse("portal:message_check"), follow=True), contact(client)):
        assert case.number in answer.content.decode() and "留言已收到" in answer.content.decode()
    assert Suggestion.objects.count() == 1


def test_the_same_words_filled_in_again_after_going_back_make_no_second_case(client, people):
    leave(client, people)
    text = leave(client, people).content.decode()
    assert Suggestion.objects.count() == 1 and Suggestion.objects.get().number in text


def test_another_matter_afterwards_is_another_case_and_the_form_says_the_first_is_sent(client, people):
    leave(client, people)
    page = client.get(reverse("portal:leave_message", args=[people.town.pk])).content.decode()
    assert Suggestion.objects.get().number in page and "晚上看不清路。" not in page


def test_a_draft_is_encrypted_and_empty_once_it_is_sent(client, people):
    matter(client, people.town)
    contact(client)
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT data FROM portal_draft")
        assert "晚上" not in cursor.fetchone()[0]
    send(client)
    assert Draft.objects.get().data == ""


def test_a_draft_is_gone_after_a_day_and_its_files_with_it(client, people):
    matter(client, people.town, photos=[picture()])
    photo = DraftPhoto.objects.get()
    Draft.objects.update(changed_at=timezone.now() - drafts.EXPIRES - dt.timedelta(minutes=1))
    answer = client.get(reverse("portal:message_contact"), follow=True)  # also where the clock has not run yet
    assert "超过一天不提交，就会自动清除" in answer.content.decode()
    from django.test import TestCase

    with TestCase.captureOnCommitCallbacks(execute=True):
        assert erase_drafts() == 1
    assert not Draft.objects.exists() and not photo.file.storage.exists(photo.file.name)
    assert erase_drafts() == 0


def test_a_draft_that_is_being_written_stays(client, people):
    matter(client, people.town)
    erase_drafts()
    assert Draft.objects.count() == 1


def test_the_draft_is_cleared_on_a_press(client, people):
    matter(client, people.town)
    assert "已清除" in client.post(reverse("portal:message_discard"), follow=True).content.decode()
    assert not Draft.objects.exists()


def test_a_draft_belongs_to_its_browser(client, people):
    matter(client, people.town)
    contact(client)
    answer = Client().get(reverse("portal:message_check"), follow=True)
    assert "13900005678" not in answer.content.decode()


def test_a_station_that_closed_meanwhile_is_said(client, people):
    matter(client, people.town)
    contact(client)
    people.town.is_active = False
    people.town.save()
    assert "已停用" in send(client).content.decode() and not Suggestion.objects.exists()


def test_when_the_case_cannot_be_made_the_draft_and_its_photos_stay(client, people, monkeypatch):
    matter(client, people.town, photos=[picture()])
    contact(client)

    def fails(*args, **kwargs):
        raise RuntimeError("the disk is full")

    monkeypatch.setattr("suggestions.registration.record", fails)
    with pytest.raises(RuntimeError):
        send(client)
    photo = DraftPhoto.objects.get()
    assert photo.file.storage.exists(photo.file.name) and not Attachment.objects.exists()
    assert drafts.values_of(Draft.objects.get())["title"] == "村口路灯坏了"


# --- the receipt ----------------------------------------------------------------------------


def test_the_receipt_belongs_to_the_browser_that_sent(client, people):
    leave(client, people)
    assert Client().get(reverse("portal:receipt")).status_code == 302
    answer = client.get(reverse("portal:receipt"))
    assert answer.status_code == 200 and "no-store" in answer["Cache-Control"]


def test_the_link_of_the_receipt_opens_anywhere_for_a_month_and_opens_nothing_else(client, people, monkeypatch):
    text = leave(client, people).content.decode()
    link = re.search(r'href="(/receipt/[^"]+/)"', text)[1]
    elsewhere = Client()
    assert grouped(Suggestion.objects.get().query_code) in elsewhere.get(link).content.decode()
    assert elsewhere.get(reverse("portal:case")).status_code == 302
    import time

    later = time.time() + 31 * 24 * 3600
    monkeypatch.setattr("django.core.signing.time.time", lambda: later)
    assert elsewhere.get(link).status_code == 302


@pytest.mark.parametrize("made_up", ["1", "MQ:1abc:made-up", "%E4%B8%80"])
def test_no_receipt_is_guessed(client, people, made_up):
    leave(client, people)
    assert Client().get(f"/receipt/{made_up}/").status_code == 404


def test_the_receipt_does_not_promise_what_has_happened_already(client, people):
    leave(client, people)
    workflow.accept(Suggestion.objects.get().pk, by=people.town_staff)
    assert "联络站已经看过" in client.get(reverse("portal:receipt")).content.decode()


@pytest.mark.parametrize("name", ["leave_message", "message_contact", "message_check", "message_station", "receipt"])
def test_pages_of_the_message_window_take_few_queries(client, people, name, django_assert_max_num_queries):
    matter(client, people.town, photos=[picture() for _ in range(5)], deputy=people.deputy.pk)
    contact(client)
    if name == "receipt":
        send(client)
    args = [people.town.pk] if name == "leave_message" else []
    with django_assert_max_num_queries(8):
        assert client.get(reverse(f"portal:{name}", args=args)).status_code == 200
