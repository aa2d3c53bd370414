import pytest

from suggestions import publicity, workflow
from suggestions.choices import State
from suggestions.models import PublicResult, ReleaseState, Suggestion
from suggestions.transitions import Voice
from tests import factories
from tests.suggestions.acts import events, fresh, press, said, show

pytestmark = pytest.mark.django_db


@pytest.fixture
def people():
    return factories.cast()


@pytest.fixture
def case(people):
    return factories.case_in(people, State.REPLIED)


def test_satisfied_closes_the_case_and_names_who_called(client, people, case):
    answer = press(client, people.town_staff, "rate", case, satisfaction="satisfied", replied="yes", solved="no")
    assert "评价已登记：满意" in said(answer)
    assert fresh(case).state == State.CLOSED
    rating = fresh(case).ratings.get()
    assert (rating.called_by, rating.replied, rating.solved, rating.understood) == (
        people.town_staff,
        True,
        False,
        None,
    )
    assert "BA-town_staff回访登记" in show(client, people.town_staff, "case", case).text


def test_not_satisfied_needs_the_reason(client, people, case):
    page = press(client, people.town_staff, "rate", case, satisfaction="not")
    assert "不满意请说明原因" in page.text
    assert fresh(case).state == State.REPLIED


def test_not_satisfied_is_done_again(client, people, case):
    answer = press(client, people.town_staff, "rate", case, satisfaction="not", reason="第二天又坏了。")
    assert "重新办理" in said(answer)
    assert fresh(case).state == State.ASSIGNED
    assert "重新办理" in show(client, people.clerk, "case", case).text


def test_not_satisfied_again_goes_to_the_hub(client, people, case):
    press(client, people.town_staff, "rate", case, satisfaction="not", reason="第二天又坏了。")
    workflow.take(case.pk, by=people.clerk)
    workflow.report(case.pk, result_kind="solved", text="又修了。", by=people.clerk)
    workflow.hand_over(case.pk, by=people.town_staff)
    workflow.reply(case.pk, text="又修好了。", by=people.deputy_user)
    answer = press(client, people.town_staff, "rate", case, satisfaction="not", reason="还是不亮。")
    assert "转博爱县中心站组织评估" in said(answer)
    assert fresh(case).state == State.ASSESSING
    page = show(client, people.hub_staff, "case", case)
    facts = [fact for entry in page.context["history"] for fact in entry.facts]
    assert facts.count("评价：不满意") == 2
    assert facts.count("办理结果：已解决") == 2


def test_nothing_chosen_is_nothing_rated(client, people, case):
    press(client, people.town_staff, "rate", case)
    assert not fresh(case).ratings.exists()


def test_the_number_to_call_is_at_hand(client, people, case):
    page = show(client, people.town_staff, "rate", case)
    assert "显示联系方式" in page.text
    assert "13800001234" not in page.text


def test_what_the_voter_said_oneself_is_called_so(client, people):
    case = factories.case_in(people, State.CLOSED)
    assert show(client, people.town_staff, "case", case).context["history"][0].label == "选民评价"


@pytest.mark.parametrize("again", [False, True])
def test_what_was_public_of_a_result_that_is_not_accepted_is_taken_down(people, again):
    case = factories.case_in(people, State.REPLIED, may_publish=True)
    Suggestion.objects.filter(pk=case.pk).update(redo_count=int(again))
    result = factories.public_result(people, case)
    workflow.rate(case.pk, satisfaction="not", reason="又坏了", by=Voice.VOTER)
    result.refresh_from_db()
    assert (result.state, result.withdraw_reason) == (ReleaseState.WITHDRAWN, publicity.DISPUTED)
    assert events(case)[-2:] == ["rate", "withdraw_result"]


def test_a_result_that_is_accepted_stays_public(people):
    case = factories.case_in(people, State.REPLIED, may_publish=True)
    factories.public_result(people, case)
    workflow.rate(case.pk, satisfaction="satisfied", by=Voice.VOTER)
    assert PublicResult.objects.public().exists()
