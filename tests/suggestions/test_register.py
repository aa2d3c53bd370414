"""The register page: who may, what is kept, what is refused in words, and that one form makes one case."""

import datetime as dt

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from deputies.models import Deputy
from suggestions.choices import State
from suggestions.models import Attachment, Suggestion, Voter
from tests import factories
from tests.suggestions.acts import events, photo

pytestmark = pytest.mark.django_db

PAGE = "/cases/register/"


@pytest.fixture
def people():
    return factories.cast()


def sheet(client, user, **query):
    client.force_login(user)
    return client.get(PAGE, query)


def typed(page, **fields):
    """The form of ``page`` as a clerk fills it in."""
    return {
        "station": page.context["form"].station.pk,
        "token": page.context["form"]["token"].value(),
        "channel": "reception",
        "deputy": "张为民",
        "happened_on": timezone.localdate().isoformat(),
        "title": "村口路灯不亮",
        "content": "三盏路灯坏了半个月。",
        "handling": "later",
        "voter-TOTAL_FORMS": "1",
        "voter-INITIAL_FORMS": "0",
        "voter-0-name": "赵小满",
        "voter-0-phone": "13800001234",
        "voter-0-address": "甲村三组",
        **fields,
    }


def save(client, user, **fields):
    return client.post(PAGE, typed(sheet(client, user), **fields))


def test_a_case_is_taken_down_and_its_slip_shown(client, people):
    answer = save(client, people.town_staff, demand="尽快修好", place="甲村口")
    case = Suggestion.objects.get()
    assert answer.url == reverse("suggestions:receipt", args=[case.pk])
    assert (case.state, case.station, case.deputy) == (State.REGISTERED, people.town, people.deputy)
    assert (case.demand, case.place, case.registered_by) == ("尽快修好", "甲村口", people.town_staff)
    voter = Voter.objects.get()
    assert (voter.name, voter.phone, voter.address) == ("赵小满", "13800001234", "甲村三组")
    assert case.may_publish is False


def test_the_field_is_judged_by_the_text_unless_chosen(client, people):
    save(client, people.town_staff)
    save(client, people.town_staff, field="education", title="另一件")
    assert list(Suggestion.objects.order_by("pk").values_list("field", flat=True)) == ["construction", "education"]


def test_answered_on_the_spot_in_one_press(client, people):
    save(client, people.town_staff, handling="spot", words="已当场联系供电所，今晚修好。")
    case = Suggestion.objects.get()
    assert (case.state, case.reply, case.on_the_spot) == (State.REPLIED, "已当场联系供电所，今晚修好。", True)
    assert events(case) == ["register", "answer"]


def test_an_answer_on_the_spot_needs_its_words(client, people):
    page = save(client, people.town_staff, handling="spot", words=" ")
    assert "请写明怎样答复的" in page.text
    assert not Suggestion.objects.exists()


def test_otherwise_the_words_are_the_handling_opinion(client, people):
    save(client, people.town_staff, words="建议交村镇建设中心。")
    assert Suggestion.objects.get().opinion == "建议交村镇建设中心。"


def test_an_officer_registers_but_does_not_answer_for_the_station(client, people):
    page = save(client, people.officer_user, handling="spot", words="解释了法律规定。")
    assert "请选“保存，待研判”" in page.text
    assert not Suggestion.objects.exists()
    save(client, people.officer_user)
    assert Suggestion.objects.get().registered_by == people.officer_user


def test_a_deputy_registers_and_answers_as_oneself(client, people):
    page = sheet(client, people.deputy_user)
    assert page.context["form"]["deputy"].value() == "张为民"
    client.post(PAGE, typed(page, channel="visit", handling="spot", words="当场说清楚了。"))
    assert Suggestion.objects.get().state == State.REPLIED


def test_a_department_does_not_register(client, people):
    assert sheet(client, people.clerk).status_code == 403


# --- one form, one case -------------------------------------------------------------------


def test_the_same_form_sent_twice_makes_one_case(client, people):
    form = typed(sheet(client, people.town_staff))
    first, second = client.post(PAGE, form), client.post(PAGE, form)
    assert first.url == second.url
    assert Suggestion.objects.count() == 1
    assert Voter.objects.count() == 1
    assert "没有重复保存" in client.get(second.url).text


def test_answered_on_the_spot_and_sent_twice_is_answered_once(client, people):
    form = typed(sheet(client, people.town_staff), handling="spot", words="说清楚了。")
    client.post(PAGE, form)
    assert client.post(PAGE, form).status_code == 302
    assert events(Suggestion.objects.get()) == ["register", "answer"]


def test_another_matter_typed_over_the_old_form_is_not_lost(client, people):
    form = typed(sheet(client, people.town_staff))
    client.post(PAGE, form)
    changed = {**form, "title": "排水沟堵了", "content": "漫到院子里。", "voter-0-name": "钱有才", "voter-0-phone": ""}
    page = client.post(PAGE, changed)
    assert "这张表刚才已经保存过一次" in page.text
    assert "漫到院子里。" in page.text
    assert Suggestion.objects.count() == 1
    fresh = page.context["form"]["token"].value()
    assert fresh != form["token"]
    client.post(PAGE, {**changed, "token": fresh})
    assert Suggestion.objects.filter(title="排水沟堵了").count() == 1


def test_the_same_words_on_a_page_loaded_anew_are_asked_about(client, people):
    save(client, people.town_staff)
    page = save(client, people.town_staff)
    made = Suggestion.objects.get()
    assert f"同样的内容刚才已经登记为 {made.number}" in page.text
    client.post(PAGE, typed(page, twin=made.pk))
    assert Suggestion.objects.count() == 2


def test_somebody_else_s_form_leads_nowhere(client, people):
    form = typed(sheet(client, people.town_staff))
    client.post(PAGE, form)
    client.force_login(people.hub_staff)
    page = client.post(PAGE, form)
    assert page.status_code == 200
    assert "已经过期" in page.text
    assert Suggestion.objects.count() == 1


# --- where --------------------------------------------------------------------------------


def test_the_county_office_chooses_the_station(client, people):
    page = sheet(client, people.hub_staff, station=people.other_town.pk)
    client.post(PAGE, typed(page, deputy="李建设"))
    assert Suggestion.objects.get().station == people.other_town


def test_the_last_station_is_kept_for_the_next_case(client, people):
    page = sheet(client, people.hub_staff, station=people.other_town.pk)
    client.post(PAGE, typed(page, deputy=""))
    assert client.get(PAGE).context["form"].station == people.other_town


@pytest.mark.parametrize("station", ["other_town", "hub"])
def test_a_station_that_is_not_one_s_own_is_refused(client, people, station):
    number = getattr(people, station).pk
    assert sheet(client, people.town_staff, station=number).status_code == 403
    assert save(client, people.town_staff, station=number).status_code == 403
    assert not Suggestion.objects.exists()


@pytest.mark.parametrize("station", ["", "x", "0", "9" * 30])
def test_a_station_that_is_no_number_is_refused(client, people, station):
    assert save(client, people.town_staff, station=station).status_code == 403


# --- the deputy ---------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["张为民", " 张为民 ", "zwm", "ZWM"])
def test_the_deputy_by_name_or_initials(client, people, name):
    save(client, people.town_staff, deputy=name)
    assert Suggestion.objects.get().deputy == people.deputy


@pytest.mark.parametrize("name", ["李建设", "没有这人"])
def test_a_deputy_of_another_township_is_not_on_the_list(client, people, name):
    page = save(client, people.town_staff, deputy=name)
    assert "本站没有这位在任代表" in page.text
    assert not Suggestion.objects.exists()


def test_two_deputies_of_one_name_are_told_apart(client, people):
    Deputy.objects.create(county=people.county, name="张为民", level="township", home_station=people.town)
    page = save(client, people.town_staff, deputy="张为民")
    assert "有 2 位" in page.text
    save(client, people.town_staff, deputy="张为民（乡镇代表）")
    assert Suggestion.objects.get().deputy.level == "township"


def test_a_suspended_deputy_is_not_offered(client, people):
    people.deputy.status = "suspended"
    people.deputy.save()
    assert "张为民" not in sheet(client, people.town_staff).context["form"].offered


def test_nobody_received_is_fine(client, people):
    save(client, people.town_staff, deputy="", channel="letter")
    assert Suggestion.objects.get().deputy is None


# --- the voters ---------------------------------------------------------------------------


def test_a_joint_case_keeps_everybody(client, people):
    more = {"voter-TOTAL_FORMS": "3", "voter-1-name": "钱有才", "voter-1-phone": "13900005678", "voter-2-name": ""}
    save(client, people.town_staff, **more)
    assert [voter.name for voter in Voter.objects.all()] == ["赵小满", "钱有才"]


def test_one_more_row_without_javascript_keeps_what_is_typed_and_judges_nothing(client, people):
    page = save(client, people.town_staff, more="1", title="", **{"voter-0-phone": "12"})
    assert page.context["voters"].total_form_count() == 2
    assert "voter-1-name" in page.text
    assert "三盏路灯坏了半个月。" in page.text
    assert 'value="赵小满"' in page.text
    assert "还不能提交" not in page.text
    assert not Suggestion.objects.exists()


@pytest.mark.parametrize(
    ("number", "kept"),
    [
        ("１３８００００１２３４", "13800001234"),
        ("138 0000-1234", "13800001234"),
        ("+86 13800001234", "13800001234"),
        ("0391-8681234", "03918681234"),
        ("(0391)8681234", "03918681234"),
        ("8681234", "8681234"),
        ("", ""),
    ],
)
def test_phone_numbers_as_people_write_them(client, people, number, kept):
    save(client, people.town_staff, **{"voter-0-phone": number})
    assert Voter.objects.get().phone == kept


@pytest.mark.parametrize("number", ["1380000123", "23800001234", "abc", "138000012345"])
def test_a_wrong_phone_number_is_explained(client, people, number):
    page = save(client, people.town_staff, **{"voter-0-phone": number})
    assert "手机号是 11 位" in page.text
    assert not Suggestion.objects.exists()


def test_the_same_phone_twice_is_a_slip(client, people):
    page = save(client, people.town_staff, **{"voter-TOTAL_FORMS": "2", "voter-1-phone": "13800001234"})
    assert "同一个电话" in page.text
    assert not Suggestion.objects.exists()


def test_nobody_has_to_give_a_name(client, people):
    save(client, people.town_staff, **{"voter-0-name": "", "voter-0-phone": "", "voter-0-address": ""})
    assert Suggestion.objects.count() == 1
    assert not Voter.objects.exists()


@pytest.mark.parametrize(
    "field", ["title", "content", "demand", "place", "words", "voter-0-name", "voter-0-phone", "voter-0-address"]
)
def test_an_id_number_is_refused_in_every_field(client, people, field):
    page = save(client, people.town_staff, **{field: "410822199003078888"})
    assert "不登记身份证号" in page.text
    assert not Suggestion.objects.exists()


# --- what is typed ------------------------------------------------------------------------


def test_8000_characters_are_taken_and_one_more_is_explained(client, people):
    page = save(client, people.town_staff, content="路" * 8001)
    assert "最多 8000 字，现在是 8001 字" in page.text
    assert "路" * 8001 in page.text
    save(client, people.town_staff, content="路" * 8000)
    assert len(Suggestion.objects.get().content) == 8000


def test_emoji_and_full_width_digits(client, people):
    save(client, people.town_staff, title="３号路灯不亮😡", content="从１０月起不亮，请修🙏。")
    case = Suggestion.objects.get()
    assert (case.title, case.content) == ("3号路灯不亮😡", "从10月起不亮，请修🙏。")


def test_invisible_characters_do_not_come_in(client, people):
    save(client, people.town_staff, title="路灯\u202e不亮\u200b", content="坏了\x00很久。")
    case = Suggestion.objects.get()
    assert (case.title, case.content) == ("路灯不亮", "坏了很久。")


@pytest.mark.parametrize(
    ("days", "message"), [(1, "反映日期不能晚于今天"), (400, "反映日期不能晚于今天"), (-367, "反映日期超过一年")]
)
def test_dates_that_cannot_be_are_explained(client, people, days, message):
    day = timezone.localdate() + dt.timedelta(days=days)
    page = save(client, people.town_staff, happened_on=day.isoformat())
    assert message in page.text
    assert "三盏路灯坏了半个月。" in page.text
    assert not Suggestion.objects.exists()


@pytest.mark.parametrize("day", ["2026年11月2日", "2026/11/2", "２０２６－１１－０２"])
def test_dates_as_people_write_them(client, people, day):
    page = save(client, people.town_staff, happened_on=day)
    assert page.status_code == 302 or "反映日期" in page.text
    assert "日期不对" not in page.text


@pytest.mark.parametrize("field", ["title", "content"])
@pytest.mark.parametrize("value", ["", "   ", "\u200b"])
def test_title_and_content_are_needed(client, people, field, value):
    page = save(client, people.town_staff, **{field: value})
    assert "请填写。" in page.text
    assert not Suggestion.objects.exists()


@pytest.mark.parametrize("channel", ["", "web", "pigeon"])
def test_only_channels_of_the_office(client, people, channel):
    assert save(client, people.town_staff, channel=channel).status_code == 200
    assert not Suggestion.objects.exists()


def test_files_come_along(client, people):
    save(client, people.town_staff, files=[photo("一.jpg"), photo("二.jpg")])
    assert [file.name for file in Suggestion.objects.get().attachments.all()] == ["一.jpg", "二.jpg"]


def test_a_program_named_like_a_picture_saves_nothing(client, people):
    page = save(client, people.town_staff, files=SimpleUploadedFile("照片.jpg", b"MZ\x90\x00" + b"\x00" * 99))
    assert "内容不是jpg文件" in page.text
    assert "三盏路灯坏了半个月。" in page.text
    assert not Suggestion.objects.exists()
    assert not Attachment.objects.exists()


def test_the_voter_is_told_what_for(client, people):
    page = sheet(client, people.town_staff)
    assert "只用于办理、回复和回访这件意见" in page.text
    assert "不登记身份证号" in page.text


def test_enter_and_ctrl_enter_save_instead_of_adding_a_row(client, people):
    text = sheet(client, people.town_staff).text
    form = text[text.index('class="sheet register"') :]
    assert form.index('type="submit"') < form.index('name="more"')
    assert 'name="more"' not in form[: form.index("</button>")]


def test_the_field_is_guessed_while_typing(client, people):
    client.force_login(people.town_staff)
    answer = client.post(reverse("suggestions:guess"), {"title": "小学放学堵车", "content": "校门口学生多"})
    assert answer.text == "看起来是“教育文体”"
    assert client.post(reverse("suggestions:guess"), {"title": "嗯"}).text == ""


def test_the_next_visitor_shares_channel_deputy_and_day(client, people):
    yesterday = timezone.localdate() - dt.timedelta(days=1)
    save(client, people.town_staff, channel="visit", happened_on=yesterday.isoformat())
    form = sheet(client, people.town_staff, again=Suggestion.objects.get().pk).context["form"]
    assert (form["channel"].value(), form["deputy"].value(), form["happened_on"].value()) == (
        "visit",
        "张为民",
        yesterday,
    )
    assert not form["title"].value()


@pytest.mark.parametrize("again", ["x", "-1", "999999", "9" * 40])
def test_an_unknown_last_case_is_no_error(client, people, again):
    assert sheet(client, people.town_staff, again=again).status_code == 200
