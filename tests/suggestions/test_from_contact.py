"""An opinion heard on a visit becomes a case in one press."""

import pytest
from django.contrib.messages import get_messages
from django.urls import reverse
from django.utils import timezone

from deputies.models import Contact
from history.models import Event
from suggestions.models import RaisedContact, Suggestion
from tests import factories

PAGE = reverse("suggestions:register")


@pytest.fixture
def talk(people):
    one = factories.constituent(people.deputy)
    return factories.contact(one, way="visit", asked="村东桥栏杆断了，孩子上学不安全。", handling="答应去看")


def press(client, page, **change):
    """保存, with everything as the page came."""
    form, voters = page.context["form"], page.context["voters"]
    sent = {name: form[name].value() for name in form.fields if form[name].value() not in (None, False)}
    sent |= {f"voter-{n}-{name}": row[name].value() or "" for n, row in enumerate(voters) for name in row.fields}
    sent |= {"voter-TOTAL_FORMS": len(voters.forms), "voter-INITIAL_FORMS": len(voters.forms)}
    sent |= {"station": form.station.pk, "contact": page.context["contact"], "deputy": form.initial["deputy"]}
    return client.post(PAGE, sent | change)


@pytest.mark.parametrize("seat", ["deputy_user", "town_staff", "hub_staff"])
def test_the_register_page_is_filled_in_and_one_press_makes_the_case(people, talk, as_user, seat):
    client = as_user(getattr(people, seat))
    page = client.get(PAGE, {"contact": talk.pk})
    assert page.context["form"].station == people.town
    press(client, page)
    case = Suggestion.objects.get()
    assert (case.title, case.content, case.channel) == ("村东桥栏杆断了", talk.asked, "visit")
    assert (case.deputy, case.happened_on, case.opinion) == (people.deputy, talk.happened_on, "答应去看")
    voter = case.voters.get()
    assert (voter.name, voter.phone, voter.address) == ("孙长河", "13700001111", "甲村二组")
    assert RaisedContact.objects.get().contact == talk


def test_who_was_talked_with_at_once_becomes_one_joint_case(people, talk, as_user):
    Contact.objects.filter(pk=talk.pk).update(token="t1")
    two = factories.constituent(people.deputy, name="田月娥", phone="")
    factories.contact(two, token="t1")
    client = as_user(people.deputy_user)
    press(client, client.get(PAGE, {"contact": talk.pk}))
    assert {voter.name for voter in Suggestion.objects.get().voters.all()} == {"孙长河", "田月娥"}
    assert RaisedContact.objects.count() == 2


def test_what_became_a_case_leads_to_it(people, talk, as_user):
    client = as_user(people.deputy_user)
    press(client, client.get(PAGE, {"contact": talk.pk}))
    case = Suggestion.objects.get()
    again = client.get(PAGE, {"contact": talk.pk})
    assert again.url == reverse("suggestions:case", args=[case.pk])
    assert case.number in " ".join(map(str, get_messages(again.wsgi_request)))
    page = client.get(reverse("deputies:deputy_contacts", args=[people.deputy.pk])).content.decode()
    assert f"已登记为 {case.number}" in page


def test_it_goes_straight_on_from_the_log(people, talk, as_user):
    client = as_user(people.deputy_user)
    page = reverse("deputies:log_contact", args=[people.deputy.pk])
    sent = {"token": "x1", "constituents": talk.constituent_id, "way": "phone", "asked": "水压低", "raise": "1"}
    answer = client.post(page, sent | {"happened_on": timezone.localdate().isoformat()})
    assert answer.url == f"{PAGE}?contact={Contact.objects.get(token='x1').pk}"


@pytest.mark.parametrize("seat", ["other_town_staff", "other_deputy_user", "officer_user"])
def test_nobody_else_reads_a_talk_this_way(people, talk, as_user, seat):
    answer = as_user(getattr(people, seat)).get(PAGE, {"contact": talk.pk})
    assert answer.status_code == 403 and "孙长河" not in answer.content.decode()


@pytest.mark.parametrize("pk", ["0", "abc", "9" * 30, "-1"])
def test_a_key_that_is_none_is_refused(people, as_user, pk):
    assert as_user(people.deputy_user).get(PAGE, {"contact": pk}).status_code == 403


def test_to_show_the_person_is_an_event(people, talk, as_user):
    as_user(people.town_staff).get(PAGE, {"contact": talk.pk})
    assert Event.objects.filter(action="view_constituents", actor=people.town_staff).count() == 1


def test_a_case_that_is_not_saved_leaves_no_link(people, talk, as_user):
    client = as_user(people.deputy_user)
    press(client, client.get(PAGE, {"contact": talk.pk}), title="")
    assert not RaisedContact.objects.exists() and not Suggestion.objects.exists()


def test_what_became_a_case_cannot_be_deleted_from_the_log(people, talk, as_user):
    client = as_user(people.deputy_user)
    press(client, client.get(PAGE, {"contact": talk.pk}))
    answer = client.post(reverse("deputies:delete_contact", args=[talk.pk]))
    assert Contact.objects.filter(pk=talk.pk).exists()
    assert "已经转为意见登记" in " ".join(map(str, get_messages(answer.wsgi_request)))
