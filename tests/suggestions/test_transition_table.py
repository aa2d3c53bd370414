"""Action × seat × state, written out by hand from the rules, against the workflow's real functions.

The table here is independent of ``suggestions.transitions``: whoever changes one must change the other on purpose.
"""

import datetime as dt

import pytest
from django.db import transaction
from django.utils import timezone

from history.models import Event
from messaging.models import OutboxRow
from suggestions import workflow
from suggestions.choices import State
from suggestions.errors import NotAllowed, WorkflowError, WrongState
from suggestions.models import Suggestion
from suggestions.transitions import Voice
from tests import factories

pytestmark = pytest.mark.django_db

S = State
# The case lies on the desk of 甲镇, whose department leads; a second department co-handles; a deputy received it.
DESK = {"town_staff", "hub_staff"}  # the hub's staff work on the whole tree
LEAD, CO, DEPUTY, HUB, VOTER, CLOCK = {"clerk"}, {"second_clerk"}, {"deputy_user"}, {"hub_staff"}, {"voter"}, {"clock"}

# action → (states it starts in, who may take it)
TABLE = {
    "accept": ({S.SUBMITTED}, DESK),
    "refuse": ({S.SUBMITTED}, DESK),
    "classify": ({S.SUBMITTED, S.REGISTERED}, DESK),
    "answer": ({S.REGISTERED}, DESK | DEPUTY),
    "escalate": ({S.REGISTERED}, DESK),
    "delegate": ({S.REGISTERED}, DESK),
    "merge": ({S.SUBMITTED, S.REGISTERED}, DESK),
    "assign": ({S.REGISTERED}, DESK),
    "take": ({S.ASSIGNED}, LEAD),
    "object": ({S.ASSIGNED}, LEAD),
    "advise": ({S.ASSIGNED, S.HANDLING}, CO),
    "report": ({S.HANDLING}, LEAD),
    "ask_extension": ({S.HANDLING}, LEAD),
    "hand_over": ({S.REPORTED}, DESK),
    "send_back": ({S.REPORTED}, DESK),
    "reply": ({S.HANDED_OVER}, DESK | DEPUTY),
    "rate": ({S.REPLIED}, DESK | VOTER),
    "archive": ({S.REPLIED}, DESK | CLOCK),
    "assess": ({S.ASSESSING}, HUB),
    "withdraw": ({S.SUBMITTED, S.REGISTERED}, VOTER),
    "supplement": (set(S) - {S.CLOSED, S.MERGED, S.REFUSED, S.WITHDRAWN}, VOTER),
    "consent": (set(S) - {S.REFUSED, S.WITHDRAWN}, DESK | VOTER),
    "urge": ({S.ASSIGNED, S.HANDLING, S.REPORTED, S.HANDED_OVER}, DESK),
    "supervise": ({S.REGISTERED, S.ASSIGNED, S.HANDLING, S.REPORTED, S.HANDED_OVER}, HUB),
    "remark": (set(S), DESK | LEAD | CO | DEPUTY),
}
# In these states the case has no lead and no co-handler yet, or never had one.
NO_DEPARTMENT = {S.SUBMITTED, S.REGISTERED, S.MERGED, S.REFUSED, S.WITHDRAWN}
EVERYBODY = (
    "town_staff",
    "hub_staff",
    "other_town_staff",
    "point_staff",
    "clerk",
    "second_clerk",
    "county_clerk",
    "deputy_user",
    "other_deputy_user",
    "officer_user",
    "voter",
    "clock",
    "stranger",
)


def press(action, case, actor, people):
    """The workflow's function with what a form would give it."""
    matter = {
        "refuse": {"reason": "vague"},
        "classify": {"field": "health", "kind": "opinion"},
        "answer": {"text": "当场说明"},
        "escalate": {"opinion": "请县里办"},
        "delegate": {"to": people.point, "opinion": "请村里办"},
        "merge": {"into": people.main.pk},
        "assign": {"lead": people.town_department},
        "object": {"reason": "不归我们管"},
        "advise": {"text": "同意"},
        "report": {"result_kind": "solved", "text": "修好了"},
        "ask_extension": {
            "new_due_on": (case.due_on or timezone.localdate()) + dt.timedelta(days=3),
            "reason": "等材料",
        },
        "send_back": {"reason": "没修好"},
        "reply": {"text": "修好了"},
        "rate": {"satisfaction": "satisfied"},
        "assess": {"text": "已评估"},
        "remark": {"note": "打过电话"},
        "supplement": {"note": "昨天又漫水了"},
        "consent": {"may_publish": True, "note": "11月28日电话回访"},
    }.get(action, {})
    function = getattr(workflow, "object_" if action == "object" else action)
    return function(case.pk, by=actor, **matter)


def trace():
    rows = Suggestion.objects.order_by("pk").values_list("pk", "state", "version", "event_seq", "desk_id", "lead_id")
    return list(rows), Event.objects.count(), OutboxRow.objects.count()


@pytest.fixture
def people():
    people = factories.cast()
    people.stranger = factories.other_cast().town_staff
    people.main = factories.register(people, title="同一件事")
    people.voter, people.clock = Voice.VOTER, Voice.CLOCK
    return people


@pytest.mark.parametrize("state", State.values)
def test_only_the_seats_of_the_table_take_a_step_and_only_from_its_states(people, state):
    case = factories.case_in(people, state)
    for action, (states, everybody_allowed) in TABLE.items():
        who = everybody_allowed - (LEAD | CO if state in NO_DEPARTMENT else set())
        if state == S.ASSESSING:  # it lies on the hub's desk now
            who = who - {"town_staff"}
        before = trace()
        for name in EVERYBODY:
            if name not in who:
                with pytest.raises(NotAllowed):
                    press(action, case, getattr(people, name), people)
            elif state not in states:
                with pytest.raises(WrongState):
                    press(action, case, getattr(people, name), people)
        assert trace() == before, action
        if state in states:
            with transaction.atomic():
                after = press(action, case, getattr(people, sorted(who)[0]), people)
                assert after.version == case.version + 1
                assert trace() != before
                transaction.set_rollback(True)


@pytest.mark.parametrize("action", TABLE)
def test_every_seat_of_the_table_can_take_the_step(people, action):
    states, who = TABLE[action]
    state = next(state for state in (S.HANDLING, S.ASSIGNED, *S) if state in states)
    for name in who:
        case = factories.case_in(people, state)
        assert press(action, case, getattr(people, name), people).version == case.version + 1, name


def test_the_table_knows_every_action():
    from suggestions.transitions import TRANSITIONS

    elsewhere = {"decide_extension", "return_result", "follow_up"}  # need more than a state: see their own tests
    assert set(TABLE) | elsewhere == set(TRANSITIONS)


def test_a_case_that_is_gone_says_so_as_missing(people):
    with pytest.raises(Suggestion.DoesNotExist):
        workflow.take(987654, by=people.clerk)


def test_an_error_is_a_sentence(people):
    case = factories.case_in(people, S.CLOSED)
    with pytest.raises(WorkflowError, match="现在是“已归档”，不能“签收”"):
        workflow.take(case.pk, by=people.clerk)
