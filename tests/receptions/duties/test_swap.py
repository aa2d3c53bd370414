"""换班."""

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from deputies.models import Deputy, Level, Status
from history.models import Event
from receptions import rosters, swaps
from receptions.dates import full_date
from receptions.models import Duty, Leave, ReceptionDay, SwapState
from tests import factories
from tests.receptions.duties.scene import ask_swap, on, sms, told


@pytest.mark.django_db
def test_the_office_enters_the_agreement_of_a_partner_without_a_log_in_from_the_roster(town, as_user):
    swap = ask_swap(town)
    client, agree = as_user(town.town_staff), reverse("receptions:agree_swap", args=[swap.pk])
    assert agree in client.get(reverse("receptions:roster")).content.decode()
    client.post(agree)
    assert on(town.day) == {"赵一"} and on(town.later) == {"张为民"}
    assert agree not in client.get(reverse("receptions:roster")).content.decode()


@pytest.mark.django_db
def test_both_duties_are_exchanged_at_once_and_the_office_is_told(town):
    swap = ask_swap(town)
    assert told(f"swap:{swap.pk}:asked") == {"BA-partner"}
    swaps.agree(swap.pk, by=town.partner_user)
    assert on(town.day) == {"赵一"} and on(town.later) == {"张为民"}
    assert told(f"swap:{swap.pk}:agreed") == {"BA-deputy_user"}
    assert told(f"swap:{swap.pk}:agreed:office:{town.day.pk}") == {"BA-town_staff"}
    for day in (town.day, town.later):
        assert Event.objects.filter(chain=day.chain, action="duty_swap").count() == 1
        day.refresh_from_db()
        assert day.to_tell and day.duties.get().by_hand  # kept when the roster is filled again
    assert town.day.duties.get().is_acknowledged and not town.later.duties.get().is_acknowledged


@pytest.mark.django_db
def test_who_has_a_phone_reads_of_the_swap_and_of_the_answer_by_sms(town):
    Deputy.objects.filter(pk__in=(town.deputy.pk, town.partner.pk)).update(phone="13800000001")
    swap = ask_swap(town)
    date, station = full_date(town.day.date), town.town.name
    assert sms(f"swap:{swap.pk}:asked") == [("swap_asked", ["赵一代表", "张为民", date, station])]
    swaps.agree(swap.pk, by=town.partner_user)
    assert sms(f"swap:{swap.pk}:agreed") == [("swap_answered", ["张为民代表", date, station, "赵一同意换班"])]


@pytest.mark.django_db
def test_a_void_swap_calls_each_of_both_by_name(town):
    Deputy.objects.filter(pk__in=(town.deputy.pk, town.partner.pk)).update(phone="13800000001")
    swap = ask_swap(town)
    rosters.unassign(town.later.pk, town.partner.pk, by=town.town_staff)
    assert [params[0] for _, params in sms(f"swap:{swap.pk}:void")] == ["张为民代表", "赵一代表"]


@pytest.mark.django_db
def test_a_duty_can_be_given_away_without_one_in_exchange(town):
    swaps.agree(ask_swap(town, partner_day_pk=None).pk, by=town.partner_user)
    assert on(town.day) == {"赵一"} and on(town.later) == {"赵一"}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("why", "spoil"),
    [
        ("本来就值班", lambda t: factories.on_duty(t.day, t.partner)),
        ("本来就值班", lambda t: factories.on_duty(t.later, t.deputy)),
        (
            "已在.*乙镇联络站值班",
            lambda t: factories.on_duty(factories.reception_day(t, t.day.date, station=t.other_town), t.partner),
        ),
        (
            "请假",
            lambda t: Leave.objects.create(deputy=t.partner, starts_on=t.day.date, ends_on=t.day.date, state="granted"),
        ),
        (
            "张为民.*请假",
            lambda t: Leave.objects.create(
                deputy=t.deputy, starts_on=t.later.date, ends_on=t.later.date, state="granted"
            ),
        ),
        ("不在任", lambda t: Deputy.objects.filter(pk=t.partner.pk).update(status=Status.ENDED)),
        ("不是", lambda t: Deputy.objects.filter(pk=t.partner.pk).update(home_station=t.other_town)),
        ("已不在.*值班", lambda t: t.duty.delete()),
        ("赵一已不在.*值班", lambda t: t.later_duty.delete()),
        (
            "已取消",
            lambda t: ReceptionDay.objects.filter(pk=t.later.pk).update(state="cancelled", cancel_reason="停电"),
        ),
        ("已开始或已过去", lambda t: ReceptionDay.objects.filter(pk=t.day.pk).update(state="open")),
    ],
)
def test_what_cannot_be_asked_becomes_void_when_it_comes_about_before_the_answer(town, why, spoil):
    swap = ask_swap(town)
    spoil(town)
    before = set(Duty.objects.values_list("day", "deputy"))
    done = swaps.agree(swap.pk, by=town.partner_user if why != "不在任" else town.town_staff)
    assert done.state == SwapState.VOID
    swap.refresh_from_db()
    assert swap.state == SwapState.VOID and set(Duty.objects.values_list("day", "deputy")) == before
    with pytest.raises(ValidationError, match=why):
        ask_swap(town)


@pytest.mark.django_db
def test_one_duty_is_offered_to_one_deputy_at_a_time(town):
    swap = ask_swap(town)
    with pytest.raises(ValidationError, match="等对方答复"):
        ask_swap(town, partner_day_pk=None)
    swaps.withdraw(swap.pk, by=town.deputy_user)
    ask_swap(town, partner_day_pk=None)


@pytest.mark.django_db
def test_nobody_swaps_with_oneself(town):
    with pytest.raises(ValidationError, match="另一位"):
        ask_swap(town, partner_pk=town.deputy.pk, partner_day_pk=None)


@pytest.mark.django_db
@pytest.mark.parametrize("end", ["agree", "decline", "withdraw"])
def test_an_answered_swap_is_not_answered_again(town, end):
    swap = ask_swap(town)
    getattr(swaps, end)(swap.pk, by=town.deputy_user if end == "withdraw" else town.partner_user)
    for again in (swaps.agree, swaps.decline):
        with pytest.raises(ValidationError, match="这次换班已经是"):
            again(swap.pk, by=town.partner_user)
    with pytest.raises(ValidationError, match="这次换班已经是"):
        swaps.withdraw(swap.pk, by=town.deputy_user)


@pytest.mark.django_db
def test_offered_as_partners_are_those_who_can_come_with_the_days_one_can_take(town):
    free = Deputy.objects.create(county=town.county, name="钱二", level=Level.COUNTY, home_station=town.town)
    away = Deputy.objects.create(county=town.county, name="孙三", level=Level.COUNTY, home_station=town.town)
    Leave.objects.create(deputy=away, starts_on=town.day.date, ends_on=town.day.date, state="granted")
    assert swaps.partners(town.day, town.deputy) == [(free, []), (town.partner, [town.later])]
