import datetime as dt
from types import SimpleNamespace

import pytest
from django.urls import reverse
from django.utils import timezone

from liaison.lib import paging
from suggestions import workflow
from suggestions.choices import Channel, Field, State
from suggestions.ledger import SORTS
from suggestions.models import Suggestion
from suggestions.registration import VoterData
from tests import factories
from tests.suggestions.ledgers import asked, found, link, numbers_on, twelve_cases_in_pages_of_five

TODAY = dt.date(2026, 11, 23)


@pytest.fixture
def many(people, monkeypatch):
    return twelve_cases_in_pages_of_five(people, monkeypatch)


# --- scope ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("who", "expected"),
    [
        ("hub_staff", True),
        ("town_staff", True),
        ("other_town_staff", False),
        ("point_staff", False),
        ("clerk", True),
        ("second_clerk", True),
        ("county_clerk", False),
        ("deputy_user", True),
        ("other_deputy_user", False),
        ("officer_user", False),
    ],
)
def test_each_seat_finds_its_own_cases_only(people, as_user, who, expected):
    case = factories.case_in(people, State.ASSIGNED)
    for query in ({}, {"q": case.number}, {"q": "路灯"}, {"state": "open"}, {"lead": people.town_department.pk}):
        answer = as_user(getattr(people, who)).get(reverse("suggestions:ledger"), query)
        assert (case.number in numbers_on(answer.content.decode())) is expected


@pytest.mark.parametrize("who", ["hub_staff", "town_staff", "clerk", "deputy_user", "officer_user"])
def test_nobody_of_another_county_finds_anything(people, strangers, who):
    case = factories.case_in(people, State.ASSIGNED)
    user = getattr(strangers, who)
    for query in (
        {},
        {"q": case.number},
        {"q": "13800001234"},
        {"station": people.hub.pk},
        {"lead": people.town_department.pk},
        {"deputy": people.deputy.pk},
        {"deputy": "张为民"},
    ):
        assert found(user, **query) == []


def test_an_officer_finds_what_the_officer_registered(people):
    factories.register(people)
    own = factories.register(people, by=people.officer_user)
    assert found(people.officer_user) == found(people.town_staff, q=own.number) == [own.number]


# --- filters --------------------------------------------------------------------------------


@pytest.fixture
def mixed(people):
    """A case of each interesting kind, by name."""
    p = people
    cases = SimpleNamespace(
        lamp=factories.register(p, field=Field.CONSTRUCTION, channel=Channel.PHONE),
        drain=factories.submit(p, title="排水沟堵了", held_words="拆迁"),
        bus=factories.register(p, title="公交站牌倒了", content="风大", deputy=None, field=Field.TRANSPORT, place=""),
        closed=factories.case_in(p, State.CLOSED, title="井盖丢失", content="请补上"),
        other=factories.register(
            p, by=p.other_town_staff, station=p.other_town, deputy=p.other_deputy, kind="suggestion"
        ),
        point=factories.register(p, by=p.point_staff, station=p.point, deputy=None),
    )
    workflow.escalate(cases.bus.pk, opinion="请县里办", by=p.town_staff)
    workflow.assign(cases.bus.pk, lead=p.county_department, by=p.hub_staff)
    workflow.supervise(cases.bus.pk, by=p.hub_staff)
    Suggestion.objects.filter(pk=cases.lamp.pk).update(held_words="拆迁")  # accepted since
    return cases


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"state": "assigned"}, "bus"),
        ({"state": "open"}, "lamp drain bus other point"),
        ({"state": "ended"}, "closed"),
        ({"field": "transport"}, "bus"),
        ({"field": "none"}, "drain closed other point"),
        ({"channel": "phone"}, "lamp"),
        ({"kind": "suggestion"}, "other"),
        ({"level": "hub"}, "bus"),
        ({"level": "point"}, "point"),
        ({"deputy": "李建设"}, "other"),
        ({"deputy": "建"}, "other"),
        ({"deputy": "ljs"}, "other"),
        ({"deputy": "LJS"}, "other"),
        ({"rating": "satisfied"}, "closed"),
        ({"result": "solved"}, "closed"),
        ({"supervised": "1"}, "bus"),
        ({"held": "1"}, "drain"),
        ({"q": "排水"}, "drain"),
        ({"q": "公交 站牌"}, "bus"),
        ({"q": "没有"}, ""),
        ({"state": "open", "field": "construction", "channel": "phone"}, "lamp"),
        ({"state": "ended", "field": "construction"}, ""),
        ({"phase": "overdue"}, ""),
        ({"phase": "due_soon", "state": "submitted"}, "drain"),
    ],
    ids=str,
)
def test_each_filter_finds_what_it_says(people, mixed, query, expected):
    assert set(found(people.hub_staff, **query)) == {getattr(mixed, name).number for name in expected.split()}


def test_a_station_stands_for_its_subtree_by_intake_or_desk(people, mixed):
    def names(station):
        return set(found(people.hub_staff, station=station.pk))

    assert names(people.other_town) == {mixed.other.number}
    assert names(people.point) == {mixed.point.number}
    assert {mixed.bus.number, mixed.point.number, mixed.lamp.number} < names(people.town)
    assert names(people.hub) == set(found(people.hub_staff))


def test_a_lead_department_and_a_deputy_by_id(people, mixed):
    assert found(people.hub_staff, lead=people.county_department.pk) == [mixed.bus.number]
    assert found(people.hub_staff, deputy=people.other_deputy.pk) == [mixed.other.number]


def test_days_of_registration_are_whole_local_days(people):
    def at(*parts):
        return dt.datetime(*parts, tzinfo=timezone.get_default_timezone())

    late = factories.register(people, at=at(2026, 3, 1, 23, 59))
    next_day = factories.register(people, at=at(2026, 3, 2, 0, 0))
    assert found(people.hub_staff, since="2026-03-01", until="2026-03-01") == [late.number]
    assert found(people.hub_staff, since="2026-03-02") == [next_day.number]
    assert found(people.hub_staff, until="2026-03-01") == [late.number]


def test_what_one_registered_oneself(people):
    factories.register(people)
    own = factories.register(people, by=people.hub_staff)
    assert found(people.hub_staff, mine="1") == [own.number]


def test_what_waits_for_one_is_what_my_work_says(people):
    factories.submit(people)
    case = factories.register(people)
    assert found(people.town_staff, waiting="triage") == [case.number]
    assert found(people.hub_staff, waiting="triage") == []
    assert found(people.clerk, waiting="accept") == []


@pytest.mark.parametrize(
    ("query", "label"),
    [
        ({"state": "nonsense"}, "状态"),
        ({"since": "昨天"}, "登记日期从"),
        ({"until": "0001-01-01"}, "登记日期到"),
        ({"until": "9999-12-31"}, "登记日期到"),
        ({"station": "x"}, "站点"),
        ({"station": str(2**70)}, "站点"),
        ({"lead": "-1"}, "主办单位"),
        ({"q": "a\x00b"}, "查找"),
        ({"q": "路" * 61}, "查找"),
    ],
    ids=str,
)
def test_what_cannot_be_read_is_left_out_and_said(people, as_user, query, label):
    case = factories.register(people)
    page = as_user(people.town_staff).get(reverse("suggestions:ledger"), query).content.decode()
    assert f"已经略过：{label}" in page and numbers_on(page) == [case.number]


@pytest.mark.parametrize("query", [{"deputy": "9" * 25}, {"deputy": "²"}, {"station": "²"}, {"sort": "evil"}], ids=str)
def test_odd_values_are_answered_all_the_same(people, as_user, query):
    assert as_user(people.town_staff).get(reverse("suggestions:ledger"), query).status_code == 200


# --- search ---------------------------------------------------------------------------------


@pytest.mark.parametrize("typed", ["{}", " {} ", "lower", "full"])
def test_a_number_finds_that_one_case(people, typed):
    factories.register(people)
    case = factories.register(people)
    text = {"lower": case.number.lower(), "full": case.number.replace("-", "－").replace("B", "Ｂ")}.get(
        typed, typed.format(case.number)
    )
    assert found(people.town_staff, q=text) == [case.number]


@pytest.mark.parametrize("typed", ["13800001234", "138 0000 1234", "１３８-0000-1234"])
@pytest.mark.parametrize("who", ["hub_staff", "town_staff", "deputy_user"])
def test_staff_and_deputies_find_a_voter_by_the_whole_phone_number(people, who, typed):
    case = factories.register(people)
    factories.register(people, voters=[VoterData(name="钱有才", phone="13800001235")])
    assert found(getattr(people, who), q=typed) == [case.number]


def test_a_part_of_a_phone_number_finds_nobody(people):
    factories.register(people)
    assert found(people.town_staff, q="1380000") == []


@pytest.mark.parametrize("who", ["clerk", "second_clerk"])
def test_a_department_cannot_look_up_phone_numbers(people, who):
    case = factories.case_in(people, State.ASSIGNED)
    user = getattr(people, who)
    assert found(user) == [case.number] and found(user, q="13800001234") == []


def test_a_seat_at_a_station_opens_no_numbers_of_cases_seen_as_a_department(people):
    case = factories.case_in(people, State.ASSIGNED)
    factories.StationStaff.objects.create(user=people.clerk, station=people.other_town)
    assert case.number in found(people.clerk) and found(people.clerk, q="13800001234") == []


# --- order and pages ------------------------------------------------------------------------


def test_the_newest_come_first(people, many):
    assert found(people.town_staff) == [case.number for case in reversed(many)]


def test_by_number_the_oldest_year_comes_first(people):
    def at(year):
        return dt.datetime(year, 5, 5, 12, tzinfo=timezone.get_default_timezone())

    cases = [factories.register(people, at=at(year)) for year in (2025, 2024, 2026)]
    assert found(people.town_staff, sort="number") == [cases[1].number, cases[0].number, cases[2].number]


def test_the_nearest_limit_comes_first_and_none_last(people):
    closed = factories.case_in(people, State.CLOSED)
    far, near = factories.register(people), factories.register(people)
    Suggestion.objects.filter(pk=near.pk).update(due_on=timezone.localdate())
    assert found(people.town_staff, sort="due") == [near.number, far.number, closed.number]


@pytest.mark.parametrize("sort", SORTS)
def test_there_and_back_again_shows_the_same_pages(people, many, as_user, sort):
    factories.case_in(people, State.CLOSED)
    client, pages, url = as_user(people.town_staff), [], f"?sort={sort}"
    while url:
        html = client.get(reverse("suggestions:ledger") + url).content.decode()
        pages.append(numbers_on(html))
        back, url = link(html, "prev"), link(html, "next")
    assert [len(page) for page in pages] == [5, 5, 3]
    for expected in reversed(pages[:-1]):
        html = client.get(reverse("suggestions:ledger") + back).content.decode()
        assert numbers_on(html) == expected
        back = link(html, "prev")
    assert back is None


@pytest.mark.parametrize("sort", SORTS)
def test_pages_lose_and_repeat_nothing_when_cases_come_meanwhile(people, many, sort):
    first = asked(people.town_staff, sort=sort).page()
    for _ in range(3):
        factories.register(people)
    rest, cursor = [], first.next_cursor
    while cursor:
        page = asked(people.town_staff, sort=sort, after=cursor).page()
        rest += [row.number for row in page.rows]
        cursor = page.next_cursor
    seen = [row.number for row in first.rows] + rest
    assert len(seen) == len(set(seen)) and {case.number for case in many} <= set(seen)


def test_filters_stay_from_page_to_page(people, many, as_user):
    factories.submit(people)
    html = as_user(people.town_staff).get("/cases/?state=registered").content.decode()
    assert "state=registered" in link(html, "next")
    assert found(people.town_staff, state="registered") == [case.number for case in reversed(many)]


@pytest.mark.parametrize(
    "cursor", ["x", "WyJhIl0", "W10", "WzFd", "bnVsbA", "WzFlOTk5XQ", "W251bGxd", "é", "WyIyMDI2Il0"]
)
@pytest.mark.parametrize("sort", SORTS)
def test_a_made_up_place_in_the_list_is_no_error(people, as_user, sort, cursor):
    factories.register(people)
    for name in ("after", "before"):
        answer = as_user(people.town_staff).get("/cases/", {"sort": sort, name: cursor})
        assert answer.status_code == 200


def test_a_few_are_counted_exactly_and_many_up_to_a_thousand(people, many, monkeypatch):
    asking = asked(people.town_staff)
    assert asking.count(asking.page()) == "12"
    real = paging.capped_count
    monkeypatch.setattr(paging, "capped_count", lambda cases: real(cases, cap=10))
    assert asking.count(asking.page()) == "10+"
