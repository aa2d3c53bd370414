"""The desk page: one visitor after the other, by keyboard, nothing lost, nothing twice."""

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from history.models import Event
from receptions import sittings
from receptions.models import DayState, Duty, ReceptionDay
from suggestions.choices import Channel, State
from suggestions.forms_entry import title_of
from suggestions.models import Suggestion
from suggestions.registration import VoterData
from tests import factories
from tests.suggestions.acts import events

CONTENT = "村东头排水渠堵了。一下雨水就漫到院子里，希望清一清。"


@pytest.fixture
def day(people):
    day = factories.reception_day(people, timezone.localdate())
    factories.on_duty(day, people.deputy)
    sittings.open_day(day.pk, by=people.town_staff)
    duty = Duty.objects.get(day=day)
    sittings.sign_in(day.pk, duty.pk, badge=True, by=people.town_staff)
    return ReceptionDay.objects.get(pk=day.pk)


def desk(day):
    return reverse("suggestions:desk", args=[day.pk])


def entry(people, **fields):
    return {
        "token": "token-1",
        "phone": "138 0000 1234",
        "name": "赵小满",
        "address": "甲村三组",
        "content": CONTENT,
        "deputy": people.deputy.pk,
        "field": "",
        "handling": "later",
        "words": "请镇村镇建设中心清淤。",
        "officer_help": "",
        **fields,
    }


def send(client: Client, people, day, **fields):
    return client.post(desk(day), entry(people, **fields))


# --- entries ------------------------------------------------------------------------------


def test_an_entry_is_a_case_of_the_day(people, day, as_user):
    answer = send(as_user(people.town_staff), people, day, officer_help="王法官讲解了相邻权")
    case = Suggestion.objects.get()
    assert answer["Location"] == f"{desk(day)}?done={case.pk}"
    assert (case.reception_day, case.deputy, case.channel, case.happened_on) == (
        day,
        people.deputy,
        Channel.RECEPTION,
        day.date,
    )
    assert (case.title, case.content, case.opinion) == ("村东头排水渠堵了", CONTENT, "请镇村镇建设中心清淤。")
    assert case.officer_help == "王法官讲解了相邻权" and case.field
    voter = case.voters.get()
    assert (voter.name, voter.phone, voter.address) == ("赵小满", "13800001234", "甲村三组")


def test_answered_on_the_spot_is_registered_and_replied_in_one(people, day, as_user):
    send(as_user(people.town_staff), people, day, handling="spot", words="已经联系村里今天就清。")
    case = Suggestion.objects.get()
    assert (case.state, case.reply, case.on_the_spot, case.opinion) == (
        State.REPLIED,
        "已经联系村里今天就清。",
        True,
        "",
    )
    assert events(case) == ["register", "answer"]


def test_when_the_answer_cannot_be_stored_there_is_no_case_either(people, day, as_user, monkeypatch):
    from suggestions import entries

    def broken(*args, **kwargs):
        raise RuntimeError("disk full")

    monkeypatch.setattr(entries.workflow, "answer", broken)
    with pytest.raises(RuntimeError):
        send(as_user(people.town_staff), people, day, handling="spot", words="当场说明。")
    assert not Suggestion.objects.exists()


def test_the_same_form_sent_twice_makes_one_case(people, day, as_user):
    client = as_user(people.town_staff)
    send(client, people, day)
    again = client.post(desk(day), entry(people), follow=True)
    assert Suggestion.objects.count() == 1 and "没有重复保存" in again.text


def test_another_matter_on_a_form_that_was_saved_is_kept_for_one_more_press(people, day, as_user):
    client = as_user(people.town_staff)
    send(client, people, day)
    page = send(client, people, day, content="路灯坏了。")
    assert page.status_code == 200 and "路灯坏了。" in page.text and "已经保存过一次" in page.text
    assert 'value="token-1"' not in page.text and Suggestion.objects.count() == 1


def test_after_saving_the_form_is_empty_but_for_the_deputy(people, day, as_user):
    client = as_user(people.town_staff)
    page = client.post(desk(day), entry(people), follow=True)
    form = page.context["form"]
    assert form["deputy"].value() == str(people.deputy.pk)
    assert [form[name].value() for name in ("phone", "name", "address", "content", "words")] == [None] * 5
    assert "token-1" not in page.text and "打印回执" in page.text


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("phone", "1380000", "电话号码不对"),
        ("content", "", "请填写。"),
        ("content", "身份证 410822196505051234", "不登记身份证号"),
        ("words", "", "请写明怎样答复的"),
        ("deputy", "987654", ""),
    ],
)
def test_what_is_refused_keeps_everything_typed(people, day, as_user, field, value, words):
    page = send(as_user(people.town_staff), people, day, handling="spot", **{field: value})
    assert page.status_code == 200 and words in page.text and not Suggestion.objects.exists()
    for name, typed in entry(people, **{field: value}).items():
        if name not in ("token", "handling", "deputy", "field"):
            assert page.context["form"][name].value() == typed


def test_closed_meanwhile_is_said_on_the_form_and_nothing_is_lost(people, day, as_user):
    ReceptionDay.objects.filter(pk=day.pk).update(state=DayState.CLOSED)
    page = send(as_user(people.deputy_user), people, day)
    assert page.status_code == 200 and "已经结束" in page.text and CONTENT in page.text


def test_a_deputy_taken_off_the_roster_meanwhile_is_said(people, day, as_user):
    client = as_user(people.town_staff)
    Duty.objects.all().delete()
    page = send(client, people, day)
    assert page.status_code == 200 and CONTENT in page.text and not Suggestion.objects.exists()


def test_paper_forms_are_brought_in_after_the_close(people, day, as_user):
    ReceptionDay.objects.filter(pk=day.pk).update(state=DayState.CLOSED, closed_at=timezone.now())
    client = as_user(people.town_staff)
    assert 'id="entry"' not in client.get(desk(day)).text
    assert "补登纸质登记表" in client.get(desk(day), {"entry": "1"}).text
    send(client, people, day)
    assert Suggestion.objects.get().reception_day == day


# --- who ----------------------------------------------------------------------------------


def test_the_deputy_on_duty_takes_down_and_answers_on_the_phone(people, day, as_user):
    client = as_user(people.deputy_user)
    assert client.get(desk(day)).context["form"]["deputy"].value() == str(people.deputy.pk)
    send(client, people, day, handling="spot", words="当场说明了政策。")
    assert Suggestion.objects.get().state == State.REPLIED


def test_a_deputy_sees_no_buttons_of_the_office_and_no_cases_of_others(people, day, as_user):
    Duty.objects.create(day=day, deputy=people.other_deputy)
    case = factories.register(people, reception_day=day)
    page = as_user(people.other_deputy_user).get(desk(day)).text
    assert case.number not in page and "签到，已戴" not in page and "结束接待" not in page


def test_an_officer_takes_down_but_does_not_answer(people, day, as_user):
    client = as_user(people.officer_user)
    refused = send(client, people, day, handling="spot", words="可以起诉。")
    assert "由接待代表或本站工作人员登记" in refused.text
    send(client, people, day)
    assert Suggestion.objects.count() == 1


def test_who_is_not_on_duty_has_no_desk(people, day, as_user):
    for seat in ("other_deputy_user", "clerk", "other_town_staff", "point_staff"):
        assert as_user(getattr(people, seat)).get(desk(day)).status_code == 403


# --- known visitors -----------------------------------------------------------------------


def known(client, day, phone):
    return client.post(reverse("suggestions:recognised", args=[day.pk]), {"phone": phone}).text


def test_a_visitor_of_the_station_is_known_by_the_number_and_the_look_is_kept(people, day, as_user):
    case = factories.register(people)
    page = known(as_user(people.town_staff), day, "138-0000-1234")
    assert 'data-name="赵小满"' in page and 'data-address="甲村三组"' in page and case.number in page
    look = Event.objects.filter(chain=case.chain, action="view_contact").get()
    assert look.actor == people.town_staff and look.after["at_desk"] == day.pk


def test_a_number_nobody_knows_leaves_no_event(people, day, as_user):
    case = factories.register(people)
    assert "没有这个电话" in known(as_user(people.town_staff), day, "13999999999")
    assert "view_contact" not in events(case)


def test_a_visitor_of_another_station_is_not_known_here(people, day, as_user):
    factories.register(people, by=people.hub_staff, station=people.other_town, deputy=None)
    assert "赵小满" not in known(as_user(people.hub_staff), day, "13800001234")


def test_an_officer_learns_nobodys_name_by_a_number(people, day, as_user):
    factories.register(people)
    assert "赵小满" not in known(as_user(people.officer_user), day, "13800001234")


def test_a_deputy_knows_only_the_own_visitors(people, day, as_user):
    Duty.objects.create(day=day, deputy=people.other_deputy)
    factories.register(people)
    assert "赵小满" in known(as_user(people.deputy_user), day, "13800001234")
    assert "赵小满" not in known(as_user(people.other_deputy_user), day, "13800001234")


def test_an_erased_visitor_is_not_known(people, day, as_user):
    case = factories.register(people)
    case.voters.update(erased_at=timezone.now())
    assert "赵小满" not in known(as_user(people.town_staff), day, "13800001234")


def test_without_scripts_the_visitor_is_looked_up_and_nothing_typed_is_lost(people, day, as_user):
    factories.register(people)
    typed = entry(people, name="", address="乙村", content="还没写完", find="1")
    page = as_user(people.town_staff).post(desk(day), typed)
    form = page.context["form"]
    assert (form["name"].value(), form["address"].value(), form["content"].value()) == ("赵小满", "乙村", "还没写完")
    assert Suggestion.objects.filter(reception_day=day).count() == 0 and "请填写。" not in page.text


# --- the page -----------------------------------------------------------------------------


def test_the_page_costs_a_dozen_queries_however_many_entries(people, day, as_user, django_assert_max_num_queries):
    for number in range(8):
        voter = VoterData(name="钱有才", phone=f"1390000567{number}")
        factories.register(people, reception_day=day, voters=[voter])
    client = as_user(people.town_staff)
    client.get(desk(day))
    with django_assert_max_num_queries(12):
        page = client.get(desk(day))
    assert len(page.context["rows"]) == 8


def test_the_list_masks_names_and_links_to_each_case(people, day, as_user):
    case = factories.register(people, reception_day=day)
    page = as_user(people.town_staff).get(desk(day)).text
    assert (
        reverse("suggestions:case", args=[case.pk]) in page and reverse("suggestions:classify", args=[case.pk]) in page
    )
    assert "赵**" in page and "赵小满" not in page and "13800001234" not in page


def test_before_the_start_there_is_no_form(people, as_user):
    day = factories.reception_day(people, timezone.localdate())
    page = as_user(people.town_staff).get(desk(day)).text
    assert 'id="entry"' not in page and ">开始接待<" in page.replace("</i> ", "</i>").replace("</i>", ">")


def test_today_leads_to_the_one_desk_there_is(people, day, as_user):
    assert as_user(people.town_staff).get(reverse("suggestions:desk_today"))["Location"] == desk(day)
    factories.reception_day(people, timezone.localdate(), station=people.other_town)
    page = as_user(people.hub_staff).get(reverse("suggestions:desk_today"))
    assert page.status_code == 200 and people.other_town.name in page.text


def test_the_next_day_is_named_where_today_has_none(people, as_user):
    day = factories.reception_day(people, timezone.localdate() + dt.timedelta(days=3))
    assert desk(day) in as_user(people.town_staff).get(reverse("suggestions:desk_today")).text


@pytest.mark.parametrize(
    ("content", "title"),
    [
        ("路灯坏了。已经半个月。", "路灯坏了"),
        ("路灯坏了", "路灯坏了"),
        (
            "村东头三组门口的路灯从上个月初开始就不亮，孩子晚上放学看不见路，很危险",
            "村东头三组门口的路灯从上个月初开始就不亮",
        ),
        ("字" * 60, "字" * 29 + "…"),
        ("。。。", "。。。"),
    ],
)
def test_the_first_sentence_is_the_title(content, title):
    assert title_of(content) == title


# --- the printed register -----------------------------------------------------------------


def sheet(client, day, **query):
    return client.get(reverse("suggestions:register_sheet", args=[day.pk]), query)


def test_the_filled_register_has_the_visitors_and_leaves_events(people, day, as_user):
    case = factories.register(people, reception_day=day, opinion="请村里清淤。")
    page = sheet(as_user(people.town_staff), day).text
    for words in (case.number, "赵小满", "13800001234", "甲村三组", "请村里清淤。", "签名", "张为民"):
        assert words in page
    assert Event.objects.filter(chain=day.chain, action="print_register").get().actor == people.town_staff
    assert "view_contact" in events(case)


def test_the_blank_register_has_rows_and_no_event(people, day, as_user):
    case = factories.register(people, reception_day=day)
    page = sheet(as_user(people.town_staff), day, blank="15").text
    assert page.count('<tr class="blank">') == 15 and "赵小满" not in page
    assert not Event.objects.filter(chain=day.chain, action="print_register").exists()
    assert "view_contact" not in events(case)


@pytest.mark.parametrize(("asked", "rows"), [("0", 1), ("99999", 200), ("x", 10), ("", 10)])
def test_an_odd_number_of_blank_rows_is_made_sensible(people, day, as_user, asked, rows):
    assert sheet(as_user(people.town_staff), day, blank=asked).text.count('<tr class="blank">') == rows


def test_the_register_is_for_the_office(people, day, as_user):
    assert sheet(as_user(people.deputy_user), day).status_code == 403
