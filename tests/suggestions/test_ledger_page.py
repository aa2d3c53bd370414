"""The ledger as it is shown: rows, chips, links, parts of the page, and what it costs."""

import re
from html import unescape

import pytest
from django.http import QueryDict
from django.urls import reverse

from stations.models import Kind, Station
from suggestions import workflow
from suggestions.choices import Field, ResultKind, Satisfaction, State
from suggestions.transitions import Voice
from tests import factories
from tests.suggestions.ledgers import found, numbers_on, twelve_cases_in_pages_of_five


@pytest.fixture
def many(people, monkeypatch):
    return twelve_cases_in_pages_of_five(people, monkeypatch)


def test_the_row_says_what_a_clerk_looks_for(people, as_user):
    case = factories.case_in(people, State.ASSIGNED, field=Field.CONSTRUCTION)
    html = as_user(people.hub_staff).get("/cases/").content.decode()
    for text in (
        case.number,
        case.title,
        "城乡建设",
        "博爱县甲镇联络站",
        "同来源",
        "村镇建设中心",
        "张为民",
        "已交办",
        "个工作日",
    ):
        assert text in html
    assert reverse("suggestions:case", args=[case.pk]) in html


def test_each_active_filter_can_be_taken_off_alone(people, as_user):
    factories.case_in(people, State.ASSIGNED)
    query = {"state": "open", "q": "路灯", "station": people.town.pk, "lead": people.town_department.pk, "sort": "due"}
    html = as_user(people.hub_staff).get("/cases/", query).content.decode()
    chips = dict(re.findall(r'class="chip" href="([^"]+)"[^>]*>([^<]+)<', html))
    assert set(chips.values()) == {
        "查找：路灯",
        "状态：在办（全部）",
        f"站点：{people.town.name}",
        "主办单位：村镇建设中心",
    }
    for href, text in chips.items():
        rest = QueryDict(unescape(href).partition("?")[2])
        gone = {"查找": "q", "状态": "state", "站点": "station", "主办单位": "lead"}[text.partition("：")[0]]
        assert set(rest) == set(query) - {gone}


def test_the_way_to_the_export_carries_filters_and_order_but_no_page(people, many, as_user):
    html = as_user(people.town_staff).get("/cases/?state=registered&sort=due&after=x&q=").content.decode()
    assert f'href="{reverse("reports:export_cases")}?state=registered&amp;sort=due"' in html


def test_htmx_gets_the_list_alone_and_a_tidy_address(people, as_user):
    case = factories.register(people)
    client = as_user(people.town_staff)
    answer = client.get("/cases/?q=&state=open&sort=&after=x", headers={"HX-Request": "true"})
    html = answer.content.decode()
    assert numbers_on(html) == [case.number] and "<html" not in html
    assert answer["HX-Push-Url"] == "/cases/?state=open" and "HX-Request" in answer["Vary"]


def test_going_back_with_htmx_gets_the_whole_page(people, as_user):
    headers = {"HX-Request": "true", "HX-History-Restore-Request": "true"}
    assert "<html" in as_user(people.town_staff).get("/cases/", headers=headers).content.decode()


def test_a_point_can_be_chosen_by_its_township_and_a_chosen_one_stays_chosen(people, as_user):
    Station.objects.create(county=people.county, kind=Kind.POINT, name="乙村联络点", parent=people.town)
    assert "乙村联络点" in as_user(people.town_staff).get("/cases/").content.decode()
    html = as_user(people.hub_staff).get("/cases/", {"station": people.point.pk}).content.decode()
    assert f'value="{people.point.pk}" selected' in html


def test_texts_are_shown_as_text(people, as_user):
    factories.register(people, title="<script>alert(1)</script>")
    html = as_user(people.town_staff).get("/cases/", {"q": '"><img src=x>'}).content.decode()
    html += as_user(people.town_staff).get("/cases/").content.decode()
    assert "<script>alert" not in html and "<img" not in html


def test_voters_are_not_on_the_ledger(people, as_user):
    factories.register(people)
    html = as_user(people.hub_staff).get("/cases/").content.decode()
    assert "赵小满" not in html and "13800001234" not in html


def test_an_empty_ledger_says_so(people, as_user):
    client = as_user(people.second_clerk)
    assert "还没有意见" in client.get("/cases/").content.decode()
    assert "没有符合条件的意见" in client.get("/cases/?state=open").content.decode()


def test_somebody_without_a_seat_sees_an_empty_ledger(people, as_user):
    factories.register(people)
    assert numbers_on(as_user(factories.user("nobody")).get("/cases/").content.decode()) == []


@pytest.mark.parametrize("who", ["hub_staff", "town_staff", "point_staff", "clerk", "deputy_user", "officer_user"])
@pytest.mark.parametrize(
    "query",
    [
        "",
        "?state=open&sort=due",
        "?q=路灯&phase=due_soon&sort=number",
        "?station={point}&lead={lead}",
        "?deputy={deputy}",
        "?waiting=triage",
        "?waiting=follow_up",
        "?q=13800001234",
    ],
)
def test_a_page_costs_at_most_twelve_queries(people, many, as_user, who, query, django_assert_max_num_queries):
    for number, case in enumerate(many):
        if number < 6:
            workflow.assign(case.pk, lead=people.town_department, by=people.town_staff)
    factories.register(people, by=people.officer_user)
    url = "/cases/" + query.format(point=people.point.pk, lead=people.town_department.pk, deputy=people.deputy.pk)
    client = as_user(getattr(people, who))
    client.get(url)  # the first request of a session also writes when it was seen
    with django_assert_max_num_queries(12):
        assert client.get(url).status_code == 200


def test_results_and_ratings_of_a_redone_case_are_found(people):
    case = factories.case_in(people, State.REPLIED)
    workflow.rate(case.pk, satisfaction=Satisfaction.NOT, reason="没修好", by=Voice.VOTER)
    assert found(people.hub_staff, rating="not", result=ResultKind.SOLVED) == [case.number]
