import datetime as dt

import pytest
from django.utils import timezone

from suggestions import workflow
from suggestions.choices import LimitRule, State
from suggestions.limits import handling
from tests import factories
from tests.suggestions.acts import events, fresh, press, said, show

pytestmark = pytest.mark.django_db


@pytest.fixture
def people():
    return factories.cast()


@pytest.fixture
def case(people):
    return factories.case_in(people, State.REGISTERED)


def form(case, **fields):
    return {
        "lead": fields.pop("lead").pk,
        "due_on": default_limit(case).isoformat(),
        "instruction": "请办理。",
        **fields,
    }


def default_limit(case):
    return handling(case.desk, case.county.rules, timezone.localdate()).due_on


def test_to_a_lead_and_co_handlers_with_the_county_s_limit(client, people, case):
    answer = press(
        client, people.town_staff, "assign", case, **form(case, lead=people.town_department, co=[people.town_second.pk])
    )
    assert "已交办给村镇建设中心" in said(answer)
    rows = {row.department: row for row in fresh(case).assignments.all()}
    assert rows[people.town_department].role == "lead"
    assert rows[people.town_department].due_on == default_limit(case)
    assert rows[people.town_department].due_rule == LimitRule.TOWNSHIP
    assert rows[people.town_second].role == "co"
    assert fresh(case).state == State.ASSIGNED


def test_the_form_comes_with_the_limit_its_reason_and_an_instruction(client, people, case):
    page = show(client, people.town_staff, "assign", case)
    assert page.context["form"].initial["due_on"] == default_limit(case)
    assert "乡镇办理 15 个工作日" in page.text
    assert "请调查核实" in page.text


def test_departments_of_the_field_come_first_and_one_alone_is_chosen(client, people, case):
    people.town_second.fields = "agriculture,environment"
    people.town_second.save()
    workflow.classify(case.pk, field="agriculture", kind="opinion", by=people.town_staff)
    page = show(client, people.town_staff, "assign", case)
    choices = page.context["form"].fields["lead"].choices
    assert choices[1] == ("主管农业农村", [(people.town_second.pk, "农业服务中心")])
    assert page.context["form"].initial["lead"] == people.town_second.pk


def test_the_field_is_suggested_by_the_text_and_kept_with_the_same_press(client, people, case):
    page = show(client, people.town_staff, "assign", case)
    assert page.context["form"].initial["field"] == "construction"
    press(client, people.town_staff, "assign", case, **form(case, lead=people.town_department, field="construction"))
    assert fresh(case).field == "construction"
    assert events(case) == ["register", "classify", "assign"]


def test_a_failed_assignment_leaves_the_field_as_it_was(client, people, case):
    late = timezone.localdate() + dt.timedelta(days=400)
    fields = form(case, lead=people.town_department, field="health", due_on=late.isoformat())
    page = press(client, people.town_staff, "assign", case, **fields)
    assert "最迟不超过" in page.text
    assert fresh(case).field == ""
    assert events(case) == ["register"]


def test_another_date_within_the_longest_is_kept_as_chosen_by_hand(client, people, case):
    earlier = timezone.localdate() + dt.timedelta(days=5)
    fields = form(case, lead=people.town_department, due_on=earlier.isoformat())
    press(client, people.town_staff, "assign", case, **fields)
    row = fresh(case).assignments.get()
    assert (row.due_on, row.due_rule) == (earlier, LimitRule.BY_HAND)


@pytest.mark.parametrize("days", [-30, -1, 0, 400])
def test_a_date_in_the_past_today_or_too_far_is_explained(client, people, case, days):
    day = timezone.localdate() + dt.timedelta(days=days)
    fields = form(case, lead=people.town_department, due_on=day.isoformat())
    page = press(client, people.town_staff, "assign", case, **fields)
    assert "办理期限要在今天之后" in page.text
    assert fresh(case).state == State.REGISTERED


@pytest.mark.parametrize("typed", ["2026-13-45", "明天", "0000-00-00"])
def test_what_is_no_date_is_explained(client, people, case, typed):
    page = press(client, people.town_staff, "assign", case, **form(case, lead=people.town_department, due_on=typed))
    assert "日期不对" in page.text


def test_a_department_of_another_station_is_refused(client, people, case):
    other = factories.other_cast()
    for department in (people.county_department, other.town_department):
        page = press(client, people.town_staff, "assign", case, **form(case, lead=department))
        assert "所选单位不属于本站" in page.text
        assert "住房和城乡建设局" not in page.text
    page = press(
        client, people.town_staff, "assign", case, **form(case, lead=people.town_department, co=[other.town_second.pk])
    )
    assert "所选协办单位不属于本站" in page.text
    assert fresh(case).state == State.REGISTERED
    assert not fresh(case).assignments.exists()


def test_a_disabled_department_is_not_offered(client, people, case):
    people.town_second.is_active = False
    people.town_second.save()
    assert "农业服务中心" not in show(client, people.town_staff, "assign", case).text


def test_the_lead_cannot_be_its_own_co_handler(client, people, case):
    fields = form(case, lead=people.town_department, co=[people.town_department.pk])
    page = press(client, people.town_staff, "assign", case, **fields)
    assert "已是主办单位" in page.text
    assert fresh(case).state == State.REGISTERED


def test_the_hub_assigns_to_county_departments_for_three_months(client, people, case):
    workflow.escalate(case.pk, opinion="请县里研究。", by=people.town_staff)
    page = show(client, people.hub_staff, "assign", case)
    assert "县级办理 3 个月" in page.text
    press(client, people.hub_staff, "assign", case, **form(fresh(case), lead=people.county_department))
    assert fresh(case).lead == people.county_department


def test_the_township_cannot_assign_what_it_sent_up(client, people, case):
    workflow.escalate(case.pk, opinion="请县里研究。", by=people.town_staff)
    assert (
        press(client, people.town_staff, "assign", case, **form(case, lead=people.town_department)).status_code == 403
    )


def test_a_point_has_no_departments(client, people):
    case = factories.register(people, station=people.point, by=people.point_staff)
    assert "没有承办单位，请上报" in show(client, people.point_staff, "assign", case).text
