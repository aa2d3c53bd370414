import datetime as dt
import re
from html import unescape
from types import SimpleNamespace

import pytest
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, given
from hypothesis import settings as effort
from hypothesis import strategies as st

from liaison.lib import paging
from stations.models import Kind, Rules, Station
from suggestions import ledger, workflow
from suggestions.choices import OPEN_STATES, Channel, Field, LimitRule, ResultKind, Satisfaction, State
from suggestions.faces import Faces
from suggestions.ledger import SORTS, Ledger
from suggestions.limits import Phase, phase, warning_date
from suggestions.models import Suggestion
from suggestions.registration import VoterData
from suggestions.transitions import Voice
from tests import factories
from tests.suggestions.acts import again

TODAY = dt.date(2026, 11, 23)


def asked(user, **query):
    data = QueryDict(mutable=True)
    data.update({name: str(value) for name, value in query.items()})
    return Ledger(again(user), data)


def found(user, **query):
    """Numbers of what the ledger shows ``user``, all pages, in its order."""
    numbers, cursor = [], {}
    while True:
        page = asked(user, **query, **cursor).page()
        numbers += [row.number for row in page.rows]
        if page.next_cursor is None:
            return numbers
        cursor = {"after": page.next_cursor}


def numbers_on(html):
    return re.findall(r'class="ledger-number">([^<]+)<', html)


def link(html, rel):
    match = re.search(rf'rel="{rel}"[^>]*href="([^"]+)"', html)
    return unescape(match[1]) if match else None


@pytest.fixture
def many(people, monkeypatch):
    """Twelve cases and pages of five."""
    monkeypatch.setattr(ledger, "PER_PAGE", 5)
    return [factories.register(people) for _ in range(12)]


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
        drain=factories.submit(p, title="排水沟堵了"),
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


# --- phases ---------------------------------------------------------------------------------


@pytest.fixture
def one_of_each_date(people):
    """Open cases due on each of sixty days around TODAY, in two counties with different warnings."""
    other = factories.other_cast()
    Rules.objects.filter(county=other.county).update(warn_days=2)
    rows, seq = [], 9000
    for cast in (people, other):
        template = factories.register(cast)
        for offset in range(-30, 30):
            for state in (State.REGISTERED, State.REPLIED):
                seq += 1
                rows.append(
                    Suggestion(
                        county=cast.county,
                        year=2026,
                        seq=seq,
                        number=f"X{seq}",
                        channel=Channel.PHONE,
                        title="题",
                        content="文",
                        happened_on=TODAY,
                        station=cast.town,
                        desk=cast.town,
                        state=state,
                        state_since=template.created_at,
                        created_at=template.created_at,
                        due_on=TODAY + dt.timedelta(days=offset),
                        due_rule=LimitRule.TRIAGE,
                        reply="答" if state == State.REPLIED else "",
                        query_code="x",
                    )
                )
    Suggestion.objects.bulk_create(rows)
    factories.case_in(people, State.CLOSED)
    return [people.county, other.county]


@effort(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(today=st.dates(TODAY - dt.timedelta(days=40), TODAY + dt.timedelta(days=40)))
def test_phases_partition_every_open_case_on_every_date(one_of_each_date, today):
    counties = [type(county).objects.select_related("rules").get(pk=county.pk) for county in one_of_each_date]
    faces = Faces(counties, today)
    by_phase = {each: set(Suggestion.objects.filter(faces.is_in(each)).values_list("pk", flat=True)) for each in Phase}
    every = Suggestion.objects.filter(state__in=OPEN_STATES)
    assert sum(len(found) for found in by_phase.values()) == every.count()
    for case in every.select_related("county__rules"):
        expected = phase(case.due_on, today, warning_date(today, case.county.rules))
        assert case.pk in by_phase[expected] and faces.phase(case.county_id, case.due_on) is expected
        assert (expected is Phase.OVERDUE) is case.is_overdue(today)


def test_due_today_is_soon_and_not_overdue(people):
    case = factories.register(people)
    Suggestion.objects.filter(pk=case.pk).update(due_on=timezone.localdate())
    assert found(people.town_staff, phase="due_soon") == [case.number]
    assert found(people.town_staff, phase="overdue") == []


@pytest.mark.parametrize(
    ("due_on", "words"),
    [
        (dt.date(2026, 11, 23), "今天到期"),
        (dt.date(2026, 11, 24), "还有 1 个工作日"),
        (dt.date(2026, 11, 30), "还有 5 个工作日"),
        (dt.date(2026, 11, 20), "逾期 1 个工作日"),
        (dt.date(2026, 11, 9), "逾期 10 个工作日"),
    ],
)
def test_limits_are_said_in_working_days(people, due_on, words):
    assert Faces([people.county], TODAY).words(due_on) == words


def test_a_limit_on_a_day_off_is_said_in_days(people):
    friday, sunday = dt.date(2026, 11, 27), dt.date(2026, 11, 29)
    assert Faces([people.county], friday).words(sunday) == "还有 2 天"
    assert Faces([people.county], sunday).words(dt.date(2026, 11, 28)) == "已逾期"


# --- the page -------------------------------------------------------------------------------


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
    assert f'href="{reverse("suggestions:export")}?state=registered&amp;sort=due"' in html


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
