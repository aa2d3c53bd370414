"""办理结果 and 公开数据 as the public reads them."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from suggestions import publicity, workflow
from suggestions.choices import Field, Satisfaction, State
from suggestions.models import ReleaseState, Suggestion
from suggestions.registration import VoterData
from suggestions.transitions import Voice
from tests import factories

pytestmark = pytest.mark.django_db


def pages(people, result=None):
    found = [reverse(f"portal:county_{page}", args=[people.county.code]) for page in ("results", "figures")]
    for station in (people.hub, people.town, people.other_town, people.point):
        found += [
            reverse(f"portal:{page}", args=[station.pk]) for page in ("station_results", "station_figures", "station")
        ]
    return [*found, *([reverse("portal:result", args=[result.pk])] if result else [])]


def text(client, address, **query):
    answer = client.get(address, query)
    assert answer.status_code == 200
    return answer.content.decode()


def county_results(client, people, **query):
    return text(client, reverse("portal:county_results", args=[people.county.code]), **query)


def test_a_released_result_is_on_the_boards_of_its_station_and_county(client, people, strangers):
    result = factories.public_result(people)
    assert result.title in county_results(client, people)
    for station, there in (
        (people.town, True),
        (people.hub, True),
        (people.other_town, False),
        (strangers.town, False),
    ):
        board = text(client, reverse("portal:station_results", args=[station.pk]))
        assert (result.title in board) is there
    page = text(client, reverse("portal:result", args=[result.pk]))
    for shown in (result.matter, result.answer, result.department, "已解决", people.town.name):
        assert shown in page


@pytest.mark.parametrize("state", [ReleaseState.WAITING, ReleaseState.RETURNED, ReleaseState.WITHDRAWN])
def test_what_is_not_released_or_not_any_more_is_nowhere(client, people, state):
    result = factories.public_result(people, state=state, withdraw_reason="来访人要求")
    assert client.get(reverse("portal:result", args=[result.pk])).status_code == 404
    assert all(result.title not in text(client, page) for page in pages(people))


def test_a_closed_station_takes_its_results_along(client, people):
    result = factories.public_result(people)
    people.town.is_active = False
    people.town.save()
    assert client.get(reverse("portal:result", args=[result.pk])).status_code == 404
    assert result.title not in county_results(client, people)


SECRETS = (
    "欧阳暗记",
    "13712349876",
    "暗记村七组",
    "标题暗记",
    "内容暗记",
    "诉求暗记",
    "地点暗记",
    "回复暗记",
    "结果暗记",
)


def test_nothing_planted_in_cases_of_any_state_is_ever_public(client, people):
    voter = [VoterData(name="欧阳暗记", phone="13712349876", address="暗记村七组")]
    planted = {"title": "标题暗记", "content": "内容暗记 13712349876", "demand": "诉求暗记", "place": "地点暗记"}
    for state in State:
        if state not in (State.SUBMITTED, State.REFUSED):
            case = factories.case_in(people, state, may_publish=True, voters=voter, **planted)
            Suggestion.objects.filter(pk=case.pk).exclude(reply="").update(reply="回复暗记", result="结果暗记")
    case = Suggestion.objects.filter(state=State.CLOSED).latest("pk")
    texts = {"title": "路灯修复", "matter": "村口路灯不亮。", "answer": "已修好。", "department": ""}
    waiting = publicity.write(case.pk, by=people.town_staff, texts=texts)
    result = publicity.release(waiting.pk, by=people.hub_staff)
    for page in pages(people, result):
        answer = client.get(page)
        shown = answer.content.decode() + str(answer.headers)
        assert [secret for secret in (*SECRETS, case.number) if secret in shown] == [], page


def test_results_are_found_by_words_field_year_and_month(client, people):
    first = factories.public_result(people, month=dt.date(2025, 3, 1), field=Field.HEALTH, title="卫生室修缮")
    second = factories.public_result(people, month=dt.date(2026, 5, 1), field=Field.TRANSPORT, title="道路修补")
    for query, found in (
        ({"q": "卫生室"}, first),
        ({"field": "health"}, first),
        ({"month": "2025"}, first),
        ({"month": "2025-03"}, first),
        ({"month": "2026-05"}, second),
        ({"q": "道路", "field": "transport"}, second),
    ):
        page = county_results(client, people, **query)
        assert [one.title for one in (first, second) if one.title in page] == [found.title], query
    assert "没有符合条件的办理结果" in county_results(client, people, q="没有的事")


@pytest.mark.parametrize("query", [{"month": "2026-13"}, {"month": "x"}, {"field": "x"}, {"after": "x"}, {"q": "\x00"}])
def test_what_cannot_be_read_is_left_out(client, people, query):
    assert factories.public_result(people).title in county_results(client, people, **query)


def test_an_empty_county_says_so(client, people):
    assert "还没有公开的办理结果" in county_results(client, people)
    assert "还没有" in text(client, reverse("portal:county_figures", args=[people.county.code]))


def figures_page(client, people, **query):
    return text(client, reverse("portal:county_figures", args=[people.county.code]), **query)


def test_small_numbers_are_said_as_small(client, people):
    for _ in range(9):
        factories.case_in(people, State.CLOSED)
    page = figures_page(client, people)
    assert "样本少于 10 件，仅供参考" in page and "9 件应答复意见中 9 件按时答复" in page and "100%" not in page
    factories.case_in(people, State.CLOSED)
    assert "100%" in figures_page(client, people)


def test_a_rate_stands_with_the_numbers_behind_it(client, people):
    for number in range(12):
        case = factories.case_in(people, State.REPLIED)
        satisfaction = Satisfaction.NOT if number < 3 else Satisfaction.BASICALLY
        workflow.rate(case.pk, satisfaction=satisfaction, reason="还是不亮", by=Voice.VOTER)
    page = figures_page(client, people)
    assert "75%" in page and "12 件有效评价中 9 件满意或基本满意" in page


def test_stations_stand_in_the_order_of_the_tree_however_they_do(client, people):
    for _ in range(3):
        factories.register(people, by=people.other_town_staff, station=people.other_town, deputy=None)
    page = client.get(reverse("portal:county_figures", args=[people.county.code]))
    assert [station for station, _ in page.context["by_station"]] == [
        people.hub,
        people.town,
        people.other_town,
        people.studio,
    ]
    assert "排名" in page.content.decode() and "不是排名" in page.content.decode()


def test_a_year_is_chosen_and_no_consent_still_counts(client, people):
    case = factories.case_in(people, State.CLOSED)
    last = timezone.localdate().year - 1
    Suggestion.objects.filter(pk=case.pk).update(
        created_at=dt.datetime(last, 6, 1, tzinfo=timezone.get_current_timezone())
    )
    page = client.get(reverse("portal:county_figures", args=[people.county.code]), {"year": last})
    assert page.context["all"].received == 1 and not case.may_publish
    assert page.context["years"] == [last + 1, last]


def test_the_block_of_the_station_page_shows_counts_and_the_latest_three(client, people):
    for number in range(4):
        factories.public_result(people, title=f"结果{number}", released_at=timezone.now() - dt.timedelta(days=number))
    block = client.get(reverse("portal:station", args=[people.town.pk])).text
    assert "收到意见 <strong>4</strong> 件" in block and "结果0" in block and "结果3" not in block
    assert "办理结果" not in client.get(reverse("portal:station", args=[people.other_town.pk])).text


def test_eight_queries_are_enough_for_any_page(client, people):
    for number in range(25):
        result = factories.public_result(people, title=f"结果{number}")
    for page in pages(people, result):
        with CaptureQueriesContext(connection) as queries:
            assert client.get(page).status_code == 200
        assert len(queries) <= 8, page
