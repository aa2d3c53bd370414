import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from deputies.models import Deputy, Status
from liaison.lib.panels import functions
from stations.models import Kind, Station, StationStaff
from suggestions import my_work, notices, workflow
from suggestions.choices import OPEN_STATES, Channel, ResultKind, Satisfaction, State
from suggestions.models import Suggestion
from suggestions.my_work import waiting_for
from suggestions.transitions import Voice
from tests import factories
from tests.suggestions.acts import again

PEOPLE = (
    "hub_staff",
    "town_staff",
    "other_town_staff",
    "point_staff",
    "clerk",
    "second_clerk",
    "county_clerk",
    "deputy_user",
    "other_deputy_user",
    "officer_user",
)


def ago(days):
    return timezone.now() - dt.timedelta(days=days)


def waits(user):
    """What waits for ``user`` now: kind → numbers of cases."""
    return {group.key: [item.case.number for item in group.items] for group in waiting_for(again(user)).groups}


def kinds(user):
    return set(waits(user))


@pytest.mark.parametrize(
    ("state", "who", "kind"),
    [
        (State.SUBMITTED, "town_staff", "accept"),
        (State.REGISTERED, "town_staff", "triage"),
        (State.ASSIGNED, "clerk", "take"),
        (State.HANDLING, "clerk", "report"),
        (State.REPORTED, "town_staff", "feed_back"),
        (State.HANDED_OVER, "deputy_user", "reply"),
        (State.ASSESSING, "hub_staff", "assess"),
    ],
)
def test_a_case_waits_for_whoever_has_the_next_step(people, state, who, kind):
    case = factories.case_in(people, state)
    assert waits(getattr(people, who))[kind] == [case.number]


@pytest.mark.parametrize("state", [state for state in State if state != State.REPLIED])
def test_whoever_is_told_of_a_case_has_it_waiting_and_nobody_else(people, strangers, state):
    """notices.owners and this page must never disagree. After a reply, staff wait for the voter before they call."""
    case = factories.case_in(people, state)
    told = {user.pk for user in notices.owners(case)}
    everybody = [getattr(cast, name) for cast in (people, strangers) for name in PEOPLE]
    asked = {user.pk: waits(user) for user in everybody}
    waiting = {
        pk for pk, piles in asked.items() for kind, found in piles.items() if kind != "advise" and case.number in found
    }
    assert waiting == told


@pytest.mark.parametrize("state", OPEN_STATES)
def test_everything_that_waits_for_somebody_may_be_seen_by_that_person(people, state):
    factories.case_in(people, state, at=ago(40))
    for name in PEOPLE:
        user = again(getattr(people, name))
        seen = set(Suggestion.objects.visible_to(user).values_list("number", flat=True))
        work = waiting_for(user)
        listed = [*work.groups, *(group for group in (work.late, work.brought) if group)]
        assert {item.case.number for group in listed for item in group.items} <= seen


def test_a_point_without_staff_is_served_by_its_township(people):
    lonely = Station.objects.create(county=people.county, kind=Kind.POINT, name="乙村联络点", parent=people.town)
    case = factories.register(people, station=lonely)
    assert waits(people.town_staff)["triage"] == [case.number]
    assert "triage" not in kinds(people.hub_staff)


def test_a_point_with_staff_is_left_to_them(people):
    case = factories.register(people, station=people.point)
    assert waits(people.point_staff)["triage"] == [case.number]
    assert "triage" not in kinds(people.town_staff)


def test_a_point_whose_only_staff_cannot_log_in_is_served_by_its_township(people):
    case = factories.register(people, station=people.point)
    User.objects.filter(pk=people.point_staff.pk).update(is_active=False)
    assert waits(people.town_staff)["triage"] == [case.number]


def test_where_a_township_has_no_staff_either_the_county_office_serves(people):
    case = factories.register(people, station=people.point)
    StationStaff.objects.filter(station__in=[people.point, people.town]).delete()
    assert waits(people.hub_staff)["triage"] == [case.number]


def test_a_co_handler_waits_with_its_own_limit_until_its_opinion_is_sent(people):
    case = factories.case_in(people, State.HANDLING)
    assert waits(people.second_clerk) == {"advise": [case.number]}
    workflow.advise(case.pk, text="同意", by=people.second_clerk)
    assert "advise" not in kinds(people.second_clerk)


def test_an_extension_waits_for_the_desk_until_it_is_decided(people):
    case = factories.case_in(people, State.HANDLING)
    assert "decide_extension" not in kinds(people.town_staff)
    workflow.ask_extension(case.pk, new_due_on=case.due_on + dt.timedelta(days=7), reason="等待材料", by=people.clerk)
    assert waits(people.town_staff)["decide_extension"] == [case.number]
    workflow.decide_extension(case.pk, grant=True, by=people.town_staff)
    assert "decide_extension" not in kinds(people.town_staff)


@pytest.mark.parametrize(
    "change",
    [{"user": None}, {"status": Status.ENDED}, {"status": Status.SUSPENDED}],
    ids=["no log-in", "ended", "suspended"],
)
def test_the_desk_replies_where_the_deputy_cannot(people, change):
    case = factories.case_in(people, State.HANDED_OVER)
    assert "reply_for" not in kinds(people.town_staff)
    Deputy.objects.filter(pk=people.deputy.pk).update(**change)
    assert waits(people.town_staff)["reply_for"] == [case.number]


def test_the_desk_replies_where_there_is_no_deputy(people):
    case = factories.case_in(people, State.HANDED_OVER, deputy=None)
    assert waits(people.town_staff)["reply_for"] == [case.number]


def test_a_voter_who_does_not_answer_is_called_after_the_reminder(people):
    early = factories.case_in(people, State.REPLIED, at=ago(6))
    late = factories.case_in(people, State.REPLIED, at=ago(7))
    assert waits(people.town_staff)["call_back"] == [late.number]
    assert early.number not in waits(people.town_staff)["call_back"]


def test_what_was_planned_is_asked_again_of_the_desk_and_the_department(people):
    case = factories.case_in(people, State.HANDLING, at=ago(400))
    when = {"at": ago(390)}
    workflow.report(case.pk, result_kind=ResultKind.PLANNED, text="列入明年计划", by=people.clerk, **when)
    workflow.hand_over(case.pk, by=people.town_staff, **when)
    workflow.reply(case.pk, text="列入计划", by=people.deputy_user, **when)
    workflow.rate(case.pk, satisfaction=Satisfaction.SATISFIED, by=Voice.VOTER, **when)
    for user in (people.town_staff, people.clerk):
        assert waits(user)["follow_up"] == [case.number]
    workflow.follow_up(case.pk, text="已建成", done=True, by=people.clerk)
    assert "follow_up" not in kinds(people.town_staff) | kinds(people.clerk)


def test_what_is_overdue_in_the_area_is_in_sight_of_its_offices_only(people):
    case = factories.case_in(people, State.ASSIGNED, at=ago(60))
    for user in (people.hub_staff, people.town_staff):
        assert [item.case.number for item in waiting_for(again(user)).late.items] == [case.number]
    for user in (people.other_town_staff, people.point_staff, people.clerk, people.deputy_user):
        assert waiting_for(again(user)).late is None


def test_what_is_due_today_is_not_yet_overdue_in_the_area(people):
    case = factories.case_in(people, State.ASSIGNED)
    Suggestion.objects.filter(pk=case.pk).update(due_on=timezone.localdate())
    assert waiting_for(again(people.hub_staff)).late is None


def test_one_sees_what_one_registered_and_where_it_stands(people, as_user):
    case = factories.register(people, by=people.officer_user)
    workflow.assign(case.pk, lead=people.town_department, by=people.town_staff)
    assert [item.case.number for item in waiting_for(again(people.officer_user)).brought.items] == [case.number]
    assert "等村镇建设中心签收" in as_user(people.officer_user).get("/work/").content.decode()


def test_several_seats_are_put_together(people):
    StationStaff.objects.create(user=people.clerk, station=people.point)
    Deputy.objects.filter(pk=people.deputy.pk).update(user=people.clerk)
    expected = {
        "reply": [factories.case_in(people, State.HANDED_OVER).number],
        "take": [factories.case_in(people, State.ASSIGNED).number],
        "triage": [factories.register(people, station=people.point, deputy=None).number],
    }
    assert waits(people.clerk) == expected


def test_the_reddest_come_first_within_a_kind_and_among_kinds(people):
    green = factories.register(people)
    red = factories.register(people, at=ago(30))
    accept = factories.submit(people)
    assert list(waits(people.town_staff).items()) == [
        ("triage", [red.number, green.number]),
        ("accept", [accept.number]),
    ]


def test_a_deputy_replies_first_however_red_the_rest_is(people):
    StationStaff.objects.create(user=people.deputy_user, station=people.point)
    factories.register(people, station=people.point, at=ago(90))
    factories.case_in(people, State.HANDED_OVER)
    assert next(iter(waits(people.deputy_user))) == "reply"


def test_more_than_are_shown_are_counted_and_one_press_away(people, as_user):
    for _ in range(my_work.SHOWN + 1):
        factories.register(people)
    group = waiting_for(again(people.town_staff)).groups[0]
    assert (len(group.items), group.capped) == (my_work.SHOWN, str(my_work.SHOWN + 1))
    client = as_user(people.town_staff)
    assert "?waiting=triage&amp;sort=due" in client.get("/work/").content.decode()
    assert f"<strong>{my_work.SHOWN + 1}</strong>" in client.get("/cases/?waiting=triage&sort=due").content.decode()


def test_a_thousand_and_more_are_counted_as_that(people, monkeypatch):
    monkeypatch.setattr(my_work, "CAP", 2)
    for _ in range(3):
        factories.register(people)
    work = waiting_for(again(people.town_staff))
    assert work.groups[0].capped == "2+" and work.capped == "2+"


def test_taking_is_one_press_and_leads_back(people, as_user):
    case = factories.case_in(people, State.ASSIGNED)
    client = as_user(people.clerk)
    page = client.get("/work/").content.decode()
    assert f'action="{reverse("suggestions:take", args=[case.pk])}"' in page
    answer = client.post(
        reverse("suggestions:take", args=[case.pk]), {"version": case.version, "next": reverse("suggestions:my_work")}
    )
    assert answer.url == "/work/" and waits(people.clerk) == {"report": [case.number]}


def test_a_result_above_the_intake_goes_back_down_first(people, as_user):
    case = factories.register(people)
    workflow.escalate(case.pk, opinion="请县里办", by=people.town_staff)
    workflow.assign(case.pk, lead=people.county_department, by=people.hub_staff)
    workflow.take(case.pk, by=people.county_clerk)
    workflow.report(case.pk, result_kind=ResultKind.SOLVED, text="办好了", by=people.county_clerk)
    page = as_user(people.hub_staff).get("/work/").content.decode()
    assert reverse("suggestions:return_result", args=[case.pk]) in page
    assert reverse("suggestions:hand_over", args=[case.pk]) not in page


def test_a_deputy_reads_the_result_and_has_one_large_button(people, as_user):
    case = factories.case_in(people, State.HANDED_OVER)
    page = as_user(people.deputy_user).get("/work/").content.decode()
    assert "路灯已修好。" in page and f'href="{reverse("suggestions:reply", args=[case.pk])}"' in page


def test_limits_are_said_in_working_days(people, as_user):
    factories.register(people)
    assert "还有 5 个工作日" in as_user(people.town_staff).get("/work/").content.decode()


def test_nothing_to_do_is_said_kindly(people, as_user):
    assert "没有等您办的事" in as_user(people.second_clerk).get("/work/").content.decode()


def test_somebody_without_a_seat_has_an_empty_page(db, as_user):
    assert "没有等您办的事" in as_user(factories.user("nobody")).get("/work/").content.decode()


def test_it_is_the_page_after_log_in(people, client):
    answer = client.post("/accounts/login/", {"username": people.clerk.username, "password": factories.PASSWORD})
    assert answer.url == reverse("suggestions:my_work")


@pytest.mark.parametrize("who", PEOPLE)
def test_it_costs_seven_queries_and_one_for_each_function_of_other_parts(
    people, as_user, who, django_assert_max_num_queries
):
    for state in State.values:
        factories.case_in(people, state)
        factories.case_in(people, state, at=ago(60), channel=Channel.VISIT) if state != State.SUBMITTED else None
    client = as_user(getattr(people, who))
    client.get("/work/")  # the first request of a session also writes when it was seen
    with django_assert_max_num_queries(7 + len(functions("my_work"))):
        assert client.get("/work/").status_code == 200


def test_what_one_took_down_and_received_is_listed_once_the_newest_first(people):
    older = factories.register(people, by=people.deputy_user)
    newer = factories.register(people, by=people.town_staff)
    assert [item.case.number for item in waiting_for(again(people.deputy_user)).brought.items] == [
        newer.number,
        older.number,
    ]
