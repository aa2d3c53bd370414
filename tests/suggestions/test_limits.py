import datetime as dt

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from messaging.models import OutboxRow
from suggestions import clock, limits, workflow
from suggestions.choices import LimitRule, Satisfaction, State
from suggestions.errors import WorkflowError
from suggestions.limits import Phase
from suggestions.models import Assignment, Extension, Suggestion
from suggestions.transitions import Voice
from tests import factories

pytestmark = pytest.mark.django_db


def at(*parts):
    return dt.datetime(*parts, tzinfo=timezone.get_default_timezone())


MONDAY = at(2025, 3, 3, 10, 0)


@pytest.mark.parametrize(
    ("state", "due", "rule"),
    [
        (State.SUBMITTED, dt.date(2025, 3, 10), LimitRule.ACCEPT),  # 5 working days
        (State.REGISTERED, dt.date(2025, 3, 10), LimitRule.TRIAGE),  # 5 working days
        (State.ASSIGNED, dt.date(2025, 3, 17), LimitRule.TAKE),  # 10 working days
        (State.HANDLING, dt.date(2025, 3, 24), LimitRule.TOWNSHIP),  # 15 working days from the assignment
        (State.REPORTED, dt.date(2025, 3, 6), LimitRule.HAND_OVER),  # 3 working days
        (State.HANDED_OVER, dt.date(2025, 3, 17), LimitRule.REPLY),  # 10 working days
        (State.REPLIED, dt.date(2025, 3, 24), LimitRule.ARCHIVE),  # 7 + 14 days
        (State.ASSESSING, dt.date(2025, 4, 3), LimitRule.ASSESS),  # 1 month
    ],
)
def test_each_state_has_its_limit(people, state, due, rule):
    case = factories.case_in(people, state, at=MONDAY)
    assert (case.due_on, case.due_rule) == (due, rule)


@pytest.mark.parametrize("state", [State.CLOSED, State.REFUSED, State.WITHDRAWN, State.MERGED])
def test_ends_have_no_limit(people, state):
    assert factories.case_in(people, state, at=MONDAY).due_on is None


def test_holidays_and_make_up_days_are_counted_as_they_are(people):
    case = factories.register(people, at=at(2025, 9, 26, 10, 0))
    assert case.due_on == dt.date(2025, 10, 10)  # 28 Sep is worked, 1–8 Oct are off
    rows = limits.explain(limits.of_case(case))
    assert [row.count for row in rows if row.count] == [1, 2, 3, 4, 5]
    assert {row.why for row in rows if row.count is None} >= {"国庆节放假"}


def escalated(people, when=MONDAY):
    case = factories.register(people, at=when)
    workflow.escalate(case.pk, opinion="需县里办", by=people.town_staff, at=when)
    return workflow.assign(case.pk, lead=people.county_department, by=people.hub_staff, at=when)


def test_a_county_department_has_three_months(people):
    case = escalated(people)
    assert Assignment.objects.get(is_current=True).due_on == dt.date(2025, 6, 3)
    assert workflow.take(case.pk, by=people.county_clerk, at=MONDAY).due_rule == LimitRule.COUNTY


def test_the_countys_own_numbers_are_used(people):
    people.county.rules.township_days = 20
    people.county.rules.save()
    case = factories.case_in(people, State.HANDLING, at=MONDAY)
    assert case.due_on == dt.date(2025, 3, 31)


def test_an_objection_has_the_desk_decide_again_in_ten_working_days(people):
    case = factories.case_in(people, State.ASSIGNED, at=MONDAY)
    case = workflow.object_(case.pk, reason="不归我们", by=people.clerk, at=MONDAY)
    assert (case.state, case.due_rule, case.due_on) == (
        State.REGISTERED,
        LimitRule.REDECIDE,
        dt.date(2025, 3, 17),
    )
    assert case.lead is None and not Assignment.objects.filter(is_current=True).exists()
    assert workflow.assign(case.pk, lead=people.town_second, by=people.town_staff, at=MONDAY).lead == people.town_second


def test_an_extension_is_a_row_with_both_dates_and_moves_the_limit_only_when_granted(people):
    case = factories.case_in(people, State.HANDLING, at=MONDAY)
    later = dt.date(2025, 4, 1)
    case = workflow.ask_extension(case.pk, new_due_on=later, reason="等材料", by=people.clerk, at=MONDAY)
    assert case.due_on == dt.date(2025, 3, 24)
    case = workflow.decide_extension(case.pk, grant=True, by=people.town_staff, at=MONDAY)
    row = Extension.objects.get()
    assert (row.old_due_on, row.new_due_on, row.state) == (dt.date(2025, 3, 24), later, "granted")
    assert (case.due_on, case.due_rule) == (later, LimitRule.EXTENDED)


def test_a_denied_extension_needs_words_and_changes_nothing(people):
    case = factories.case_in(people, State.HANDLING, at=MONDAY)
    workflow.ask_extension(case.pk, new_due_on=dt.date(2025, 4, 1), reason="等材料", by=people.clerk, at=MONDAY)
    with pytest.raises(WorkflowError, match="不批准时请写明理由"):
        workflow.decide_extension(case.pk, grant=False, by=people.town_staff, at=MONDAY)
    case = workflow.decide_extension(case.pk, grant=False, note="抓紧办", by=people.town_staff, at=MONDAY)
    assert case.due_on == dt.date(2025, 3, 24)


def test_an_extension_reaches_at_most_six_months_at_the_county(people):
    case = escalated(people)
    case = workflow.take(case.pk, by=people.county_clerk, at=MONDAY)
    with pytest.raises(WorkflowError, match="最迟不超过 2025年9月3日"):
        workflow.ask_extension(case.pk, new_due_on=dt.date(2025, 9, 4), reason="难", by=people.county_clerk, at=MONDAY)
    workflow.ask_extension(case.pk, new_due_on=dt.date(2025, 9, 3), reason="难", by=people.county_clerk, at=MONDAY)


def test_a_second_request_waits_for_the_first(people):
    case = factories.case_in(people, State.HANDLING, at=MONDAY)
    workflow.ask_extension(case.pk, new_due_on=dt.date(2025, 4, 1), reason="等材料", by=people.clerk, at=MONDAY)
    with pytest.raises(WorkflowError, match="已有一份延期申请"):
        workflow.ask_extension(case.pk, new_due_on=dt.date(2025, 4, 2), reason="等材料", by=people.clerk, at=MONDAY)


def test_a_date_set_by_hand_is_after_today_and_within_the_longest(people):
    case = factories.register(people, at=MONDAY)
    for wrong in (dt.date(2025, 3, 3), dt.date(2025, 2, 1), dt.date(2026, 1, 1)):
        with pytest.raises(WorkflowError, match="办理期限要在今天之后"):
            workflow.assign(case.pk, lead=people.town_department, due_on=wrong, by=people.town_staff, at=MONDAY)
    case = workflow.assign(
        case.pk, lead=people.town_department, due_on=dt.date(2025, 3, 5), by=people.town_staff, at=MONDAY
    )
    assert case.due_on == dt.date(2025, 3, 5)  # the time to take it is never longer than the handling


def test_not_satisfied_is_done_again_within_a_month_once_then_assessed_by_the_county(people):
    case = factories.case_in(people, State.REPLIED, at=MONDAY)
    case = workflow.rate(case.pk, satisfaction=Satisfaction.NOT, reason="又坏了", by=Voice.VOTER, at=MONDAY)
    assert (case.state, case.lead, case.redo_count) == (State.ASSIGNED, people.town_department, 1)
    assert Assignment.objects.get(is_current=True, role="lead").due_on == dt.date(2025, 4, 3)
    workflow.take(case.pk, by=people.clerk, at=MONDAY)
    workflow.report(case.pk, result_kind="solved", text="再修", by=people.clerk, at=MONDAY)
    workflow.hand_over(case.pk, by=people.town_staff, at=MONDAY)
    workflow.reply(case.pk, text="再修好了", by=people.deputy_user, at=MONDAY)
    case = workflow.rate(case.pk, satisfaction=Satisfaction.NOT, reason="还是不亮", by=Voice.VOTER, at=MONDAY)
    assert (case.state, case.desk) == (State.ASSESSING, people.hub)
    assert workflow.assess(case.pk, text="已评估", by=people.hub_staff, at=MONDAY).state == State.CLOSED


def test_the_result_of_a_county_matter_goes_back_through_the_township_to_the_deputy(people):
    case = escalated(people)
    workflow.take(case.pk, by=people.county_clerk)
    workflow.report(case.pk, result_kind="solved", text="已办", by=people.county_clerk)
    with pytest.raises(WorkflowError, match="先把结果转回博爱县甲镇联络站"):
        workflow.hand_over(case.pk, by=people.hub_staff)
    case = workflow.return_result(case.pk, by=people.hub_staff)
    assert (case.state, case.desk, case.due_rule) == (State.REPORTED, people.town, LimitRule.HAND_OVER)
    with pytest.raises(WorkflowError, match="就在来源站点"):
        workflow.return_result(case.pk, by=people.town_staff)
    workflow.hand_over(case.pk, by=people.town_staff)
    assert workflow.reply(case.pk, text="已办好", by=people.deputy_user).state == State.REPLIED


def test_everybody_whose_case_was_merged_gets_the_answer_even_over_two_steps(people):
    main = factories.case_in(people, State.HANDLING)
    first = factories.submit(people)
    second = factories.submit(people)
    workflow.merge(second.pk, into=factories.register(people, title="中间").pk, by=people.town_staff)
    middle = Suggestion.objects.get(title="中间")
    workflow.merge(first.pk, into=main.pk, by=people.town_staff)
    workflow.merge(middle.pk, into=main.pk, by=people.town_staff)
    workflow.report(main.pk, result_kind="solved", text="修好了", by=people.clerk)
    workflow.hand_over(main.pk, by=people.town_staff)
    workflow.reply(main.pk, text="都修好了", by=people.deputy_user)
    for pk in (first.pk, middle.pk, second.pk):
        case = Suggestion.objects.get(pk=pk)
        assert (case.state, case.reply, case.result_kind) == (State.REPLIED, "都修好了", "solved")
        assert workflow.rate(pk, satisfaction="satisfied", by=Voice.VOTER).state == State.CLOSED


def test_a_reply_in_the_deputys_name_says_so(people):
    from history.models import Event

    case = factories.case_in(people, State.HANDED_OVER)
    workflow.reply(case.pk, text="代表委托我们回复您", by=people.town_staff)
    assert Event.objects.get(chain=case.chain, action="reply").after["for_deputy"] is True


def test_what_was_only_planned_is_asked_again_every_six_months_until_it_is_done(people):
    case = factories.case_in(people, State.HANDLING, at=MONDAY)
    workflow.report(case.pk, result_kind="planned", text="明年建", by=people.clerk, at=MONDAY)
    workflow.hand_over(case.pk, by=people.town_staff, at=MONDAY)
    workflow.reply(case.pk, text="列入明年计划", by=people.deputy_user, at=MONDAY)
    case = workflow.rate(case.pk, satisfaction="basically", by=Voice.VOTER, at=MONDAY)
    assert (case.grade, case.follow_up_on) == ("B", dt.date(2025, 9, 3))
    assert clock.ask_follow_up(dt.date(2025, 9, 2)) == 0
    assert clock.ask_follow_up(dt.date(2025, 9, 3)) > 0
    case = workflow.follow_up(case.pk, text="还在设计", done=False, by=people.clerk, at=at(2025, 9, 4, 9, 0))
    assert case.follow_up_on == dt.date(2026, 3, 4)
    case = workflow.follow_up(case.pk, text="建成了", done=True, by=people.clerk, at=at(2025, 9, 5, 9, 0))
    assert (case.follow_up_on, case.grade) == (None, "A")


def test_unrated_replies_are_archived_the_day_after_their_time_even_if_the_task_comes_late(people):
    case = factories.case_in(people, State.REPLIED, at=MONDAY)
    assert clock.archive_unrated(at(2025, 3, 24, 23, 0)) == 0
    assert clock.archive_unrated(at(2025, 4, 9, 1, 0)) == 1
    assert clock.archive_unrated(at(2025, 4, 9, 1, 0)) == 0
    assert Suggestion.objects.get(pk=case.pk).state == State.CLOSED


def told():
    return set(OutboxRow.objects.filter(key__contains="overdue").values_list("key", "person__username"))


def test_an_overdue_case_is_urged_once_a_period_and_from_the_second_time_the_desk_above_hears(people):
    case = factories.case_in(people, State.ASSIGNED, at=MONDAY)  # due on 17 March
    clock.urge_overdue(dt.date(2025, 3, 17))
    assert told() == set()  # due today is not overdue
    for _ in range(2):
        clock.urge_overdue(dt.date(2025, 3, 18))
    assert {person for _, person in told()} == {"BA-clerk"} and len(told()) == 1
    clock.urge_overdue(dt.date(2025, 3, 24))
    assert len(told()) == 1
    clock.urge_overdue(dt.date(2025, 3, 25))
    assert {person for _, person in told()} == {"BA-clerk", "BA-hub_staff"} and len(told()) == 3
    assert case.chain in next(iter(told()))[0]


def test_a_reply_without_rating_reminds_the_desk_after_a_week_once(people):
    factories.case_in(people, State.REPLIED, at=MONDAY)
    assert clock.remind_rating(dt.date(2025, 3, 9)) == 0
    clock.remind_rating(dt.date(2025, 3, 10))
    clock.remind_rating(dt.date(2025, 3, 11))
    assert OutboxRow.objects.filter(key__contains="rating").count() == 1


@given(
    due_on=st.dates(dt.date(2024, 1, 1), dt.date(2027, 12, 31)),
    today=st.dates(dt.date(2024, 1, 1), dt.date(2027, 12, 31)),
)
def test_the_three_phases_part_every_case_on_every_date(due_on, today):
    warn_from = limits.warning_date(today)
    phase = limits.phase(due_on, today, warn_from)
    assert phase == (Phase.OVERDUE if due_on < today else Phase.DUE_SOON if due_on <= warn_from else Phase.AWAITING)
    if due_on == today:
        assert phase == Phase.DUE_SOON
    assert warn_from > today
