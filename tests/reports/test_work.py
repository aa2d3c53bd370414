"""履职工作总览: each number is what its room counts, leads to its list, and stands beside the year before."""

import datetime as dt
import re
from io import BytesIO

import pytest
from django.contrib.auth import get_user_model
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from deputies.models import Constituent, Deputy, Level, Tie
from history.models import Event
from meetings.models import Meeting
from receptions.models import DayState
from reports import scopes, upkeep
from reports.figures import figures_of
from reports.periods import Period
from reports.work.lines import by_year
from reports.work.overview import sections
from reports.work.townships import townships
from reports.work.views import of_year
from stations.models import Kind
from suggestions.choices import State
from suggestions.models import Suggestion
from supervision.models import Group
from tests import factories
from tests.consultations import talks
from tests.consultations.factories import call
from tests.legislation.factories import draft_law, opinion
from tests.meetings.factories import invited, meeting
from tests.reports.test_numbers_are_links import ledger_count
from tests.supervision import voting
from tests.supervision.factories import expert, finding, group, held, inspection, member, project, sent

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()
LAST_YEAR = TODAY.replace(day=min(TODAY.day, 28), year=TODAY.year - 1)
PAGE = "/reports/work/"


@pytest.fixture
def busy(people):
    """Something of everything, this year; a case, a reception day and a meeting a year ago as well."""
    factories.case_in(people, State.CLOSED)
    factories.case_in(people, State.HANDLING)
    old = factories.register(people)
    Suggestion.objects.filter(pk=old.pk).update(created_at=timezone.now() - (TODAY - LAST_YEAR))
    factories.reception_day(people, TODAY, state=DayState.CLOSED, visitors=7)
    factories.reception_day(people, LAST_YEAR, state=DayState.CLOSED, visitors=5)
    upper = Deputy.objects.create(county=people.county, name="周省城", level=Level.PROVINCE, home_station=people.hub)
    Deputy.objects.create(county=people.county, name="吴市区", level=Level.CITY, home_station=people.hub)
    Tie.objects.create(
        county=people.county, kind="department", deputy=upper, department=people.county_department, since=TODAY
    )
    Constituent.objects.create(deputy=people.deputy, name="赵小满", phone="13800001234", since=TODAY)
    factories.brand(people)
    one = meeting(people, state="held")
    invited(one, people.deputy, signed_in_at=timezone.now())
    meeting(people, state="held", number=2, held_on=LAST_YEAR)
    call(people, "here")
    team = group(people)
    member(team, people.deputy)
    expert(team)
    project(people, team)
    finding(held(people, team, people.deputy, date=TODAY), state="noted")
    talks.concluded(people)
    opinion(people, draft_law(people))
    upkeep.refresh()
    return people


def figures(people, year=TODAY.year):
    return figures_of(scopes.of_county(people.county), of_year(people.county, year))


def numbers(people):
    return {
        (part.name, row[0].text): (row[1].number, row[2].number)
        for part in sections(figures(people))
        for row in part.rows
    }


def test_what_the_county_has_and_did_beside_the_year_before(busy):
    found = numbers(busy)
    for key, both in {
        ("network", Kind.HUB.label): (1, None),
        ("network", Kind.TOWNSHIP.label): (2, None),
        ("network", Kind.POINT.label): (1, None),
        ("network", "在任代表"): (4, None),
        ("network", "编入站点的代表"): (4, None),
        ("network", "省、市代表"): (2, None),
        ("network", "联系县直部门的代表"): (1, None),
        ("network", "特色载体"): (1, None),
        ("receptions", "开展接待日（场）"): (1, 1),
        ("receptions", "接待群众（人次）"): (7, 5),
        ("contacts", "代表联系的群众（名）"): (1, None),
        ("cases", "收到意见建议"): (2, 1),
        ("cases", "解决问题"): (1, 0),
        ("meetings", "召开常委会会议（次）"): (1, 1),
        ("meetings", "列席代表（人次）"): (1, 0),
        ("whistles", "站点吹哨（次）"): (1, 0),
        ("whistles", "接哨单位（家次）"): (1, 0),
        ("whistles", "按时报到"): (1, 0),
        ("consultations", "开展协商（次）"): (1, 0),
        ("supervision", "专业监督小组"): (1, None),
        ("supervision", "参加小组的代表（人次）"): (1, None),
        ("supervision", "本土专业人才"): (1, None),
        ("supervision", "民生实事项目"): (1, 0),
        ("supervision", "开展视察（次）"): (1, 0),
        ("supervision", "发现问题"): (1, 0),
        ("supervision", "已整改"): (0, 0),
        ("rounds", "满意度测评（次）"): (0, 0),
        ("legislation", "征集修改建议（条）"): (1, 0),
        ("legislation", "被吸收采纳（条）"): (0, 0),
        ("formal", "受理代表建议"): (0, 0),
    }.items():
        assert found[key] == both, key


def strong(text):
    """The numbers of the line above the list of reception days."""
    return [int(number) for number in re.findall(r"<strong>(\d+)</strong>", text[text.index("ledger-count") :][:400])]


SHOWN = {  # part, row: what the page behind the number shows
    ("receptions", "开展接待日（场）"): lambda page: strong(page.text)[0],
    ("receptions", "接待群众（人次）"): lambda page: strong(page.text)[1],
    ("receptions", "代表到站（人次）"): lambda page: strong(page.text)[3],
    ("consultations", "开展协商（次）"): lambda page: page.context["figures"].held,
    ("consultations", "已办结"): lambda page: page.context["figures"].finished,
    ("consultations", "参加群众（人次）"): lambda page: page.context["figures"].residents,
    ("consultations", "协商中的承诺"): lambda page: page.context["figures"].promises,
    ("consultations", "按期兑现的承诺"): lambda page: page.context["figures"].kept_in_time,
    ("whistles", "站点吹哨（次）"): lambda page: page.context["whistles"],
    ("whistles", "接哨单位（家次）"): lambda page: page.context["total"].called,
    ("whistles", "按时报到"): lambda page: page.context["total"].in_time,
    ("whistles", "评价已解决"): lambda page: page.context["total"].solved,
    ("whistles", "评价满意或基本满意"): lambda page: page.context["total"].content,
    ("supervision", "专业监督小组"): lambda page: len(page.context["teams"]),
    ("supervision", "参加小组的代表（人次）"): lambda page: sum(one.people for one in page.context["teams"]),
    ("supervision", "本土专业人才"): lambda page: sum(one.helpers for one in page.context["teams"]),
    ("supervision", "民生实事项目"): lambda page: len(page.context["rows"]),
    ("supervision", "重点建议"): lambda page: len(page.context["rows"]),
    ("supervision", "开展视察（次）"): lambda page: page.context["page"].paginator.count,
    ("supervision", "参加视察的代表（人次）"): lambda page: sum(one.came for one in page.context["page"]),
    ("supervision", "发现问题"): lambda page: page.context["page"].paginator.count,
    ("supervision", "已整改"): lambda page: page.context["page"].paginator.count,
    ("rounds", "满意度测评（次）"): lambda page: page.context["judged"].rounds,
    ("rounds", "未达标、要求整改"): lambda page: page.context["judged"].opened,
    ("rounds", "整改后复评达标"): lambda page: page.context["judged"].passed,
    ("legislation", "征集修改建议（条）"): lambda page: page.context["totals"].collected,
    ("legislation", "被吸收采纳（条）"): lambda page: page.context["totals"].adopted,
    ("meetings", "召开常委会会议（次）"): lambda page: page.context["totals"].meetings,
    ("meetings", "列席代表（人次）"): lambda page: page.context["totals"].deputies,
    ("meetings", "旁听公民（人次）"): lambda page: page.context["totals"].citizens,
}


@pytest.fixture
def of_years(busy):
    """Of both years also what must not be counted: a dropped finding, an inspection that is only planned."""
    voting.rectification(busy)
    team = Group.objects.get()
    for day in (TODAY, LAST_YEAR):
        one = held(busy, team, busy.deputy, date=day)
        finding(one, state="dropped")
        sent(one, busy.county_department, state="closed", closed_on=TODAY)
        inspection(busy, team, date=day)
    project(busy, team, year=TODAY.year - 1, number=1)
    opinion(busy, draft_law(busy, title="去年的草案"), given_at=timezone.now() - (TODAY - LAST_YEAR))
    Meeting.objects.filter(held_on=LAST_YEAR).update(session=14)
    return busy


@pytest.mark.parametrize("asked", [TODAY.year, TODAY.year - 1, "all"])
def test_each_number_is_what_the_page_behind_it_shows(of_years, as_user, asked):
    client, pages, checked = as_user(of_years.hub_staff), {}, set()
    for part in client.get(PAGE, {"year": asked}).context["sections"]:
        for row in part.rows:
            for cell in row[1:3]:
                if (part.name, row[0].text) in SHOWN and cell.url and cell.number:
                    page = pages.setdefault(cell.url, client.get(cell.url))
                    shown = SHOWN[part.name, row[0].text](page)
                    assert shown == cell.number, (part.name, row[0].text, cell.url)
                    checked.add((part.name, row[0].text))
    assert len(checked) >= (9 if asked == TODAY.year - 1 else 20), checked


def test_all_years_together_without_one_to_compare_with(of_years, as_user):
    page = as_user(of_years.hub_staff).get(PAGE, {"year": "all"})
    found = {(part.name, row[0].text): row for part in page.context["sections"] for row in part.rows}
    for key, number in {
        ("meetings", "召开常委会会议（次）"): 2,
        ("legislation", "征集修改建议（条）"): 2,
        ("receptions", "接待群众（人次）"): 12,
        ("supervision", "民生实事项目"): 2,
        ("supervision", "发现问题"): 3,
        ("cases", "收到意见建议"): 3,
    }.items():
        assert found[key][1].number == number and len(found[key]) == 2, key
    assert "历年累计" in page.text and "上年同期" not in page.text
    answer = as_user(of_years.hub_staff).get(reverse("reports:work_export"), {"year": "all"})
    book = load_workbook(BytesIO(b"".join(answer.streaming_content)))
    cells = [[cell.value for cell in row] for row in book.worksheets[0].iter_rows()]
    assert next(row[1] for row in cells if row[0] == "常委会会议：召开常委会会议（次）") == 2


def test_what_no_list_shows_of_the_year_before_is_no_link(people):
    meeting(people, state="held", held_on=LAST_YEAR)
    for end, linked in ((dt.date(TODAY.year, 12, 31), True), (dt.date(TODAY.year, 6, 30), False)):
        now, before = by_year("meetings:list", Period(dt.date(TODAY.year, 1, 1), end, "year"))
        assert f"year={TODAY.year}" in now and bool(before) is linked


@pytest.mark.parametrize("name", ["meetings:list", "legislation:list", "supervision:rounds", "supervision:findings"])
@pytest.mark.parametrize("year", ["0000", "9999", "abcd", "２０２６"])
def test_what_is_no_year_opens_the_list_all_the_same(people, as_user, name, year):
    assert as_user(people.hub_staff).get(reverse(name), {"year": year}).status_code == 200


def test_every_number_leads_to_a_page_that_opens_and_cases_agree_with_the_ledger(busy, as_user):
    client, seen = as_user(busy.hub_staff), set()
    user = get_user_model().objects.get(pk=busy.hub_staff.pk)
    parts = sections(figures(busy))
    for table in [*parts, townships(figures(busy))]:
        for row in table.rows:
            # The year before of a running year is on no list that shows whole years.
            for cell in row[1:2] if table in parts else row[1:]:
                if cell.params is not None:
                    assert cell.number == ledger_count(user, cell.params), row[0].text
                elif cell.number:
                    assert cell.url, (table.name, row[0].text)
                    seen.add(cell.url)
    for url in seen:
        assert client.get(url).status_code == 200, url


@pytest.mark.parametrize(("row", "shown"), [("在任代表", 4), ("省、市代表", 2)])
def test_the_roster_shows_as_many_deputies(busy, as_user, row, shown):
    url = next(cells[1].url for cells in sections(figures(busy))[0].rows if cells[0].text == row)
    assert len(as_user(busy.hub_staff).get(url).context["page"].rows) == shown


def test_the_year_before_is_counted_to_the_same_day(people):
    period = of_year(people.county, 2026, dt.date(2026, 5, 20))
    assert (period.first, period.last) == (dt.date(2026, 1, 1), dt.date(2026, 5, 20))
    assert (period.before().first, period.before().last) == (dt.date(2025, 1, 1), dt.date(2025, 5, 20))
    assert of_year(people.county, 2025, dt.date(2026, 5, 20)).last == dt.date(2025, 12, 31)


def test_by_township_each_with_what_is_below_it(busy):
    rows = {row[0].text: [cell.number for cell in row[1:]] for row in townships(figures(busy)).rows}
    assert rows[busy.town.name] == [1, 1, 1, 7, 0, 1, 1, 2, 1, 1]
    assert rows[busy.other_town.name] == [0, 1, 0, 0, 0, 0, 0, 0, 0, 0]


def test_another_year_is_a_press_away(busy, as_user):
    text = as_user(busy.hub_staff).get(PAGE, {"year": TODAY.year - 1}).text
    assert f"{TODAY.year - 1}-01-01 至 {TODAY.year - 1}-12-31" in text
    assert f"{TODAY.year} 年" in as_user(busy.hub_staff).get(PAGE, {"year": "1066"}).text


def test_it_leaves_as_a_workbook_with_an_event(busy, as_user):
    answer = as_user(busy.hub_staff).get(reverse("reports:work_export"))
    book = load_workbook(BytesIO(b"".join(answer.streaming_content)))
    assert [sheet.title for sheet in book] == ["履职工作总览", "各乡镇（街道）", "各单位报到情况"]
    cells = [[cell.value for cell in row] for row in book.worksheets[0].iter_rows()]
    assert next(row[1] for row in cells if row[0] == "代表接待日：接待群众（人次）") == 7
    event = Event.objects.filter(action="export").latest("pk")
    assert event.after["ledger"] == "statistics" and event.actor_id == busy.hub_staff.pk


def test_the_county_office_alone(people, as_user):
    for seat in (people.town_staff, people.deputy_user, people.county_clerk):
        assert as_user(seat).get(PAGE).status_code == 403
    assert PAGE not in as_user(people.town_staff).get(reverse("suggestions:my_work")).text
    assert PAGE in as_user(people.hub_staff).get(reverse("suggestions:my_work")).text


def test_it_costs_the_same_queries_however_much_there_is(busy, as_user, django_assert_max_num_queries):
    client = as_user(busy.hub_staff)
    client.get(PAGE)
    with django_assert_max_num_queries(90):
        client.get(PAGE)


def test_nothing_of_another_county(busy, strangers):
    for part in sections(figures_of(scopes.of_county(strangers.county), of_year(strangers.county, TODAY.year))):
        for row in part.rows:
            if part.name not in ("network", "contacts"):
                assert not row[1].number, row[0].text
