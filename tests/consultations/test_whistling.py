"""A whistle is blown and goes its way: who may do what when, who is told, what the history keeps."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from consultations import whistling
from consultations.models import Call, CallState, Ground, Whistle
from history import log
from history.models import Event
from messaging.models import OutboxRow
from stations import changes
from stations.models import Department, DepartmentStaff
from suggestions import workflow
from suggestions.choices import State
from tests.consultations.factories import call, whistle
from tests.factories import case_in
from tests.locks import second_waits
from tests.suggestions.acts import again
from workdays.calendar import Calendar

pytestmark = pytest.mark.django_db


def fresh(one):
    return Call.objects.get(pk=one.pk)


def told(person, words):
    return OutboxRow.objects.filter(person=person, subject__contains=words).exists()


# --- blowing ------------------------------------------------------------------------------


def test_every_department_called_is_told_at_once_by_every_channel(people):
    people.clerk.phone = "13700000001"
    people.clerk.save()
    one = whistle(people, people.town_department, people.county_department)
    assert told(people.clerk, "吹哨，请") and told(people.county_clerk, "吹哨，请")
    assert not told(people.second_clerk, "吹哨") and not told(people.town_staff, "吹哨")
    sms = OutboxRow.objects.get(person=people.clerk, channel="sms").sms
    assert (sms["template"], sms["params"][1]) == ("whistle_blown", "主街污水管塌陷")
    event = Event.objects.get(chain=one.chain)
    assert (event.action, event.after["departments"]) == (
        "blow",
        [people.town_department.pk, people.county_department.pk],
    )
    assert not list(log.broken_links(one.chain))


def test_the_limit_is_a_working_day_by_the_countys_rule(people):
    (one,) = whistle(people).calls.all()
    due = timezone.localtime(one.due_at)
    assert due.date() == Calendar.current().add(timezone.localdate(), 2)
    assert (due.hour, due.minute, one.due_why) == (23, 59, "2 个工作日")


def test_an_emergency_counts_hours_whatever_the_day(people):
    people.county.rules.whistle_hours = 3
    people.county.rules.save()
    one = whistle(people, ground=Ground.EMERGENCY)
    limit = one.calls.get()
    assert limit.due_at - one.blown_at == dt.timedelta(hours=3) and limit.due_why == "突发紧急 3 小时"


@pytest.mark.parametrize(("distance", "words"), [({"minutes": -1}, "已经过去"), ({"days": 91}, "太远")])
def test_a_limit_in_the_past_or_far_off_is_refused(people, distance, words):
    with pytest.raises(ValidationError, match=words):
        whistle(people, due_at=timezone.now() + dt.timedelta(**distance))
    assert not Whistle.objects.exists()


def test_a_closed_department_is_named_and_nothing_is_blown(people):
    Department.objects.filter(pk=people.town_department.pk).update(is_active=False)
    closed = Department.objects.get(pk=people.town_department.pk)
    with pytest.raises(ValidationError, match="村镇建设中心已经停用"):
        whistle(people, closed, people.county_department)
    assert not Whistle.objects.exists()


def test_only_departments_of_the_own_level_and_above_are_called(people, strangers):
    village = {"by": people.point_staff, "station": people.point}
    assert whistle(people, people.town_department, people.county_department, **village)
    for department in (strangers.county_department, strangers.town_department):
        with pytest.raises(ValidationError, match="不是本站或上级站"):
            whistle(people, department)
    with pytest.raises(ValidationError, match="不是本站或上级站"):
        whistle(people, people.town_department, by=people.other_town_staff, station=people.other_town)


def test_the_same_open_case_is_not_whistled_for_twice_at_the_same_department(people):
    case = case_in(people, State.REGISTERED)
    whistle(people, case=case)
    with pytest.raises(ValidationError, match="已经向村镇建设中心吹过哨"):
        whistle(people, people.county_department, people.town_department, case=case, title="换个说法")
    assert whistle(people, people.county_department, case=case)


def test_the_same_matter_without_a_case_neither_until_it_has_ended(people):
    one = whistle(people).calls.get()
    with pytest.raises(ValidationError, match="吹过哨"):
        whistle(people)
    whistling.withdraw(one.pk, by=people.town_staff, text="修好了")
    assert whistle(people)


def test_the_database_itself_holds_it(people):
    case = case_in(people, State.REGISTERED)
    (one,) = whistle(people, case=case).calls.all()
    other = whistle(people, people.county_department, case=case)
    with pytest.raises(IntegrityError), transaction.atomic():
        Call.objects.create(whistle=other, department=one.department, case=case, due_at=one.due_at)


def test_a_case_is_whistled_for_by_who_has_it_in_hand(people):
    case = case_in(people, State.REGISTERED)
    with pytest.raises(PermissionDenied):
        whistle(people, by=people.point_staff, station=people.point, case=case)
    assert whistle(people, people.county_department, by=people.hub_staff, station=people.hub, case=case)
    workflow.escalate(case.pk, opinion="归县里", by=people.town_staff)
    with pytest.raises(PermissionDenied):
        whistle(people, case=case)


def test_a_case_that_is_closed_is_not_whistled_for(people):
    case = case_in(people, State.CLOSED)
    with pytest.raises(ValidationError, match="不能再为它吹哨"):
        whistle(people, people.county_department, by=people.hub_staff, station=people.hub, case=case)


@pytest.mark.parametrize("seat", ["clerk", "deputy_user", "officer_user", "other_town_staff"])
def test_only_staff_of_the_station_blow(people, seat):
    with pytest.raises(PermissionDenied):
        whistle(people, by=getattr(people, seat))


# --- coming -------------------------------------------------------------------------------


def test_checking_in_keeps_who_where_and_when_and_tells_the_station(people):
    one = call(people)
    whistling.check_in(one.pk, by=people.clerk, who="李建 副主任", where="路口东侧")
    one = fresh(one)
    assert (one.state, one.came_who, one.came_where) == (CallState.HERE, "李建 副主任", "路口东侧")
    assert not one.came_late and one.finish_on == Calendar.current().add(timezone.localdate(), 10)
    assert told(people.town_staff, "村镇建设中心已报到")


def test_coming_after_the_limit_shows(people):
    one = call(people)
    Call.objects.filter(pk=one.pk).update(due_at=timezone.now() - dt.timedelta(minutes=1))
    assert whistling.check_in(one.pk, by=people.clerk, who="李建").came_late
    assert Event.objects.get(action="check_in").after["late"] is True


def test_somebody_else_checks_nobody_in(people):
    one = call(people)
    for person in (people.second_clerk, people.county_clerk, people.town_staff, people.hub_staff, people.deputy_user):
        with pytest.raises(PermissionDenied, match="被吹哨单位"):
            whistling.check_in(one.pk, by=person, who="李建")
    assert fresh(one).came_at is None


def test_for_a_department_without_log_in_the_station_does_it(people):
    one = call(people)
    DepartmentStaff.objects.filter(department=people.town_department).update(user=people.second_clerk)
    with pytest.raises(PermissionDenied):
        whistling.check_in(one.pk, by=people.town_staff, who="李建")
    people.second_clerk.is_active = False
    people.second_clerk.save()
    assert whistling.check_in(one.pk, by=people.town_staff, who="李建").state == CallState.HERE


def test_a_second_press_is_explained_and_changes_nothing(people):
    one = call(people, "here")
    with pytest.raises(ValidationError, match="已经报到过了（李建 副主任"):
        whistling.check_in(one.pk, by=people.clerk, who="别人")
    assert fresh(one).came_who == "李建 副主任"


# --- refusing -----------------------------------------------------------------------------


def test_a_refusal_says_why_and_the_station_may_agree(people):
    one = call(people)
    with pytest.raises(ValidationError, match="退哨理由"):
        whistling.refuse(one.pk, by=people.clerk, reason=" ")
    whistling.refuse(one.pk, by=people.clerk, reason="归县城管局")
    assert told(people.town_staff, "村镇建设中心申请退哨")
    whistling.excuse(one.pk, by=people.town_staff)
    assert fresh(one).state == CallState.EXCUSED and told(people.clerk, "同意退哨")


def test_the_county_office_decides_what_the_station_does_not_agree_to(people):
    one = call(people, "raised")
    assert told(people.hub_staff, "请裁定")
    with pytest.raises(PermissionDenied):
        whistling.decide(one.pk, by=people.town_staff, must_come=True, text="该去")
    Call.objects.filter(pk=one.pk).update(due_at=timezone.now() - dt.timedelta(days=3), missed_at=timezone.now())
    whistling.decide(one.pk, by=people.hub_staff, must_come=True, text="移交单为准")
    one = fresh(one)
    assert (one.state, one.missed_at) == (CallState.CALLED, None) and one.due_at > timezone.now()
    assert told(people.clerk, "应当到场") and told(people.town_staff, "应当到场")


def test_the_county_takes_no_day_from_the_limit_that_the_station_gave(people):
    later = timezone.now() + dt.timedelta(days=60)
    one = call(people, "raised", due_at=later)
    whistling.decide(one.pk, by=people.hub_staff, must_come=True, text="移交单为准")
    assert fresh(one).due_at == later


def test_who_had_come_already_goes_on_where_it_stopped(people):
    one = call(people, "here")
    whistling.refuse(one.pk, by=people.clerk, reason="看了现场，是供电的线")
    whistling.pass_up(one.pk, by=people.town_staff, text="不是")
    whistling.decide(one.pk, by=people.hub_staff, must_come=True, text="继续")
    assert fresh(one).state == CallState.HERE


def test_the_hub_is_judge_of_its_own_whistles(people):
    one = whistle(people, people.county_department, by=people.hub_staff, station=people.hub).calls.get()
    whistling.refuse(one.pk, by=people.county_clerk, reason="归交通局")
    assert "decide" in whistling.open_to(again(people.hub_staff), fresh(one))
    with pytest.raises(ValidationError, match="不能报县裁定"):
        whistling.pass_up(one.pk, by=people.hub_staff, text="不同意")
    whistling.decide(one.pk, by=people.hub_staff, must_come=False, text="同意")
    assert fresh(one).state == CallState.EXCUSED


# --- done and rated -----------------------------------------------------------------------


def test_progress_and_result_are_kept_and_a_result_may_be_sent_back(people):
    one = call(people, "here")
    whistling.note(one.pk, by=people.clerk, text="已定抢修队，今晚开挖。")
    whistling.report(one.pk, by=people.clerk, text="换好了。")
    assert told(people.town_staff, "请查看评价")
    whistling.send_back(one.pk, by=people.town_staff, text="路面没有恢复。")
    assert (fresh(one).state, fresh(one).done_at) == (CallState.HERE, None) and told(people.clerk, "被退回")
    notes = Event.objects.filter(chain=one.whistle.chain).values_list("note", flat=True)
    assert "已定抢修队，今晚开挖。" in notes


RATING = {"response": "prompt", "solved": "yes", "content": "satisfied"}


def test_both_sides_rate_once(people):
    one = call(people, "done")
    whistling.rate(one.pk, by=people.town_staff, **RATING)
    whistling.judge(one.pk, by=people.clerk, justified="yes")
    one = fresh(one)
    assert (one.response, one.solved, one.content, one.justified) == ("prompt", "yes", "satisfied", "yes")
    with pytest.raises(ValidationError, match="已经评价过了"):
        whistling.rate(one.pk, by=people.town_staff, **RATING | {"content": "not", "remark": "改主意"})
    with pytest.raises(ValidationError, match="已经评价过"):
        whistling.judge(one.pk, by=people.clerk, justified="no", remark="改主意")
    with pytest.raises(ValidationError, match="不能再退回"):
        whistling.send_back(one.pk, by=people.town_staff, text="再改")
    assert fresh(one).content == "satisfied"


def test_a_bad_rating_says_why(people):
    one = call(people, "done")
    with pytest.raises(ValidationError, match="哪里不满意"):
        whistling.rate(one.pk, by=people.town_staff, **RATING | {"content": "not"})
    with pytest.raises(ValidationError, match="写明理由"):
        whistling.judge(one.pk, by=people.clerk, justified="no")
    assert fresh(one).rated_at is None and fresh(one).judged_at is None


# --- action × state × seat, by hand -------------------------------------------------------

ACTS = {
    "check_in": lambda one, by: whistling.check_in(one.pk, by=by, who="李建"),
    "note": lambda one, by: whistling.note(one.pk, by=by, text="在办"),
    "report": lambda one, by: whistling.report(one.pk, by=by, text="办好了"),
    "refuse": lambda one, by: whistling.refuse(one.pk, by=by, reason="不归我们"),
    "excuse": lambda one, by: whistling.excuse(one.pk, by=by),
    "pass_up": lambda one, by: whistling.pass_up(one.pk, by=by, text="不同意"),
    "decide": lambda one, by: whistling.decide(one.pk, by=by, must_come=True, text="去"),
    "send_back": lambda one, by: whistling.send_back(one.pk, by=by, text="没好"),
    "rate": lambda one, by: whistling.rate(one.pk, by=by, **RATING),
    "judge": lambda one, by: whistling.judge(one.pk, by=by, justified="yes"),
    "withdraw": lambda one, by: whistling.withdraw(one.pk, by=by, text="不用了"),
}
STATES = ("called", "here", "done", "refused", "raised", "excused", "withdrawn")
TABLE = {  # in which states
    "check_in": "ynnnnnn",
    "note": "nynnnnn",
    "report": "nynnnnn",
    "refuse": "yynnnnn",
    "excuse": "nnnynnn",
    "pass_up": "nnnynnn",
    "decide": "nnnnynn",
    "send_back": "nnynnnn",
    "rate": "nnynnnn",
    "judge": "nnynnyn",
    "withdraw": "yynyynn",
}
SIDES = {
    "clerk": {"check_in", "note", "report", "refuse", "judge"},
    "town_staff": {"excuse", "pass_up", "send_back", "rate", "withdraw"},
    "hub_staff": {"excuse", "pass_up", "send_back", "rate", "withdraw", "decide"},
    "other_town_staff": set(),
    "point_staff": set(),
    "county_clerk": set(),
    "deputy_user": set(),
    "officer_user": set(),
}


@pytest.mark.parametrize("state", STATES)
def test_what_may_be_done_in_which_state(people, state):
    place = STATES.index(state)
    one = call(people, state)
    for action, act in ACTS.items():
        by = again(next(getattr(people, seat) for seat, may in SIDES.items() if action in may))
        sid = transaction.savepoint()
        try:
            act(one, by)
        except ValidationError as error:
            assert TABLE[action][place] == "n", (action, error)
        else:
            assert TABLE[action][place] == "y", action
        transaction.savepoint_rollback(sid)


@pytest.mark.parametrize("seat", SIDES)
def test_who_may(people, strangers, seat):
    done = call(people, "done")
    for action, act in ACTS.items():
        sid = transaction.savepoint()
        try:
            act(done, again(getattr(people, seat)))
            may = True
        except PermissionDenied:
            may = False
        except ValidationError:  # the wrong moment, for the right person
            may = True
        transaction.savepoint_rollback(sid)
        assert may == (action in SIDES[seat]), action


def test_nothing_moves_when_the_event_cannot_be_written(people, monkeypatch):
    one = call(people)

    def broken(*args, **kwargs):
        raise RuntimeError

    monkeypatch.setattr(whistling.log, "append", broken)
    with pytest.raises(RuntimeError):
        whistling.check_in(one.pk, by=people.clerk, who="李建")
    assert fresh(one).state == CallState.CALLED


def test_a_message_about_what_is_no_longer_so_is_not_sent(people):
    from consultations import whistle_notices

    one = call(people)
    name, _, arguments = OutboxRow.objects.filter(subject__contains="吹哨，请").first().relevance.partition(":")
    assert name == "consultations.whistle_notices.still" and whistle_notices.still(*arguments.split(":"))
    whistling.withdraw(one.pk, by=people.town_staff, text="不用了")
    assert not whistle_notices.still(*arguments.split(":"))


def test_a_department_or_a_station_with_an_open_whistle_is_not_closed(people):
    one = call(people)
    with pytest.raises(ValidationError, match="1 次吹哨"):
        changes.set_department_active(people.town_department, False, actor=people.town_staff)
    assert "还有吹哨没有办完" in changes.open_matters(people.town)
    whistling.withdraw(one.pk, by=people.town_staff, text="不用了")
    changes.set_department_active(people.town_department, False, actor=people.town_staff)


def test_a_limit_holds_to_its_last_moment():
    due, tick = timezone.now(), dt.timedelta(microseconds=1)
    assert not Call(due_at=due, came_at=due).came_late and Call(due_at=due, came_at=due + tick).came_late
    waiting = Call(due_at=due, state=CallState.CALLED)
    assert not waiting.is_missed(due) and waiting.is_missed(due + tick)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_two_who_check_in_at_the_same_moment_one_reads_that_the_other_was_first(people):
    one = call(people)
    late = second_waits(
        lambda: whistling.check_in(one.pk, by=people.clerk, who="李建"),
        lambda: whistling.check_in(one.pk, by=again(people.clerk), who="王强"),
    )
    assert isinstance(late, ValidationError) and "已经报到过了（李建" in late.messages[0]
    assert fresh(one).came_who == "李建"


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_whistle_pressed_twice_at_the_same_moment_is_blown_once(people):
    late = second_waits(lambda: whistle(people), lambda: whistle(people, by=again(people.town_staff)))
    assert isinstance(late, ValidationError) and Whistle.objects.count() == 1
