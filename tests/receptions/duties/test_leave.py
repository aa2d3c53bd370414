"""请假."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError

from deputies.models import Deputy
from history.models import Event
from receptions import duties, duty_notices, rosters
from receptions.models import ReceptionDay, SwapState
from tests.receptions.duties.scene import TODAY, ask_leave, ask_swap, on, sms, told


@pytest.mark.django_db
def test_leave_asked_for_reaches_the_office_and_its_reason_stays_out_of_the_history(town):
    leave = ask_leave(town)
    assert told(f"leave:{leave.pk}:asked") == {"BA-town_staff"}
    event = Event.objects.get(action="leave_ask")
    assert event.after["deputy"] == town.deputy.pk and "住院" not in f"{event.after}{event.note}"
    assert on(town.day) == {"张为民"}  # nothing happens before it is granted


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"starts_on": TODAY + dt.timedelta(5), "ends_on": TODAY + dt.timedelta(4)}, "不能早于"),
        ({"starts_on": TODAY - dt.timedelta(9), "ends_on": TODAY - dt.timedelta(8)}, "已经过去"),
        ({"starts_on": TODAY, "ends_on": TODAY + dt.timedelta(400)}, "不超过一年"),
    ],
)
def test_leave_has_days_that_can_be_meant(town, fields, why):
    with pytest.raises(ValidationError, match=why):
        ask_leave(town, **fields)


@pytest.mark.django_db
def test_the_same_days_are_asked_for_once(town):
    ask_leave(town)
    with pytest.raises(ValidationError, match="已经申请过"):
        ask_leave(town, ends_on=town.day.date + dt.timedelta(3))


@pytest.mark.django_db
def test_granting_takes_the_deputy_off_the_duties_in_between_and_says_which_days_lack_somebody(town):
    rosters.assign(town.later.pk, town.deputy.pk, by=town.town_staff)  # by hand, and still: leave is leave
    leave = ask_leave(town, ends_on=town.later.date)
    assert duties.grant_leave(leave.pk, by=town.town_staff) == [town.day, town.later]
    assert on(town.day) == set() and on(town.later) == {"赵一"}
    assert told(f"leave:{leave.pk}:granted") == {"BA-deputy_user"}
    town.day.refresh_from_db()
    assert town.day.to_tell and Event.objects.filter(chain=town.day.chain, action="duty_leave").exists()


@pytest.mark.django_db
def test_days_already_held_keep_their_deputy(town):
    ReceptionDay.objects.filter(pk=town.day.pk).update(state="open")
    assert duties.grant_leave(ask_leave(town).pk, by=town.town_staff) == []
    assert on(town.day) == {"张为民"}


@pytest.mark.django_db
def test_granting_ends_the_swap_that_was_asked_for(town):
    swap = ask_swap(town)
    duties.grant_leave(ask_leave(town).pk, by=town.town_staff)
    swap.refresh_from_db()
    assert swap.state == SwapState.VOID


@pytest.mark.django_db
def test_declining_wants_a_reason_and_changes_no_duty(town):
    leave = ask_leave(town)
    with pytest.raises(ValidationError, match="写明原因"):
        duties.decline_leave(leave.pk, note=" ", by=town.town_staff)
    duties.decline_leave(leave.pk, note="当天人手不够", by=town.town_staff)
    assert on(town.day) == {"张为民"} and told(f"leave:{leave.pk}:declined") == {"BA-deputy_user"}


@pytest.mark.django_db
def test_what_is_decided_is_not_decided_again(town):
    leave = ask_leave(town)
    duties.decline_leave(leave.pk, note="人手不够", by=town.town_staff)
    with pytest.raises(ValidationError, match="不能再批复"):
        duties.grant_leave(leave.pk, by=town.town_staff)
    with pytest.raises(ValidationError, match="不用撤回"):
        duties.withdraw_leave(leave.pk, by=town.deputy_user)


@pytest.mark.django_db
def test_granted_leave_that_is_withdrawn_makes_the_deputy_free_again_and_the_office_hears_of_it(town):
    leave = ask_leave(town)
    duties.grant_leave(leave.pk, by=town.town_staff)
    duties.withdraw_leave(leave.pk, by=town.deputy_user)
    assert told(f"leave:{leave.pk}:withdrawn") == {"BA-town_staff"}
    assert on(town.day) == set()
    rosters.assign(town.day.pk, town.deputy.pk, by=town.town_staff)


@pytest.mark.django_db
def test_a_message_about_leave_that_was_withdrawn_meanwhile_is_not_sent(town):
    leave = ask_leave(town)
    assert duty_notices.leave_is(str(leave.pk), "asked")
    duties.withdraw_leave(leave.pk, by=town.deputy_user)
    assert not duty_notices.leave_is(str(leave.pk), "asked")


@pytest.mark.django_db
@pytest.mark.parametrize(("decide", "words"), [("grant_leave", "已批准"), ("decline_leave", "未批准")])
def test_who_has_a_phone_reads_what_became_of_the_leave_by_sms(town, decide, words):
    Deputy.objects.filter(pk=town.deputy.pk).update(phone="13800000001")
    leave = ask_leave(town)
    getattr(duties, decide)(leave.pk, note="人手不够", by=town.town_staff)
    leave.refresh_from_db()
    days = duty_notices.leave_words(leave)
    assert sms(f"leave:{leave.pk}:{leave.state}") == [("leave_decided", ["张为民代表", days, words])]
