"""What deputies do about their duties: 收到, leave, swaps."""

import datetime as dt
import threading
import time

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection, transaction
from django.urls import reverse
from django.utils import timezone

from deputies.models import Deputy, Level, Status
from history.models import Event
from messaging.models import OutboxRow
from receptions import duties, duty_notices, rosters, swaps
from receptions.models import Duty, Leave, LeaveState, ReceptionDay, Swap, SwapState
from tests import factories
from tests.suggestions.test_atomicity import race

TODAY = timezone.localdate()


def scene(people):
    """张为民 on one day, 赵一 (with a log-in) on the other, both of the township."""
    people.partner_user = factories.user("BA-partner")
    people.partner = Deputy.objects.create(
        county=people.county, name="赵一", level=Level.COUNTY, home_station=people.town, user=people.partner_user
    )
    people.day = factories.reception_day(people, TODAY + dt.timedelta(days=20))
    people.later = factories.reception_day(people, TODAY + dt.timedelta(days=50))
    (people.duty,) = factories.on_duty(people.day, people.deputy)
    (people.later_duty,) = factories.on_duty(people.later, people.partner)
    return people


@pytest.fixture
def town(people):
    return scene(people)


def told(key):
    return set(OutboxRow.objects.filter(key=key).values_list("person__username", flat=True))


def on(day):
    return set(day.duties.values_list("deputy__name", flat=True))


# --- 收到 -----------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_moved_day_is_acknowledged_anew(town):
    duty = duties.acknowledge(town.duty.pk, revision=1, by=town.deputy_user)
    assert duty.is_acknowledged
    ReceptionDay.objects.filter(pk=town.day.pk).update(revision=2, date=town.day.date + dt.timedelta(days=1))
    duty = Duty.objects.get(pk=duty.pk)
    assert not duty.is_acknowledged
    with pytest.raises(ValidationError, match="刚刚有变动"):
        duties.acknowledge(duty.pk, revision=1, by=town.deputy_user)
    assert duties.acknowledge(duty.pk, revision=2, by=town.deputy_user).is_acknowledged


@pytest.mark.django_db
def test_to_acknowledge_twice_is_one_event(town):
    for _ in range(2):
        duties.acknowledge(town.duty.pk, revision=1, by=town.deputy_user)
    assert Event.objects.filter(chain=town.day.chain, action="duty_acknowledge").count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize("fields", [{"state": "cancelled", "cancel_reason": "停电"}, {"date": TODAY - dt.timedelta(1)}])
def test_a_day_that_is_off_or_over_is_not_acknowledged(town, fields):
    ReceptionDay.objects.filter(pk=town.day.pk).update(**fields)
    with pytest.raises(ValidationError, match="已经"):
        duties.acknowledge(town.duty.pk, revision=1, by=town.deputy_user)


# --- 请假 -----------------------------------------------------------------------------------


def ask_leave(town, **fields):
    days = {"starts_on": town.day.date, "ends_on": town.day.date}
    return duties.ask_leave(town.deputy.pk, **{**days, "reason": "住院检查", "by": town.deputy_user, **fields})


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


# --- 换班 -----------------------------------------------------------------------------------


def ask_swap(town, **fields):
    what = {"partner_pk": town.partner.pk, "partner_day_pk": town.later.pk, "reason": "出差", "by": town.deputy_user}
    return swaps.ask(town.day.pk, town.deputy.pk, **{**what, **fields})


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


# --- action × seat --------------------------------------------------------------------------

SEATS = (
    "deputy_user",
    "partner_user",
    "town_staff",
    "hub_staff",
    "other_town_staff",
    "point_staff",
    "officer_user",
    "clerk",
)
# y may, - may not; the duty and the leave are of deputy_user, the partner is partner_user.
TABLE = {
    "acknowledge": "y-yy----",
    "ask_leave": "y-yy----",
    "grant_leave": "--yy----",
    "decline_leave": "--yy----",
    "withdraw_leave": "y-yy----",
    "ask_swap": "y-------",
    "agree_swap": "-yyy----",
    "decline_swap": "-yyy----",
    "withdraw_swap": "y-------",
}
ACTS = {
    "acknowledge": lambda t, by: duties.acknowledge(t.duty.pk, revision=1, by=by),
    "ask_leave": lambda t, by: ask_leave(t, by=by),
    "grant_leave": lambda t, by: duties.grant_leave(ask_leave(t).pk, by=by),
    "decline_leave": lambda t, by: duties.decline_leave(ask_leave(t).pk, note="人手不够", by=by),
    "withdraw_leave": lambda t, by: duties.withdraw_leave(ask_leave(t).pk, by=by),
    "ask_swap": lambda t, by: ask_swap(t, by=by),
    "agree_swap": lambda t, by: swaps.agree(ask_swap(t).pk, by=by),
    "decline_swap": lambda t, by: swaps.decline(ask_swap(t).pk, by=by),
    "withdraw_swap": lambda t, by: swaps.withdraw(ask_swap(t).pk, by=by),
}


@pytest.mark.django_db
@pytest.mark.parametrize("seat", SEATS)
@pytest.mark.parametrize("action", sorted(TABLE))
def test_who_may_do_what(town, action, seat):
    by = getattr(town, seat)
    if TABLE[action][SEATS.index(seat)] == "y":
        ACTS[action](town, by)
    else:
        with pytest.raises(PermissionDenied):
            ACTS[action](town, by)


# --- at the same moment ---------------------------------------------------------------------


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_agreeing_while_the_office_takes_the_partner_off_never_leaves_half_an_exchange():
    town = scene(factories.cast())
    swap = ask_swap(town)
    results = race(
        lambda: swaps.agree(swap.pk, by=town.partner_user).state,
        lambda: rosters.unassign(town.later.pk, town.partner.pk, by=town.town_staff),
    )
    swap.refresh_from_db()
    if swap.state == SwapState.AGREED:
        assert results == [SwapState.AGREED, False] and on(town.day) == {"赵一"} and on(town.later) == {"张为民"}
    else:
        assert swap.state == SwapState.VOID and on(town.day) == {"张为民"} and on(town.later) == set()


def until_somebody_waits_for_a_lock():
    for _ in range(1000):
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
            if cursor.fetchone()[0]:
                return
        time.sleep(0.01)
    raise AssertionError("nobody waits")


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_an_agreement_waits_for_the_office_that_is_changing_the_day_and_then_sees_what_it_did():
    town = scene(factories.cast())
    swap = ask_swap(town)
    done = []
    agreeing = threading.Thread(
        target=lambda: done.extend(race(lambda: swaps.agree(swap.pk, by=town.partner_user).state))
    )
    with transaction.atomic():
        rosters.unassign(town.later.pk, town.deputy.pk, by=town.town_staff)  # not on duty: only the lock
        town.later_duty.delete()
        agreeing.start()
        until_somebody_waits_for_a_lock()
    agreeing.join()
    assert done == [SwapState.VOID] and on(town.day) == {"张为民"} and on(town.later) == set()


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_presses_on_agree_exchange_once():
    town = scene(factories.cast())
    swap = ask_swap(town)
    results = race(*[lambda: swaps.agree(swap.pk, by=town.partner_user).state] * 2)
    assert sum(result == SwapState.AGREED for result in results) == 1
    assert sum(isinstance(result, ValidationError) for result in results) == 1
    assert on(town.day) == {"赵一"} and on(town.later) == {"张为民"}


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_offices_at_once_do_not_put_one_deputy_on_duty_twice_on_one_date():
    town = scene(factories.cast())
    point_day = factories.reception_day(town, town.later.date, station=town.point)
    results = race(
        lambda: rosters.assign(town.later.pk, town.deputy.pk, by=town.town_staff),
        lambda: rosters.assign(point_day.pk, town.deputy.pk, by=town.point_staff),
    )
    assert sum(isinstance(result, ValidationError) for result in results) == 1
    assert Duty.objects.filter(deputy=town.deputy, day__date=town.later.date).count() == 1


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_granting_leave_while_the_deputy_is_put_on_duty_ends_without_that_duty():
    town = scene(factories.cast())
    leave = duties.ask_leave(
        town.deputy.pk, starts_on=town.later.date, ends_on=town.later.date, reason="出差", by=town.deputy_user
    )
    race(
        lambda: duties.grant_leave(leave.pk, by=town.town_staff),
        lambda: rosters.assign(town.later.pk, town.deputy.pk, by=town.hub_staff),
    )
    assert on(town.later) == {"赵一"} and Leave.objects.get().state == LeaveState.GRANTED


# --- pages ----------------------------------------------------------------------------------


@pytest.mark.django_db
def test_the_deputy_sees_the_next_duty_and_says_received(town, as_user):
    client = as_user(town.deputy_user)
    page = client.get(reverse("receptions:my_duties"))
    assert page.context["next"] == town.duty and "还有 20 天" in page.text
    answer = client.post(reverse("receptions:acknowledge", args=[town.duty.pk]), {"revision": 1}, follow=True)
    assert "您已回复收到" in answer.text and "> 收到</button>" not in answer.text


@pytest.mark.django_db
def test_a_page_from_before_the_day_was_moved_acknowledges_nothing(town, as_user):
    ReceptionDay.objects.filter(pk=town.day.pk).update(revision=2)
    answer = as_user(town.deputy_user).post(
        reverse("receptions:acknowledge", args=[town.duty.pk]), {"revision": 1}, follow=True
    )
    assert "刚刚有变动" in answer.text and not Duty.objects.get(pk=town.duty.pk).is_acknowledged


@pytest.mark.django_db
def test_leave_goes_from_the_phone_to_the_office_and_on_to_the_refilling(town, as_user):
    form = {"starts_on": town.day.date, "ends_on": town.day.date, "reason": "出差"}
    answer = as_user(town.deputy_user).post(reverse("receptions:ask_leave", args=[town.deputy.pk]), form, follow=True)
    assert "请假已提交" in answer.text and "待批准" in answer.text
    office = as_user(town.town_staff)
    answer = office.post(reverse("receptions:decide_leave", args=[Leave.objects.get().pk]), {"grant": "1"}, follow=True)
    assert "缺人了" in answer.text and answer.resolver_match.view_name == "receptions:propose"
    assert answer.context["period"].gaps_only and town.partner.pk in answer.context["roster"].chosen[town.day.pk]


@pytest.mark.django_db
def test_declining_without_a_reason_is_asked_for_on_the_form(town, as_user):
    leave = ask_leave(town)
    answer = as_user(town.town_staff).post(reverse("receptions:decide_leave", args=[leave.pk]), {"decline": "1"})
    assert "写明原因" in answer.text and Leave.objects.get().state == LeaveState.ASKED


@pytest.mark.django_db
def test_a_swap_goes_from_phone_to_phone(town, as_user):
    choice = f"{town.partner.pk}-{town.later.pk}"
    answer = as_user(town.deputy_user).post(
        reverse("receptions:ask_swap", args=[town.duty.pk]), {"choice": choice}, follow=True
    )
    assert "已经问赵一" in answer.text
    partner = as_user(town.partner_user)
    assert "有人请您换班" in partner.get(reverse("receptions:my_duties")).text
    answer = partner.post(reverse("receptions:agree_swap", args=[Swap.objects.get().pk]), follow=True)
    assert "换班已办好" in answer.text and on(town.day) == {"赵一"}


@pytest.mark.django_db
def test_a_swap_that_was_overtaken_says_why_and_stays_void(town, as_user):
    swap = ask_swap(town)
    town.duty.delete()
    answer = as_user(town.partner_user).post(reverse("receptions:agree_swap", args=[swap.pk]), follow=True)
    assert "没有换成：张为民已不在" in answer.text
    assert Swap.objects.get().state == SwapState.VOID


@pytest.mark.django_db
def test_a_choice_that_was_not_offered_is_refused(town, as_user):
    answer = as_user(town.deputy_user).post(
        reverse("receptions:ask_swap", args=[town.duty.pk]), {"choice": f"{town.other_deputy.pk}"}
    )
    assert answer.status_code == 200 and not Swap.objects.exists()


@pytest.mark.django_db
def test_a_resident_officer_sees_the_days_of_the_own_station(town, as_user):
    factories.reception_day(town, town.day.date, station=town.other_town)
    page = as_user(town.officer_user).get(reverse("receptions:my_duties"))
    assert page.context["station_days"] == [town.day, town.later] and "张为民" in page.text


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_on_a_phone_nothing_of_the_duties_is_cut_off_and_received_is_one_press(page, log_in, live_server):
    town = scene(factories.cast())
    swaps.ask(town.later.pk, town.partner.pk, partner_pk=town.deputy.pk, by=town.partner_user)
    page.set_viewport_size({"width": 390, "height": 844})
    log_in(town.deputy_user)
    for name in ("my_duties", "roster"):
        page.goto(live_server.url + reverse(f"receptions:{name}"))
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.goto(live_server.url + reverse("receptions:my_duties"))
    button = page.get_by_role("button", name="收到", exact=True)
    assert button.bounding_box()["height"] >= 48
    button.click()
    page.get_by_text("您已回复收到").wait_for()


@pytest.mark.django_db
def test_duties_leave_and_swaps_of_another_county_do_not_exist(town, strangers, as_user):
    leave, swap = ask_leave(town), ask_swap(town)
    client = as_user(strangers.hub_staff)
    for name, pk in (
        ("acknowledge", town.duty.pk),
        ("ask_swap", town.duty.pk),
        ("ask_leave", town.deputy.pk),
        ("decide_leave", leave.pk),
        ("withdraw_leave", leave.pk),
        ("agree_swap", swap.pk),
        ("assign", town.day.pk),
    ):
        assert client.post(reverse(f"receptions:{name}", args=[pk])).status_code == 404, name
    for name in ("roster", "roster_export", "propose"):
        assert client.get(reverse(f"receptions:{name}", query={"station": town.town.pk})).status_code == 404, name


@pytest.mark.django_db
def test_the_roster_of_another_township_is_read_and_not_arranged(town, as_user):
    client = as_user(town.other_town_staff)
    found = {
        name: client.get(reverse(f"receptions:{name}", query={"station": town.town.pk})).status_code
        for name in ("roster", "roster_export", "propose")
    }
    assert found == {"roster": 200, "roster_export": 403, "propose": 403}
