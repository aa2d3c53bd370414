"""The roster of a station: what it is filled from, what it says, how it is saved."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from deputies.models import Deputy, Level, Status, Term
from history.models import Event
from messaging.models import OutboxRow
from receptions import changes, duties, roster_table, rosters, swaps
from receptions.models import Duty, Leave, LeaveState, ReceptionRule, SwapState
from stations.models import StationStaff
from tests import factories

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()


def deputies(people, *names, station=None, **fields):
    return [
        Deputy.objects.create(
            county=people.county, name=name, level=Level.COUNTY, home_station=station or people.town, **fields
        )
        for name in names
    ]


def days(people, n, **fields):
    first = TODAY + dt.timedelta(days=20)
    return [factories.reception_day(people, first + dt.timedelta(days=30 * i), **fields) for i in range(n)]


def period(people, months=12, **fields):
    return rosters.Period(people.town, TODAY, TODAY + dt.timedelta(days=31 * months), **fields)


@pytest.fixture
def town(people):
    people.more = deputies(people, "赵一", "钱二", "孙三", "李四", "周五")
    return people


def save(people, **fields):
    asked = period(people, **fields)
    return rosters.save(asked, by=people.town_staff, seen=rosters.propose(asked).fingerprint)


def test_a_year_is_filled_evenly_from_the_serving_deputies_of_the_station(town):
    days(town, 12)
    roster = rosters.propose(period(town))
    assert (roster.proposed.filled, roster.proposed.least, roster.proposed.most) == (24, 4, 4)
    assert roster.proposed.running == [] and roster.reasons == []


def test_a_year_is_saved_in_as_many_statements_as_a_quarter(town, django_assert_max_num_queries):
    days(town, 12)
    for months in (3, 12):
        with django_assert_max_num_queries(40):
            save(town, months=months)
    assert Duty.objects.count() == 24


def test_who_is_suspended_ended_or_past_the_term_is_not_put_on_duty(town):
    one, two = days(town, 2)
    town.more[0].status = Status.SUSPENDED
    town.more[0].save()
    term = Term.objects.create(
        county=town.county,
        level=Level.COUNTY,
        name="第十六届",
        starts_on=dt.date(2020, 1, 1),
        ends_on=one.date + dt.timedelta(days=1),
    )
    town.more[1].term = term
    town.more[1].save()
    ReceptionRule.objects.create(station=town.town, on_duty=6)
    chosen = rosters.propose(period(town)).chosen
    assert town.more[0].pk not in chosen[one.pk] + chosen[two.pk]
    assert town.more[1].pk in chosen[one.pk] and town.more[1].pk not in chosen[two.pk]


def test_somebody_who_no_longer_serves_is_taken_off_with_the_reason(town):
    (day,) = days(town, 1)
    rosters.assign(day.pk, town.more[0].pk, by=town.town_staff)
    Deputy.objects.filter(pk=town.more[0].pk).update(status=Status.ENDED)
    roster = rosters.propose(period(town))
    assert town.more[0].pk not in roster.chosen[day.pk]
    assert any("赵一届时不在任" in reason for reason in roster.reasons)


def test_a_station_without_deputies_says_so_and_a_township_is_offered_those_of_its_points(people):
    Deputy.objects.filter(home_station=people.town).update(home_station=people.point)
    (day,) = days(people, 1)
    roster = rosters.propose(period(people))
    assert roster.chosen == {day.pk: []} and roster.offered == 1
    assert "没有编入在任代表" in roster.reasons[0] and "1 名代表轮流值班" in roster.reasons[0]
    assert rosters.propose(period(people, below=True)).chosen == {day.pk: [people.deputy.pk]}


def test_days_without_anybody_at_all_stay_empty_and_can_be_saved(people):
    Deputy.objects.all().delete()
    days(people, 2)
    assert save(people).changes == []


def test_granted_leave_is_respected_and_leave_only_asked_for_is_not(town):
    (day,) = days(town, 1)
    ReceptionRule.objects.create(station=town.town, on_duty=6)
    for deputy, state in ((town.more[0], LeaveState.GRANTED), (town.more[1], LeaveState.ASKED)):
        Leave.objects.create(deputy=deputy, starts_on=day.date, ends_on=day.date, reason="出差", state=state)
    roster = rosters.propose(period(town))
    assert town.more[0].pk not in roster.chosen[day.pk] and town.more[1].pk in roster.chosen[day.pk]
    assert f"{day.date.month}月{day.date.day}日缺 1 名：赵一不能到站。" in roster.reasons


def test_nobody_is_put_on_duty_at_two_stations_on_one_date(town):
    (day,) = days(town, 1)
    elsewhere = factories.reception_day(town, day.date, station=town.point)
    factories.on_duty(elsewhere, town.more[0])
    ReceptionRule.objects.create(station=town.town, on_duty=6)
    assert town.more[0].pk not in rosters.propose(period(town)).chosen[day.pk]


def test_where_numbers_do_not_allow_the_least_it_says_how_many_a_day_would(town):
    days(town, 12)
    ReceptionRule.objects.create(station=town.town, on_duty=1, min_duties=3)
    (reason,) = rosters.propose(period(town)).reasons
    assert reason.startswith("6 名代表每人至少 3 次需要 18 人次，本期 12 个接待日只有 12 人次；每次安排 2 名")


def test_what_is_made_by_hand_acknowledged_or_told_stays_and_the_rest_may_go(town):
    one, two, three, four = days(town, 4)
    a = town.more[0]
    rosters.assign(one.pk, a.pk, by=town.town_staff)
    factories.on_duty(two, a)
    factories.on_duty(three, a)
    factories.on_duty(four, a)
    Duty.objects.filter(day=two).update(acknowledged_at=timezone.now(), acknowledged_revision=1)
    three.told_at = timezone.now()
    three.save()
    chosen = rosters.propose(period(town)).chosen
    assert all(a.pk in chosen[day.pk] for day in (one, two, three)) and a.pk not in chosen[four.pk]


def test_filling_gaps_only_moves_nobody(town):
    for day in days(town, 4):
        factories.on_duty(day, town.more[0])
    chosen = rosters.propose(period(town, gaps_only=True)).chosen
    assert all(town.more[0].pk in keys and len(keys) == 2 for keys in chosen.values())


def test_days_that_are_held_or_past_are_counted_and_left_alone(town):
    past = factories.reception_day(town, TODAY - dt.timedelta(days=10), state="closed")
    factories.on_duty(past, town.more[0], town.more[1])
    days(town, 2)
    asked = rosters.Period(town.town, TODAY - dt.timedelta(days=20), TODAY + dt.timedelta(days=100))
    roster = rosters.propose(asked)
    assert set(roster.chosen[past.pk]) == {town.more[0].pk, town.more[1].pk}
    assert roster.proposed.spread == 0 and roster.proposed.most == 1


def test_saving_writes_only_what_differs_so_that_kept_duties_keep_their_acknowledgement(town):
    first, *_ = days(town, 6)
    save(town)
    duty = first.duties.exclude(deputy=town.more[3]).first()
    duties.acknowledge(duty.pk, revision=1, by=town.town_staff)
    before = set(Duty.objects.values_list("pk", flat=True))
    town.more[3].status = Status.ENDED
    town.more[3].save()
    saved = save(town)
    after = set(Duty.objects.values_list("pk", flat=True))
    assert len(before - after) == sum(len(off) for _, _, off in saved.changes) > 0
    duty.refresh_from_db()
    assert duty.acknowledged_revision == 1
    assert save(town).changes == []


def test_each_changed_day_has_its_event_and_waits_to_be_told(town):
    one, two = days(town, 2, to_tell=False)
    save(town)
    for day in (one, two):
        day.refresh_from_db()
        event = Event.objects.get(chain=day.chain)
        assert (event.action, event.before) == ("roster_fill", {"deputies": []})
        assert event.after == {"deputies": sorted(day.duties.values_list("deputy_id", flat=True))}
        assert day.to_tell and day.revision == 1
    assert Event.objects.get(action="roster_save").after["days"] == 2


def test_a_preview_that_somebody_has_overtaken_is_not_saved(town):
    day, *_ = days(town, 3)
    seen = rosters.propose(period(town)).fingerprint
    rosters.assign(day.pk, town.more[4].pk, by=town.hub_staff)
    with pytest.raises(ValidationError, match="再确认一次"):
        rosters.save(period(town), by=town.town_staff, seen=seen)
    assert Duty.objects.count() == 1


def test_when_the_event_fails_nothing_is_saved(town, monkeypatch):
    days(town, 2)
    asked = period(town)
    seen = rosters.propose(asked).fingerprint
    monkeypatch.setattr(changes.log, "append", lambda *a, **k: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        rosters.save(asked, by=town.town_staff, seen=seen)
    assert not Duty.objects.exists()


@pytest.mark.parametrize(
    ("why", "spoil"),
    [
        (
            "请假",
            lambda p, day: Leave.objects.create(
                deputy=p.more[0], starts_on=day.date, ends_on=day.date, state="granted"
            ),
        ),
        ("已在", lambda p, day: factories.on_duty(factories.reception_day(p, day.date, station=p.point), p.more[0])),
        ("已在", lambda p, day: factories.on_duty(day, p.more[0])),
        ("不在任", lambda p, day: Deputy.objects.filter(pk=p.more[0].pk).update(status="suspended")),
        ("不是", lambda p, day: Deputy.objects.filter(pk=p.more[0].pk).update(home_station=p.other_town)),
        (
            "已经取消",
            lambda p, day: type(day).objects.filter(pk=day.pk).update(state="cancelled", cancel_reason="停电"),
        ),
        ("已经开始", lambda p, day: type(day).objects.filter(pk=day.pk).update(state="closed")),
    ],
)
def test_by_hand_nobody_is_put_on_duty_who_cannot_come(town, why, spoil):
    (day,) = days(town, 1)
    spoil(town, day)
    before = Duty.objects.count()
    with pytest.raises(ValidationError, match=why):
        rosters.assign(day.pk, town.more[0].pk, by=town.town_staff)
    assert Duty.objects.count() == before


def test_taking_somebody_off_twice_changes_nothing_the_second_time(town):
    (day,) = days(town, 1)
    rosters.assign(day.pk, town.more[0].pk, by=town.town_staff)
    assert rosters.unassign(day.pk, town.more[0].pk, by=town.town_staff)
    assert not rosters.unassign(day.pk, town.more[0].pk, by=town.town_staff)
    assert [event.action for event in Event.objects.filter(chain=day.chain).order_by("seq")] == [
        "duty_assign",
        "duty_unassign",
    ]


def test_taking_somebody_off_ends_the_swap_that_was_asked_for(town):
    one, two = days(town, 2)
    factories.on_duty(one, town.deputy)
    factories.on_duty(two, town.more[0])
    swap = swaps.ask(one.pk, town.deputy.pk, partner_pk=town.more[0].pk, partner_day_pk=two.pk, by=town.deputy_user)
    rosters.unassign(two.pk, town.more[0].pk, by=town.town_staff)
    swap.refresh_from_db()
    assert swap.state == SwapState.VOID and "赵一已不在" in swap.answer
    assert OutboxRow.objects.filter(key=f"swap:{swap.pk}:void", person=town.deputy_user).exists()


def test_the_number_of_queries_does_not_grow_with_days_and_deputies(town, django_assert_max_num_queries):
    days(town, 12)
    deputies(town, *[f"新{n}" for n in range(20)])
    with django_assert_max_num_queries(12):
        roster = rosters.propose(period(town))
        roster_table.rows(roster)
        assert roster.reasons is not None


# --- pages ------------------------------------------------------------------------------------


def address(name, people, **query):
    return reverse(f"receptions:{name}", query={"station": people.town.pk, "start": f"{TODAY:%Y-%m}", **query})


def test_the_office_previews_and_confirms(town, as_user):
    days(town, 3)
    client = as_user(town.town_staff)
    page = client.get(address("propose", town))
    assert not Duty.objects.exists()
    answer = client.post(address("propose", town), {"seen": page.context["roster"].fingerprint}, follow=True)
    assert "改动了 3 个接待日" in answer.text and Duty.objects.count() == 6
    assert "已经排好" in client.get(address("propose", town)).text


def test_a_stale_confirmation_shows_the_new_preview_with_the_reason(town, as_user):
    days(town, 3)
    answer = as_user(town.town_staff).post(address("propose", town), {"seen": "old"})
    assert "再确认一次" in answer.text and not Duty.objects.exists()


def test_the_page_of_a_day_puts_on_and_takes_off(town, as_user):
    (day,) = days(town, 1)
    client = as_user(town.town_staff)
    page = reverse("receptions:assign", args=[day.pk])
    answer = client.post(page, {"deputy": town.more[0].pk}, follow=True)
    assert "赵一已排到" in answer.text and day.duties.get().by_hand
    assert "赵一（" not in client.get(page).text  # who is on duty is not offered again
    answer = client.post(reverse("receptions:unassign", args=[day.pk, town.more[0].pk]), follow=True)
    assert "已撤下" in answer.text and not day.duties.exists()


def test_everybody_of_the_county_sees_the_roster_but_not_who_is_on_leave(town, as_user):
    (day,) = days(town, 1)
    factories.on_duty(day, town.more[0])
    Leave.objects.create(deputy=town.more[1], starts_on=day.date, ends_on=day.date, reason="住院", state="granted")
    office, deputy = (as_user(user).get(address("roster", town)).text for user in (town.town_staff, town.deputy_user))
    assert "住院" in office and "duty-away" in office
    assert "赵一" in deputy and "住院" not in deputy and "duty-away" not in deputy and "自动排班" not in deputy


def test_the_office_sees_who_has_not_acknowledged_what_was_told(town, as_user):
    told, untold = days(town, 2)
    for day in (told, untold):
        factories.on_duty(day, town.more[0], town.more[1])
    type(told).objects.filter(pk=told.pk).update(told_at=timezone.now())
    duties.acknowledge(told.duties.get(deputy=town.more[1]).pk, revision=1, by=town.town_staff)
    waiting = as_user(town.town_staff).get(address("roster", town)).context["unanswered"]
    assert [(duty.day, duty.deputy) for duty in waiting] == [(told, town.more[0])]


def test_the_roster_is_exported_as_a_ledger_and_the_export_is_in_the_history(town, as_user, tmp_path):
    days(town, 2)
    save(town)
    answer = as_user(town.town_staff).get(address("roster_export", town))
    (tmp_path / "a.xlsx").write_bytes(b"".join(answer.streaming_content))
    sheet = load_workbook(tmp_path / "a.xlsx").active
    cells = list(sheet.values)
    assert "值班表" in cells[0][0] and "相差" in cells[1][0]
    assert len(cells) == 3 + 6 + 1 and sum(cell == "值班" for row in cells for cell in row) == 4
    event = Event.objects.get(chain=town.county.chain, action="export")
    assert event.after == {"ledger": "roster", "station": town.town.pk, "rows": 7}


@pytest.mark.parametrize("query", [{"start": "x"}, {"start": "2026-13"}, {"months": "99"}, {"start": "9999-01"}])
def test_a_period_that_cannot_be_read_has_its_default(town, as_user, query):
    assert as_user(town.town_staff).get(address("roster", town, **query)).context["months"] == 12


def test_the_command_prints_the_table_with_its_figures(town, capsys):
    from django.core.management import call_command

    days(town, 11)
    call_command("roster", county="410822", station="甲镇")
    out = capsys.readouterr().out
    assert "博爱县甲镇联络站" in out and "赵一" in out and "○" in out and "相差" in out
    assert not Duty.objects.exists()


def test_a_point_keeps_its_own_roster_and_not_the_townships(town, as_user):
    StationStaff.objects.filter(user=town.point_staff).update(station=town.point)
    client = as_user(town.point_staff)
    assert client.get(address("propose", town)).status_code == 403
    assert client.get(reverse("receptions:propose", query={"station": town.point.pk})).status_code == 200


def test_the_page_of_a_day_says_who_is_missing_and_its_history_who_came_and_went(town, as_user):
    (day,) = days(town, 1)
    rosters.assign(day.pk, town.more[0].pk, by=town.town_staff)
    rosters.unassign(day.pk, town.more[0].pk, by=town.town_staff)
    rosters.assign(day.pk, town.more[1].pk, by=town.town_staff)
    page = as_user(town.town_staff).get(reverse("receptions:day", args=[day.pk])).text
    assert "还缺 1 名" in page and "排上：赵一" in page and "撤下：赵一" in page and "手工安排值班" in page
