"""The triage page: what is in the queue, in which order, and that each action brings the next case."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from suggestions import workflow
from suggestions.choices import State
from suggestions.models import Suggestion
from tests import factories
from tests.suggestions.acts import fresh, press

pytestmark = pytest.mark.django_db

PAGE = "/triage/"


@pytest.fixture
def people():
    return factories.cast()


def look(client, user, **query):
    client.force_login(user)
    return client.get(PAGE, query)


def three(people):
    """Three cases of one township, the most urgent first."""
    return [factories.register(people, title=title) for title in ("路灯不亮", "校车太少", "药不全")]


def panel(page, action):
    return next(panel for panel in page.context["panels"] if panel["step"].action == action)


def test_one_case_with_its_text_and_its_forms(client, people):
    case = three(people)[0]
    page = look(client, people.town_staff)
    assert page.context["case"] == case
    assert [one["step"].action for one in page.context["panels"]] == [
        "assign",
        "classify",
        "escalate",
        "delegate",
        "answer",
    ]
    assert case.content in page.text
    assert "第 1 件，共 3 件" in re.sub(r"<[^>]+>", "", page.text)


def test_messages_from_the_web_are_accepted_or_refused_first(client, people):
    factories.submit(people)
    page = look(client, people.town_staff)
    assert [one["step"].action for one in page.context["panels"]] == ["accept", "refuse", "classify"]


def test_the_next_and_the_previous_are_one_key_away(client, people):
    first, second, third = three(people)
    page = look(client, people.town_staff, case=second.pk)
    assert (page.context["preceding"], page.context["following"]) == (first.pk, third.pk)
    assert f'href="?case={third.pk}" data-key="j"' in page.text
    assert f'href="?case={first.pk}" data-key="k"' in page.text


def test_the_most_urgent_comes_first(client, people):
    first, second, _ = three(people)
    Suggestion.objects.filter(pk=second.pk).update(due_on=first.due_on.replace(year=first.due_on.year - 1))
    assert look(client, people.town_staff).context["case"] == second


def test_after_an_action_the_next_case_appears(client, people):
    _, second, third = three(people)
    page = look(client, people.town_staff, case=second.pk)
    there = panel(page, "escalate")["next"]
    answer = press(client, people.town_staff, "escalate", second, opinion="请县里研究。", next=there)
    page = client.get(answer.url)
    assert page.context["case"] == third
    assert "已上报" in page.text


def test_after_the_last_one_it_begins_again_and_says_so(client, people):
    first, _, third = three(people)
    there = panel(look(client, people.town_staff, case=third.pk), "escalate")["next"]
    answer = press(client, people.town_staff, "escalate", third, opinion="请县里研究。", next=there)
    page = client.get(answer.url)
    assert page.context["case"] == first
    assert "后面没有了" in page.text


def test_after_accepting_one_stays_with_the_case_to_assign_it(client, people):
    case = factories.submit(people)
    three(people)
    there = panel(look(client, people.town_staff), "accept")["next"]
    page = client.get(press(client, people.town_staff, "accept", case, next=there).url)
    assert page.context["case"] == case
    assert panel(page, "assign")


def test_a_mistake_in_a_form_is_shown_and_then_leads_on(client, people):
    first, second, _ = three(people)
    there = panel(look(client, people.town_staff), "escalate")["next"]
    page = press(client, people.town_staff, "escalate", first, opinion="", next=there)
    assert "还不能提交" in page.text
    assert page.context["next"] == there
    answer = press(client, people.town_staff, "escalate", first, opinion="请县里研究。", next=there)
    assert client.get(answer.url).context["case"] == second


def test_the_field_is_suggested_and_its_department_chosen(client, people):
    people.town_department.fields = "construction"
    people.town_department.save()
    factories.register(people)
    form = panel(look(client, people.town_staff), "assign")["form"]
    assert (form["field"].value(), form["lead"].value()) == ("construction", people.town_department.pk)


def test_similar_cases_are_merged_with_one_press(client, people):
    main = factories.case_in(people, State.HANDLING, title="甲村村口路灯不亮了")
    case = factories.register(people)
    page = look(client, people.town_staff)
    assert page.context["similar"] == [main]
    answer = press(client, people.town_staff, "merge", case, into=main.number, next=page.context["next"])
    assert answer.url == page.context["next"]
    assert fresh(case).merged_into == main


def test_a_case_that_somebody_else_has_sorted_meanwhile(client, people):
    first, second, _ = three(people)
    workflow.escalate(first.pk, opinion="请县里研究。", by=people.hub_staff)
    page = look(client, people.town_staff, case=first.pk)
    assert page.context["case"] == second
    assert "已经研判过了" in page.text


def test_an_empty_queue_says_so(client, people):
    assert "都研判完了" in look(client, people.town_staff).text


def test_each_desk_has_its_own_queue(client, people):
    case = factories.register(people)
    assert "都研判完了" in look(client, people.other_town_staff).text
    workflow.escalate(case.pk, opinion="请县里研究。", by=people.town_staff)
    assert "都研判完了" in look(client, people.town_staff).text
    assert look(client, people.hub_staff).context["case"] == case


def test_a_point_without_staff_is_sorted_by_its_township(client, people):
    case = factories.register(people, station=people.point, by=people.point_staff)
    assert "都研判完了" in look(client, people.town_staff).text
    people.point_staff.station_seats.all().delete()
    assert look(client, people.town_staff).context["case"] == case


def test_another_county_s_case_is_never_shown(client, people):
    foreign = factories.register(factories.other_cast())
    factories.register(people)
    page = look(client, people.hub_staff, case=foreign.pk)
    assert foreign.number not in page.text


@pytest.mark.parametrize("seat", ["clerk", "deputy_user", "officer_user"])
def test_only_staff_of_a_station_sort(client, people, seat):
    assert look(client, getattr(people, seat)).status_code == 403


@pytest.mark.parametrize(
    "query",
    [{"case": "x"}, {"case": "9" * 40}, {"case": "１"}, {"after": "x"}, {"after": "2026-11-23"}, {"after": "."}],
)
def test_an_address_that_makes_no_sense_shows_the_first(client, people, query):
    case = factories.register(people)
    assert look(client, people.town_staff, **query).context["case"] == case


def test_ids_on_the_page_are_there_once(client, people):
    factories.register(people)
    ids = re.findall(r'\sid="([^"]+)"', look(client, people.town_staff).text)
    assert len(ids) == len(set(ids))


def test_personal_data_is_masked(client, people):
    factories.register(people)
    text = look(client, people.town_staff).text
    assert "赵小满" not in text
    assert "13800001234" not in text


def test_the_page_costs_the_same_however_long_the_queue(client, people):
    three(people)
    look(client, people.town_staff)
    with CaptureQueriesContext(connection) as short:
        client.get(PAGE)
    for _ in range(5):
        factories.register(people, title="另一件")
    with CaptureQueriesContext(connection) as long:
        client.get(PAGE)
    assert len(long) == len(short) <= 12, "\n".join(query["sql"] for query in short)
