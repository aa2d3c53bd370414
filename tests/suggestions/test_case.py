"""The page of a case: who sees it, what it shows, which buttons it has."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from history.log import broken_links
from history.models import Event
from liaison.lib.panels import functions
from suggestions import workflow
from suggestions.choices import State
from suggestions.management.commands.verify_events import lost_tails
from suggestions.registration import VoterData
from suggestions.standing import road, waiting_for
from suggestions.timeline import events_of
from suggestions.transitions import Voice
from tests import factories
from tests.suggestions.acts import again, events, fresh, press, show

pytestmark = pytest.mark.django_db


@pytest.fixture
def people():
    return factories.cast()


def stops(case):
    case = fresh(case)
    return [(stage.label, stage.look) for stage in road(case, events_of(case))]


@pytest.mark.parametrize("state", State.values)
def test_the_page_stands_in_every_state_for_everybody_who_sees_it(client, people, state):
    case = factories.case_in(people, state)
    for seat in ("hub_staff", "town_staff", "clerk", "deputy_user"):
        person = getattr(people, seat)
        page = show(client, person, "case", case)
        seen = type(case).objects.visible_to(again(person)).filter(pk=case.pk).exists()
        assert page.status_code == (200 if seen else 404)
        assert not seen or case.title in page.text


@pytest.mark.parametrize("seat", ["other_town_staff", "county_clerk", "other_deputy_user", "officer_user"])
def test_who_may_not_see_it_finds_nothing(client, people, seat):
    case = factories.case_in(people, State.HANDLING)
    assert show(client, getattr(people, seat), "case", case).status_code == 404


def test_the_point_sees_only_what_came_in_there(client, people):
    elsewhere = factories.case_in(people, State.REGISTERED)
    own = factories.register(people, station=people.point, by=people.point_staff)
    assert show(client, people.point_staff, "case", elsewhere).status_code == 404
    assert show(client, people.point_staff, "case", own).status_code == 200


def test_the_expected_step_is_the_big_button_and_the_rest_is_behind_it(client, people):
    case = factories.case_in(people, State.HANDLING)
    page = show(client, people.clerk, "case", case)
    assert [row.action for row in page.context["main_steps"]] == ["report"]
    assert {row.action for row in page.context["more_steps"]} == {"ask_extension", "remark"}


def test_taking_is_one_press_on_the_page_itself(client, people):
    case = factories.case_in(people, State.ASSIGNED)
    page = show(client, people.clerk, "case", case)
    assert f'<form method="post" action="/cases/{case.pk}/take/">' in page.text


def test_the_road_shows_where_the_case_stands(people):
    assert stops(factories.case_in(people, State.HANDLING)) == [
        ("公布接待", "done"),
        ("登记", "done"),
        ("交办", "done"),
        ("办理", "now"),
        ("反馈", "next"),
        ("回复", "next"),
        ("归档", "next"),
    ]


def test_the_road_of_an_answer_on_the_spot_leaves_the_departments_out(people):
    case = factories.case_in(people, State.REGISTERED)
    workflow.answer(case.pk, text="当场解释清楚了。", by=people.deputy_user)
    assert [look for _, look in stops(case)] == ["done", "done", "skipped", "skipped", "skipped", "done", "now"]


def test_the_road_ends_where_the_case_was_refused(people):
    assert stops(factories.case_in(people, State.REFUSED))[1] == ("登记", "stopped")


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (State.SUBMITTED, "等博爱县甲镇联络站决定是否受理"),
        (State.REGISTERED, "等博爱县甲镇联络站研判交办"),
        (State.ASSIGNED, "等村镇建设中心签收"),
        (State.HANDLING, "等村镇建设中心办理并报告结果"),
        (State.REPORTED, "等博爱县甲镇联络站核对结果，反馈代表"),
        (State.HANDED_OVER, "等张为民代表回复选民"),
        (State.REPLIED, "等选民评价"),
        (State.ASSESSING, "等博爱县中心站组织评估"),
        (State.CLOSED, "已经办结归档"),
        (State.REFUSED, "不予受理：没有具体事项"),
        (State.WITHDRAWN, "来信人已撤回"),
    ],
)
def test_whom_it_waits_for_is_a_sentence(people, state, words):
    assert waiting_for(factories.case_in(people, state)) == words


def test_a_merged_case_leads_to_its_main_case(client, people):
    case = factories.case_in(people, State.MERGED)
    page = show(client, people.town_staff, "case", case)
    assert reverse("suggestions:case", args=[case.merged_into_id]) in page.text
    main = show(client, people.town_staff, "case", case.merged_into)
    assert case.number in main.text


def test_the_timeline_speaks_plainly(client, people):
    case = factories.case_in(people, State.HANDLING)
    page = show(client, people.town_staff, "case", case)
    labels = [entry.label for entry in page.context["history"]]
    assert labels == ["签收", "交办", "登记"]
    assert "主办：村镇建设中心" in page.text
    assert "协办：农业服务中心" in page.text
    assert "村镇建设中心 BA-clerk" in page.text


def test_escalating_and_its_reason_are_in_the_timeline(client, people):
    case = factories.case_in(people, State.REGISTERED)
    workflow.escalate(case.pk, opinion="涉及两个乡镇。", by=people.town_staff)
    page = show(client, people.town_staff, "case", case)
    assert "转到：博爱县中心站" in page.text
    assert "涉及两个乡镇。" in page.text


def test_personal_data_is_masked_until_asked_for(client, people):
    case = factories.case_in(people, State.HANDLING)
    page = show(client, people.clerk, "case", case)
    assert "赵小满" not in page.text
    assert "13800001234" not in page.text
    assert "甲村三组" not in page.text
    assert "赵**" in page.text
    assert "138****1234" in page.text


def test_asking_for_the_contact_shows_it_and_leaves_a_trace(client, people):
    case = factories.case_in(people, State.HANDLING)
    before = fresh(case).version
    page = press(client, people.clerk, "contact", case)
    assert "赵小满" in page.text
    assert "tel:13800001234" in page.text
    assert "no-store" in page["Cache-Control"]
    event = Event.objects.filter(chain=case.chain).latest("seq")
    assert (event.action, event.actor, event.seat, event.address) == (
        "view_contact",
        people.clerk,
        "村镇建设中心",
        "127.0.0.1",
    )
    assert fresh(case).version == before
    assert not list(broken_links(case.chain))
    assert not list(lost_tails())


def test_the_contact_alone_is_sent_to_a_page_that_asks_for_a_part(client, people):
    case = factories.case_in(people, State.HANDLING)
    client.force_login(people.clerk)
    part = client.post(reverse("suggestions:contact", args=[case.pk]), headers={"HX-Request": "true"})
    assert "13800001234" in part.text
    assert "<html" not in part.text


def test_a_look_needs_a_press_not_a_link(client, people):
    case = factories.case_in(people, State.HANDLING)
    assert show(client, people.clerk, "contact", case).status_code == 405


def test_who_has_no_part_in_the_case_any_more_sees_no_contact(client, people):
    case = factories.case_in(people, State.ASSIGNED)
    workflow.object_(case.pk, reason="不属于本单位。", by=people.clerk)
    person = again(people.clerk)
    assert show(client, person, "case", case).status_code == 200
    assert press(client, person, "contact", case).status_code == 403
    assert "view_contact" not in events(case)


def test_nobody_outside_gets_the_contact(client, people):
    case = factories.case_in(people, State.HANDLING)
    assert press(client, people.other_town_staff, "contact", case).status_code == 404


def test_looks_are_shown_to_the_desk_only(client, people):
    case = factories.case_in(people, State.HANDLING)
    press(client, people.clerk, "contact", case)
    assert len(show(client, people.town_staff, "case", case).context["looks"]) == 1
    assert show(client, people.clerk, "case", case).context["looks"] == []


def test_everybody_of_a_joint_case_is_named(client, people):
    case = factories.register(
        people, voters=[VoterData(name="赵小满"), VoterData(name="钱有才"), VoterData(name="孙福")]
    )
    page = show(client, people.town_staff, "case", case)
    assert "共 3 人" in page.text
    for surname in "赵钱孙":
        assert f"{surname}*" in page.text


def test_what_a_voter_wrote_is_never_markup(client, people):
    case = factories.register(people, title="<b>路灯</b>", content="<script>alert(1)</script>")
    page = show(client, people.town_staff, "case", case)
    assert "<script>alert(1)" not in page.text
    assert "&lt;b&gt;路灯" in page.text


def test_the_limit_page_counts_day_by_day(client, people):
    case = factories.case_in(people, State.REGISTERED)
    page = show(client, people.town_staff, "limit", case)
    days = page.context["days"]
    assert days[-1].date == case.due_on
    assert days[-1].count == people.county.rules.triage_days
    assert "河南省信访规定" in page.text


def test_the_limit_page_counts_the_departments_limits_too(client, people):
    case = factories.case_in(people, State.ASSIGNED)  # the clock that runs is the one for taking it
    page = show(client, people.clerk, "limit", case)
    lead, co = page.context["departments"]
    assert lead["days"][-1].count == people.county.rules.township_days
    assert lead["days"][-1].date == lead["row"].due_on > case.due_on
    assert co["row"].due_on == lead["row"].due_on and "但不晚于主办单位的期限" in page.text
    assert "河南省代表建议" in co["source"]


def test_the_limit_that_runs_is_not_counted_twice(client, people):
    case = factories.case_in(people, State.HANDLING)
    page = show(client, people.clerk, "limit", case)
    assert [one["row"].department for one in page.context["departments"]] == [people.town_second]


def test_the_limit_page_of_an_ended_case_says_so(client, people):
    case = factories.case_in(people, State.CLOSED)
    assert "没有正在走的时限" in show(client, people.town_staff, "limit", case).text


def test_the_limit_is_for_who_may_see_the_case(client, people):
    case = factories.case_in(people, State.REGISTERED)
    assert show(client, people.other_town_staff, "limit", case).status_code == 404


def test_the_page_costs_the_same_however_long_the_history(client, people):
    case = factories.case_in(people, State.HANDLING)
    page = reverse("suggestions:case", args=[case.pk])
    show(client, people.town_staff, "case", case)
    with CaptureQueriesContext(connection) as short:
        client.get(page)
    for _ in range(5):
        workflow.remark(case.pk, note="打电话问过。", by=people.town_staff)
    with CaptureQueriesContext(connection) as long:
        client.get(page)
    assert len(long) == len(short)
    # One more for each room above that has something to say about a case.
    assert len(short) <= 15 + len(functions("case")), "\n".join(query["sql"] for query in short)


def test_withdrawn_by_the_voter_is_in_the_timeline(client, people):
    case = factories.case_in(people, State.REGISTERED)
    workflow.withdraw(case.pk, by=Voice.VOTER)
    page = show(client, people.town_staff, "case", case)
    assert page.context["history"][0].label == "撤回"
    assert page.context["history"][0].who == "选民"
