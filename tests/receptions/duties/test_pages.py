"""收到, leave and swaps from phone to phone."""

import datetime as dt

import pytest
from django.urls import reverse

from receptions import swaps
from receptions.models import Duty, Leave, LeaveState, ReceptionDay, Swap, SwapState
from tests import factories
from tests.receptions.duties.scene import TODAY, ask_leave, ask_swap, on, scene


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


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_a_long_roster_moves_in_its_frame_and_the_page_stays(page, log_in, live_server):
    people = factories.cast()
    for n in range(14):
        factories.on_duty(factories.reception_day(people, TODAY + dt.timedelta(days=20 + n)), people.deputy)
    page.set_viewport_size({"width": 1280, "height": 900})
    log_in(people.town_staff)
    page.goto(live_server.url + reverse("receptions:roster"))
    frame = page.locator(".roster-wide")
    assert frame.evaluate("frame => frame.scrollWidth > frame.clientWidth")
    assert page.evaluate("document.documentElement.scrollWidth") <= 1280


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
