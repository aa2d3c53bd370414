"""A deputy's list and log: who writes, what is kept, what is refused, what leaves a trace."""

import datetime as dt

import pytest
from django.contrib.messages import get_messages
from django.urls import reverse
from django.utils import timezone

from deputies.models import Constituent, Contact
from history.log import broken_links
from history.models import Event
from stations.models import Rules
from tests import factories


def url(name, pk):
    return reverse(f"deputies:{name}", args=[pk])


def log(client, deputy, *people, **data):
    """The form as opened and sent."""
    page = client.get(url("log_contact", deputy.pk))
    typed = {
        "token": page.context["form"]["token"].value(),
        "constituents": [one.pk for one in people],
        "way": "visit",
        "happened_on": timezone.localdate().isoformat(),
        "summary": "问了收成。",
    }
    return client.post(url("log_contact", deputy.pk), typed | data)


def said(answer):
    return " ".join(str(message) for message in get_messages(answer.wsgi_request))


@pytest.fixture
def one(people):
    return factories.constituent(people.deputy)


def test_a_deputy_writes_down_a_talk_with_several_people_at_once(people, one, as_user):
    two = factories.constituent(people.deputy, name="田月娥", phone="")
    answer = log(as_user(people.deputy_user), people.deputy, one, two, asked="路灯不亮")
    assert answer.url == url("deputy_contacts", people.deputy.pk)
    rows = Contact.objects.order_by("pk")
    assert [row.constituent for row in rows] == [one, two]
    assert {(row.way, row.asked, row.entered_by, row.deputy) for row in rows} == {
        ("visit", "路灯不亮", people.deputy_user, people.deputy)
    }


def test_staff_write_it_down_for_the_deputy_and_the_page_says_so(people, one, as_user):
    client = as_user(people.town_staff)
    log(client, people.deputy, one)
    assert f"{people.town_staff.name}代填" in client.get(url("deputy_contacts", people.deputy.pk)).content.decode()


def test_the_same_form_sent_twice_makes_one_entry(people, one, as_user):
    client = as_user(people.deputy_user)
    token = {"token": "t" * 20}
    log(client, people.deputy, one, **token)
    log(client, people.deputy, one, **token)
    assert Contact.objects.count() == 1


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"constituents": []}, "请选联系了哪位群众"),
        ({"constituents": ["999999"]}, "所选群众已不在名单里"),
        ({"happened_on": "2999-01-01"}, "不能晚于今天"),
        ({"happened_on": "2001-01-01"}, "超过一年"),
        ({"happened_on": "昨天"}, "日期不对"),
        ({"way": "fax"}, "fax"),
        ({"asked": "长" * 4001}, "最多 4000 字"),
        ({"summary": "身份证 410822196801011234"}, "不登记身份证号"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_kept(people, one, as_user, change, words):
    answer = log(as_user(people.deputy_user), people.deputy, one, **change)
    assert answer.status_code == 200 and words in answer.content.decode()
    assert not Contact.objects.exists()


def test_what_was_typed_stays_after_a_mistake(people, one, as_user):
    answer = log(as_user(people.deputy_user), people.deputy, one, asked="桥栏杆断了", happened_on="")
    assert "桥栏杆断了" in answer.content.decode()
    assert answer.context["form"].cards == [(one, True)]


def test_somebody_elses_constituent_cannot_be_slipped_in(people, one, as_user):
    theirs = factories.constituent(people.other_deputy)
    log(as_user(people.deputy_user), people.deputy, theirs)
    assert not Contact.objects.exists()


def test_without_a_list_the_form_leads_to_making_one(people, as_user):
    answer = as_user(people.deputy_user).get(url("log_contact", people.deputy.pk))
    assert answer.url == url("add_constituent", people.deputy.pk)


def test_an_entry_is_corrected_and_its_month_follows(people, one, as_user):
    row = factories.contact(one)
    day = timezone.localdate() - dt.timedelta(days=40)
    sent = {"way": "visit", "happened_on": day.isoformat(), "asked": "修桥"}
    as_user(people.deputy_user).post(url("edit_contact", row.pk), sent)
    row.refresh_from_db()
    assert (row.way, row.happened_on, row.month, row.asked) == ("visit", day, day.replace(day=1), "修桥")


def test_a_wrong_entry_is_deleted_with_a_trace(people, one, as_user):
    row = factories.contact(one)
    as_user(people.town_staff).post(url("delete_contact", row.pk))
    assert not Contact.objects.exists()
    event = Event.objects.get(action="contact_delete")
    assert event.before["constituent"] == one.pk and "孙长河" not in str(event.before) + event.note


def test_a_list_is_made_one_after_another(people, as_user):
    client = as_user(people.deputy_user)
    sent = {"name": "孙长河", "phone": "137 0000 1111", "address": "甲村二组"}
    assert client.post(url("add_constituent", people.deputy.pk), sent | {"more": "1"}).url == url(
        "add_constituent", people.deputy.pk
    )
    one = Constituent.objects.get()
    assert (one.name, one.phone, one.address, one.since) == ("孙长河", "13700001111", "甲村二组", timezone.localdate())


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"name": ""}, "请填写"),
        ({"phone": "12345"}, "电话号码不对"),
        ({"phone": "13700001111"}, "已经在这名代表的联系名单里"),
        ({"name": "410822196801011234"}, "不登记身份证号"),
    ],
)
def test_a_wrong_constituent_is_refused_in_words(people, one, as_user, change, words):
    sent = {"name": "田月娥", "phone": "", "address": ""} | change
    answer = as_user(people.deputy_user).post(url("add_constituent", people.deputy.pk), sent)
    assert words in answer.content.decode() and Constituent.objects.count() == 1


def test_who_is_taken_off_the_list_keeps_the_talks(people, one, as_user):
    factories.contact(one)
    client = as_user(people.deputy_user)
    client.post(url("end_constituent", one.pk))
    page = client.get(url("deputy_contacts", people.deputy.pk))
    assert page.context["people"] == [] and page.context["done"] == 1


def test_personal_data_is_erased_on_request_and_the_count_stays(people, one, as_user):
    factories.contact(one, asked="孙长河家门口的路", handling="记下了")
    as_user(people.town_staff).post(url("erase_constituent", one.pk))
    one.refresh_from_db()
    row = one.contacts.get()
    assert (one.name, one.phone, one.phone_index, one.address) == ("", "", "", "")
    assert (row.summary, row.asked, row.handling) == ("", "", "") and one.erased_at
    page = as_user(people.town_staff).get(url("deputy_contacts", people.deputy.pk))
    assert page.context["done"] == 1 and "（已删除）" in page.content.decode()


def test_what_is_erased_cannot_be_written_anew(people, one, as_user):
    client = as_user(people.deputy_user)
    client.post(url("erase_constituent", one.pk))
    answer = client.post(url("edit_constituent", one.pk), {"name": "孙长河"})
    one.refresh_from_db()
    assert one.name == "" and "已经删除" in answer.content.decode()


def test_staff_see_stars_until_they_ask_and_each_day_of_looking_is_an_event(people, one, as_user):
    client = as_user(people.town_staff)
    page = client.get(url("deputy_contacts", people.deputy.pk)).content.decode()
    assert "孙**" in page and "孙长河" not in page and "13700001111" not in page
    assert not Event.objects.filter(action="view_constituents").exists()
    for _ in range(2):
        assert "13700001111" in client.post(url("reveal_constituents", people.deputy.pk)).content.decode()
    event = Event.objects.get(action="view_constituents")
    assert (event.actor, event.after, event.address) == (people.town_staff, {"deputy": people.deputy.pk}, "127.0.0.1")


@pytest.mark.parametrize("page", ["log_contact", "edit_constituent"])
def test_forms_that_show_names_leave_the_same_event(people, one, as_user, page):
    pk = one.pk if page == "edit_constituent" else people.deputy.pk
    assert "孙长河" in as_user(people.town_staff).get(url(page, pk)).content.decode()
    assert Event.objects.filter(action="view_constituents", actor=people.town_staff).count() == 1


def test_the_deputy_reads_the_own_list_in_full(people, one, as_user):
    page = as_user(people.deputy_user).get(url("deputy_contacts", people.deputy.pk)).content.decode()
    assert "孙长河" in page and "tel:13700001111" in page
    assert Event.objects.filter(action="view_constituents", actor=people.deputy_user).count() == 1


def test_a_quota_lowered_below_the_list_loses_nobody_and_says_so(people, as_user):
    for number in range(5):
        factories.constituent(people.deputy, phone=f"1370000222{number}")
    Rules.objects.filter(county=people.county).update(county_contacts=3)
    page = as_user(people.deputy_user).get(url("deputy_contacts", people.deputy.pk))
    assert len(page.context["people"]) == 5 and "名单比规定多 2 名" in page.content.decode()


def test_every_change_is_an_event_of_the_county_without_names(people, as_user):
    client = as_user(people.deputy_user)
    client.post(url("add_constituent", people.deputy.pk), {"name": "孙长河", "phone": "13700001111", "address": "甲村"})
    one = Constituent.objects.get()
    client.post(url("edit_constituent", one.pk), {"name": "孙长河", "phone": "13700001112", "address": "甲村"})
    log(client, people.deputy, one)
    client.post(url("edit_contact", Contact.objects.get().pk), {"way": "phone", "happened_on": timezone.localdate()})
    client.post(url("end_constituent", one.pk))
    events = Event.objects.filter(chain=people.county.chain, actor=people.deputy_user)
    actions = [event.action for event in events if event.action != "view_constituents"]
    assert actions == ["constituent_add", "constituent_edit", "contact_log", "contact_edit", "constituent_end"]
    told = "".join(f"{event.before}{event.after}{event.note}" for event in events)
    assert "孙长河" not in told and "1370000" not in told
    assert list(broken_links(people.county.chain)) == []
