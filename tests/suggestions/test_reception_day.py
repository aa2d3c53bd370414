"""A case that was told on a reception day: which day, which deputy, which date, and where that shows."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from receptions.models import DayState, Duty, ReceptionDay
from receptions.sittings import SittingError
from suggestions.choices import Channel
from suggestions.errors import NotAllowed, WorkflowError
from suggestions.models import Suggestion
from suggestions.registration import VoterData
from tests import factories
from tests.suggestions.acts import again
from tests.suggestions.ledgers import asked, found


@pytest.fixture
def day(people):
    day = factories.reception_day(people, timezone.localdate(), state=DayState.OPEN, opened_at=timezone.now())
    factories.on_duty(day, people.deputy)
    return day


def test_a_case_knows_its_day_and_has_its_date(people, day):
    case = factories.register(people, reception_day=day, officer_help="  王法官讲解了诉讼程序 ")
    case.refresh_from_db()
    assert (case.reception_day, case.happened_on, case.officer_help) == (day, day.date, "王法官讲解了诉讼程序")


def test_a_search_finds_what_was_taken_down_since_the_table_was_changed(people, day):
    case = factories.register(people, reception_day=day, title="灌溉水渠塌方")
    assert found(people.town_staff, q="水渠") == [case.number]


def test_the_deputy_is_one_on_duty_or_none(people, day):
    assert factories.register(people, reception_day=day, deputy=None).deputy is None
    with pytest.raises(SittingError, match="李建设不在这一天的值班代表里"):
        factories.register(people, reception_day=day, deputy=people.other_deputy)


def test_the_day_is_that_of_the_station(people, day):
    with pytest.raises(WorkflowError, match="不是这个站点"):
        factories.register(people, reception_day=day, station=people.point)


def test_the_channel_is_the_reception(people, day):
    with pytest.raises(WorkflowError, match="渠道只能是"):
        factories.register(people, reception_day=day, channel=Channel.PHONE)


def test_another_date_than_the_day_is_refused(people, day):
    with pytest.raises(WorkflowError, match="反映日期就是接待日当天"):
        factories.register(people, reception_day=day, happened_on=day.date - dt.timedelta(days=1))


@pytest.mark.parametrize(("state", "words"), [(DayState.PLANNED, "还没有开始接待"), (DayState.CANCELLED, "已经取消")])
def test_a_day_that_is_not_held_takes_nothing(people, day, state, words):
    ReceptionDay.objects.filter(pk=day.pk).update(state=state, cancel_reason="暴雨")
    with pytest.raises(SittingError, match=words):
        factories.register(people, reception_day=day)
    assert not Suggestion.objects.exists()


def test_after_the_close_the_staff_bring_in_paper_forms_and_nobody_else(people, day):
    ReceptionDay.objects.filter(pk=day.pk).update(state=DayState.CLOSED)
    assert factories.register(people, reception_day=day).reception_day == day
    with pytest.raises(SittingError, match="已经结束"):
        factories.register(people, reception_day=day, by=people.deputy_user)


def test_a_deputy_on_duty_takes_down_at_a_station_that_is_not_the_own(people, day):
    other = again(people.other_deputy_user)
    with pytest.raises(NotAllowed):
        factories.register(people, reception_day=day, by=other, deputy=None)
    Duty.objects.create(day=day, deputy=people.other_deputy)
    case = factories.register(people, reception_day=day, by=again(other), deputy=people.other_deputy)
    assert case.station == people.town


def test_a_deputy_on_duty_has_no_word_there_without_the_day(people, day):
    Duty.objects.create(day=day, deputy=people.other_deputy)
    with pytest.raises(NotAllowed):
        factories.register(people, by=people.other_deputy_user, deputy=None)


def test_visitors_are_at_least_those_taken_down(people, day):
    ReceptionDay.objects.filter(pk=day.pk).update(visitors=1)
    factories.register(people, reception_day=day)
    factories.register(people, reception_day=day, title="又一件事")  # the same telephone: the same visitor
    assert ReceptionDay.objects.get(pk=day.pk).visitors == 1
    factories.register(people, reception_day=day, voters=[VoterData(name="钱"), VoterData(phone="13900005678")])
    factories.register(people, reception_day=day, voters=[])
    assert ReceptionDay.objects.get(pk=day.pk).visitors == 4


def test_the_same_form_after_the_close_gives_the_case_it_made(people, day):
    case = factories.register(people, reception_day=day, by=people.deputy_user, token="t1")
    ReceptionDay.objects.filter(pk=day.pk).update(state=DayState.CLOSED)
    assert factories.register(people, reception_day=day, by=people.deputy_user, token="t1") == case


def test_the_page_of_the_case_shows_the_day_and_the_help(people, day, as_user):
    case = factories.register(people, reception_day=day, officer_help="王法官讲解了诉讼程序")
    page = as_user(people.town_staff).get(reverse("suggestions:case", args=[case.pk])).text
    assert f"?day={day.pk}" in page and "王法官讲解了诉讼程序" in page


def test_the_ledger_asks_for_a_day_and_says_which(people, day):
    case = factories.register(people, reception_day=day)
    factories.register(people, title="走访听到的")
    assert found(people.town_staff, day=day.pk) == [case.number]
    assert asked(people.town_staff, day=day.pk).in_words().startswith(f"接待日：博爱县甲镇联络站 {day.date:%Y-%m-%d}")


def test_the_day_of_another_county_is_not_named(people, strangers):
    theirs = factories.reception_day(strangers)
    assert asked(people.hub_staff, day=theirs.pk).in_words().startswith("接待日：没有这个接待日")
