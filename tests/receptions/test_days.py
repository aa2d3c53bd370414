"""What an office does with one day: history kept, whoever was told is told again, one transaction each."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from history import log
from history.models import Event
from receptions import changes, days, planning
from receptions.models import DayState, ReceptionDay, ReceptionRule
from receptions.planning import BY_RULE
from receptions.schedule import rule_for
from stations.models import Station
from tests import factories
from tests.locks import second_waits
from workdays.calendar import Calendar

SOON = timezone.localdate() + dt.timedelta(days=10)
LATER = SOON + dt.timedelta(days=3)


@pytest.fixture
def day(people):
    return factories.reception_day(people, SOON, period=f"{SOON:%Y-%m}")


@pytest.fixture
def told(day):
    ReceptionDay.objects.filter(pk=day.pk).update(told_at=timezone.now(), told_revision=1, to_tell=False)
    day.refresh_from_db()
    return day


ACTS = {
    "move": lambda pk, by: days.move_to(pk, to=LATER, reason="会议冲突", by=by),
    "cancel": lambda pk, by: days.cancel(pk, reason="防汛值守", by=by),
    "edit": lambda pk, by: days.edit(pk, by=by, place="村部会议室"),
}


@pytest.mark.parametrize("act", list(ACTS))
def test_every_act_grows_the_revision_is_told_again_and_is_in_the_history(people, told, act):
    ACTS[act](told.pk, people.town_staff)
    told.refresh_from_db()
    assert (told.revision, told.to_tell, told.told_revision) == (2, True, 1)
    event = Event.objects.get(chain=told.chain)
    assert (event.action, event.actor) == (act, people.town_staff) and event.before and event.after
    assert not list(log.broken_links(told.chain))


@pytest.mark.parametrize("act", list(ACTS))
def test_only_the_staff_of_the_station_and_above_may(people, day, act):
    for user in (people.other_town_staff, people.point_staff, people.deputy_user, people.officer_user, people.clerk):
        with pytest.raises(PermissionDenied):
            ACTS[act](day.pk, user)
    ACTS[act](day.pk, people.hub_staff)


@pytest.mark.parametrize("act", list(ACTS))
def test_when_the_event_cannot_be_written_nothing_has_happened(people, day, act, monkeypatch):
    def broken(*_, **__):
        raise RuntimeError

    monkeypatch.setattr(log, "append", broken)
    with pytest.raises(RuntimeError):
        ACTS[act](day.pk, people.town_staff)
    day.refresh_from_db()
    assert (day.date, day.state, day.place, day.revision) == (SOON, DayState.PLANNED, "联络站接待室", 1)


@pytest.mark.parametrize("act", list(ACTS))
def test_a_stale_page_changes_nothing(people, day, act):
    seen = changes.stamp(day)
    days.edit(day.pk, by=people.town_staff, theme="冬季供暖")
    calls = {
        "move": lambda: days.move_to(day.pk, to=LATER, reason="会议", by=people.town_staff, seen=seen),
        "cancel": lambda: days.cancel(day.pk, reason="防汛", by=people.town_staff, seen=seen),
        "edit": lambda: days.edit(day.pk, by=people.town_staff, seen=seen, theme="春耕备播"),
    }
    with pytest.raises(ValidationError, match="刚刚被别人改动过"):
        calls[act]()
    day.refresh_from_db()
    assert (day.theme, day.state, day.date) == ("冬季供暖", DayState.PLANNED, SOON)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_two_who_change_a_day_at_once_the_second_sees_what_the_first_did():
    people = factories.cast()
    day = factories.reception_day(people)
    moved = second_waits(
        lambda: days.cancel(day.pk, reason="停电", by=people.hub_staff),
        lambda: days.move_to(day.pk, to=day.date + dt.timedelta(days=1), reason="停电", by=people.town_staff),
    )
    assert isinstance(moved, ValidationError)
    day.refresh_from_db()
    assert day.state == DayState.CANCELLED


@pytest.mark.parametrize("state", [DayState.OPEN, DayState.CLOSED, DayState.CANCELLED])
@pytest.mark.parametrize("act", list(ACTS))
def test_only_a_day_still_to_come_is_rearranged(people, day, state, act):
    ReceptionDay.objects.filter(pk=day.pk).update(state=state, cancel_reason="防汛")
    with pytest.raises(ValidationError):
        ACTS[act](day.pk, people.town_staff)


def test_a_moved_day_says_where_it_was_and_is_fixed(people, day):
    ReceptionDay.objects.filter(pk=day.pk).update(provisional=True)
    moved = days.move_to(day.pk, to=LATER, reason="会议冲突", by=people.town_staff)
    assert moved.why.startswith(f"原定{SOON:%-m月%-d日}，会议冲突")
    assert (moved.by_hand, moved.provisional, moved.planned_on) == (True, False, SOON)


@pytest.mark.parametrize(
    ("to", "words"),
    [
        (timezone.localdate() - dt.timedelta(days=1), "已经过去了"),
        (SOON, "本来就是"),
        (LATER, "已经有接待日"),
        (timezone.localdate() + dt.timedelta(days=2000), "检查年份"),
    ],
)
def test_a_day_is_not_moved_where_it_cannot_be(people, day, to, words):
    factories.reception_day(people, LATER)
    with pytest.raises(ValidationError, match=words):
        days.move_to(day.pk, to=to, reason="会议", by=people.town_staff)


def test_a_cancelled_day_leaves_its_date_free(people, day):
    other = factories.reception_day(people, LATER)
    days.cancel(other.pk, reason="防汛", by=people.town_staff)
    assert days.move_to(day.pk, to=LATER, reason="会议", by=people.town_staff).date == LATER
    with pytest.raises(ValidationError, match="已经有接待日"):
        days.reopen(other.pk, by=people.town_staff)


def test_a_day_moved_to_a_day_off_says_so(people, day):
    off = next(date for n in range(1, 15) if not Calendar.current().is_workday(date := SOON + dt.timedelta(days=n)))
    assert "当天是" in days.move_to(day.pk, to=off, reason="群众赶集", by=people.town_staff).why


def test_cancelling_twice_is_refused_in_words(people, day):
    days.cancel(day.pk, reason="防汛", by=people.town_staff)
    with pytest.raises(ValidationError, match="已经取消了"):
        days.cancel(day.pk, reason="防汛", by=people.town_staff)


def test_cancelling_without_a_reason_is_refused(people, day):
    with pytest.raises(ValidationError, match="写明取消的原因"):
        days.cancel(day.pk, reason=" ", by=people.town_staff)


def test_nobody_is_told_that_a_day_nobody_knew_of_is_cancelled(people, day):
    assert not days.cancel(day.pk, reason="防汛", by=people.town_staff).to_tell


def test_a_day_in_the_past_that_was_not_held_is_cancelled_quietly(people, told):
    ReceptionDay.objects.filter(pk=told.pk).update(date=timezone.localdate() - dt.timedelta(days=1))
    assert not days.cancel(told.pk, reason="没有群众来访", by=people.town_staff).to_tell
    with pytest.raises(ValidationError, match="已经过去了"):
        days.reopen(told.pk, by=people.town_staff)


def test_a_reopened_day_is_told_again(people, told):
    days.cancel(told.pk, reason="防汛", by=people.town_staff)
    day = days.reopen(told.pk, by=people.town_staff)
    assert (day.state, day.cancel_reason, day.revision, day.to_tell) == (DayState.PLANNED, "", 3, True)
    assert [event.action for event in Event.objects.filter(chain=day.chain)] == ["cancel", "reopen"]


def test_what_the_rule_cancelled_and_the_office_reopened_is_the_offices(people, day):
    ReceptionDay.objects.filter(pk=day.pk).update(state=DayState.CANCELLED, cancel_reason=BY_RULE)
    assert days.reopen(day.pk, by=people.town_staff).by_hand


def test_a_new_theme_is_told_but_is_no_other_arrangement(people, told):
    days.edit(told.pk, by=people.town_staff, theme="冬季供暖", activity="走访敬老院")
    told.refresh_from_db()
    assert (told.revision, told.to_tell) == (1, True)


def test_saving_without_a_change_is_nothing_to_tell(people, told):
    assert days.edit(told.pk, by=people.town_staff, place=told.place) == {}
    told.refresh_from_db()
    assert not told.to_tell and not Event.objects.filter(chain=told.chain).exists()


def test_a_day_does_not_end_before_it_starts(people, day):
    with pytest.raises(ValidationError, match="晚于开始时间"):
        days.edit(day.pk, by=people.town_staff, ends_at=dt.time(8))


def add(people, **fields):
    return days.add(
        **{
            "station": people.town,
            "date": LATER,
            "starts_at": dt.time(9),
            "ends_at": dt.time(11),
            "by": people.town_staff,
            **fields,
        }
    )


def test_a_day_beside_those_of_the_rule(people, day):
    extra = add(people, reason="代表接待月")
    assert (extra.period, extra.by_hand, extra.why.split("，")[:2]) == ("", True, ["加开", "代表接待月"])
    assert Event.objects.get(chain=extra.chain).action == "add"


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"date": SOON}, "已经有接待日"),
        ({"date": dt.date(2020, 1, 1)}, "已经过去了"),
        ({"ends_at": dt.time(8)}, "晚于开始时间"),
    ],
)
def test_a_day_that_cannot_be_is_not_added(people, day, fields, words):
    with pytest.raises(ValidationError, match=words):
        add(people, **fields)
    assert ReceptionDay.objects.count() == 1


def test_a_closed_station_gets_no_day(people):
    Station.objects.filter(pk=people.town.pk).update(is_active=False)
    people.town.refresh_from_db()
    with pytest.raises(ValidationError, match="已停用"):
        add(people, by=people.hub_staff)


def test_somebody_elses_station_gets_no_day(people):
    with pytest.raises(PermissionDenied):
        add(people, by=people.other_town_staff)


def test_a_day_fixed_by_hand_goes_back_to_the_rules_date_and_moves_with_the_calendar_again(people, day):
    days.move_to(day.pk, to=LATER, reason="会议冲突", by=people.town_staff)
    ReceptionDay.objects.filter(pk=day.pk).update(told_at=timezone.now(), told_revision=2, to_tell=False)
    wanted = planning.planned(rule_for(people.town), SOON.year + 1, 3, Calendar.current())
    ReceptionDay.objects.filter(pk=day.pk).update(period=wanted.period)
    back = days.follow_rule(day.pk, by=people.town_staff)
    assert (back.date, back.planned_on, back.by_hand) == (wanted.date, wanted.planned_on, False)
    assert (back.revision, back.to_tell) == (3, True)
    event = Event.objects.filter(chain=day.chain).latest("seq")
    assert (event.action, event.after["date"]) == ("follow_rule", wanted.date.isoformat())


def test_a_day_on_the_rules_own_date_is_given_back_without_anybody_being_told(people):
    plan = planning.planned(rule_for(people.town), SOON.year + 1, 3, Calendar.current())
    day = factories.reception_day(people, plan.date, period=plan.period, by_hand=True, to_tell=False)
    back = days.follow_rule(day.pk, by=people.town_staff)
    assert (back.by_hand, back.revision, back.to_tell) == (False, 1, False)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"by_hand": False}, "没有手工定过日期"),
        ({"by_hand": True, "period": ""}, "加开的接待日不按规则排"),
        ({"by_hand": True, "state": DayState.CANCELLED, "cancel_reason": "防汛"}, "已取消的接待日不能改期"),
        ({"by_hand": True, "period": "2025-03"}, "已经过去了"),
    ],
)
def test_a_day_is_not_given_back_where_the_rule_has_no_place_for_it(people, day, fields, words):
    ReceptionDay.objects.filter(pk=day.pk).update(**fields)
    with pytest.raises(ValidationError, match=words):
        days.follow_rule(day.pk, by=people.town_staff)


def test_a_day_is_not_given_back_to_a_rule_that_holds_none(people, day):
    ReceptionRule.objects.create(station=people.town, holds=False)
    ReceptionDay.objects.filter(pk=day.pk).update(by_hand=True)
    with pytest.raises(ValidationError, match="不设接待日"):
        days.follow_rule(day.pk, by=people.town_staff)
