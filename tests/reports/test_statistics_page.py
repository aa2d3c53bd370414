"""The statistics page: who sees which, what it shows for which days, and its tables as files."""

import datetime as dt
import re
from io import BytesIO

import pytest
from django.contrib.auth import get_user_model
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from deputies.models import Constituent, Contact
from history.models import Event
from receptions.models import DayState
from reports import upkeep
from reports.periods import preset
from suggestions.choices import State
from suggestions.models import Suggestion
from tests import factories

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()


def page(kind, key, **asked):
    return reverse("reports:statistics", args=[kind, key], query=asked)


def table_of(text, name):
    """The rows of a table as they are read: numbers alone."""
    part = re.search(rf'<section[^>]* id="{name}".*?</table>', text, re.S).group()
    rows = re.findall(r"<tr[^>]*>(.*?)</tr>", part, re.S)
    return [
        [re.sub(r"<[^>]+>", " ", cell).split() for cell in re.findall(r"<t[hd].*?</t[hd]>", row, re.S)] for row in rows
    ]


@pytest.mark.parametrize(
    ("seat", "kind", "key", "status"),
    [
        ("hub_staff", "county", "410822", 200),
        ("town_staff", "county", "410822", 404),
        ("hub_staff", "county", "411081", 404),
        ("town_staff", "station", "point", 200),
        ("point_staff", "station", "town", 404),
        ("town_staff", "station", "other_town", 404),
        ("clerk", "department", "town_department", 200),
        ("clerk", "department", "town_second", 404),
        ("town_staff", "department", "town_department", 200),
        ("town_staff", "department", "county_department", 404),
        ("other_town_staff", "department", "town_department", 404),
        ("deputy_user", "deputy", "deputy", 200),
        ("deputy_user", "deputy", "other_deputy", 404),
        ("town_staff", "deputy", "deputy", 200),
        ("town_staff", "deputy", "other_deputy", 404),
        ("hub_staff", "field", "410822-health", 200),
        ("town_staff", "field", "410822-none", 200),
        ("clerk", "field", "410822-health", 404),
        ("hub_staff", "field", "410822-nonsense", 404),
        ("hub_staff", "village", "1", 404),
        ("hub_staff", "station", "99999999999999999999", 404),
        ("officer_user", "station", "town", 404),
    ],
)
def test_who_sees_which_page(people, strangers, as_user, seat, kind, key, status):
    key = getattr(getattr(people, key, None), "pk", key)
    assert as_user(getattr(people, seat)).get(page(kind, key)).status_code == status


@pytest.mark.parametrize(
    ("seat", "kind", "key"),
    [
        ("hub_staff", "county", "410822"),
        ("town_staff", "station", "town"),
        ("clerk", "department", "town_department"),
        ("deputy_user", "deputy", "deputy"),
    ],
)
def test_the_entry_leads_to_the_page_of_ones_seat(people, as_user, seat, kind, key):
    key = getattr(getattr(people, key, None), "pk", key)
    client = as_user(getattr(people, seat))
    assert client.get(reverse("reports:home")).url == page(kind, key)
    assert reverse("reports:home") in client.get(page(kind, key)).text


def test_an_officer_has_no_figures(people, as_user):
    client = as_user(people.officer_user)
    assert client.get(reverse("reports:home")).status_code == 403
    assert reverse("reports:home") not in client.get(reverse("suggestions:my_work")).text


def test_every_number_of_a_table_is_a_link_and_nothing_else_is_a_number(people, as_user):
    for state in State:
        factories.case_in(people, state)
    text = as_user(people.hub_staff).get(page("county", "410822")).text
    for part in re.findall(r"<table.*?</table>", text, re.S):
        for cell in re.findall(r"<td.*?</td>", part, re.S):
            bare = re.sub(r"<a .*?</a>|<span.*?</span>|<[^>]+>", " ", cell)
            assert re.fullmatch(r"\s*(0|—|持平|[+−]\d+)?\s*", bare), cell


def test_the_numbers_of_the_page(people, as_user):
    factories.case_in(people, State.CLOSED)
    factories.case_in(people, State.HANDLING)
    upkeep.refresh()
    text = as_user(people.hub_staff).get(page("county", "410822", period="month")).text
    rows = {row[0][0]: row[1:] for row in table_of(text, "summary") if row and row[0]}
    assert rows["收到"] == [["2"], ["0"], ["+2"]]
    assert rows["按时答复"][0] == ["*", "1"]  # one case is no percentage
    assert "少于 10 件" in text


def test_a_period_is_compared_with_the_one_before(people, as_user):
    for days in (0, 1, 40):
        case = factories.register(people)
        Suggestion.objects.filter(pk=case.pk).update(created_at=timezone.now() - dt.timedelta(days=days))
    since, until = TODAY - dt.timedelta(days=30), TODAY
    asked = {"since": since.isoformat(), "until": until.isoformat()}
    text = as_user(people.town_staff).get(page("station", people.town.pk, **asked)).text
    assert table_of(text, "summary")[1][0] == ["收到"] and table_of(text, "summary")[1][1:] == [["2"], ["1"], ["+1"]]
    assert f"{since - dt.timedelta(days=31)} 至 {since - dt.timedelta(days=1)}" in text


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"since": "gestern"}, "日期请写成"),
        ({"since": "2026-03-02", "until": "2026-03-01"}, "开始日期不能晚于结束日期"),
        ({"since": "0001-01-01"}, "日期太早"),
        ({"until": "9999-12-31"}, "日期太晚"),
    ],
)
def test_a_period_that_cannot_be_read_is_said_and_the_year_is_shown(people, as_user, asked, said):
    answer = as_user(people.hub_staff).get(page("county", "410822", **asked))
    assert answer.status_code == 200 and said in answer.text and preset("year").in_words in answer.text


def test_reception_days_behind_the_numbers(people, as_user):
    held = factories.reception_day(people, TODAY, state=DayState.CLOSED, visitors=7)
    factories.reception_day(people, TODAY, station=people.hub, state=DayState.CANCELLED, cancel_reason="大雪")
    client = as_user(people.hub_staff)
    text = client.get(page("county", "410822")).text
    rows = {row[0][0]: row[1:] for row in table_of(text, "summary") if row and row[0]}
    assert [rows[name][0] for name in ("应开接待日", "已开接待日", "取消的接待日")] == [["1"], ["1"], ["1"]]
    days = reverse("reports:statistics_days", args=["county", "410822"], query={"period": "year", "show": "held"})
    listed = client.get(days).text
    assert "共 <strong>1</strong> 场，来访 <strong>7</strong> 人次" in listed
    assert reverse("receptions:day", args=[held.pk]) in listed
    assert client.get(reverse("reports:statistics_days", args=["field", "410822-health"])).status_code == 404


@pytest.mark.parametrize("table", ["summary", "series", "flow", "states", "fields", "took", "stations", "departments"])
def test_a_table_leaves_as_a_file_with_an_event(people, as_user, table):
    factories.case_in(people, State.CLOSED)
    url = reverse("reports:statistics_export", args=["county", "410822", table])
    answer = as_user(people.hub_staff).get(url)
    sheet = load_workbook(BytesIO(b"".join(answer.streaming_content))).active
    assert preset("year").in_words in sheet["A2"].value
    assert sheet.max_row > 3 and sheet.max_column == len([cell for cell in sheet[3] if cell.value])
    event = Event.objects.filter(action="export").latest("pk")
    assert event.after["table"] == table and event.actor_id == people.hub_staff.pk


def test_an_unknown_table_is_no_page(people, as_user):
    url = reverse("reports:statistics_export", args=["county", "410822", "nonsense"])
    assert as_user(people.hub_staff).get(url).status_code == 404


def test_the_page_costs_the_same_queries_whatever_the_county(people, as_user, django_assert_max_num_queries):
    for _ in range(3):
        factories.case_in(people, State.CLOSED)
    upkeep.refresh()
    client = as_user(people.hub_staff)
    client.get(page("county", "410822"))
    with django_assert_max_num_queries(28):
        client.get(page("county", "410822"))


def test_nothing_of_another_county(people, strangers, as_user):
    factories.case_in(people, State.CLOSED)
    upkeep.refresh()
    text = as_user(get_user_model().objects.get(pk=strangers.hub_staff.pk)).get(page("county", "411081")).text
    assert table_of(text, "summary")[1][1:] == [["0"], ["0"], ["持平"]] and "博爱县" not in text


def test_a_ledger_that_figures_asked_for_keeps_what_they_asked(people, as_user):
    """Choosing another filter in the form must not widen the list."""
    asked = {"origin": people.town.pk, "counted": "received", "escalated": "1", "took_to": "3"}
    text = as_user(people.town_staff).get(reverse("suggestions:ledger", query=asked)).text
    for name, value in asked.items():
        assert f'<input type="hidden" name="{name}" value="{value}">' in text
    assert people.town.name in text and "统计口径：收到（不含撤回）" in text


def test_contacts_against_the_quota_and_the_deputies_behind_them(people, as_user):
    """五名群众每月：two talks with one person in a month count once; the list of deputies has the same sums."""
    person = Constituent.objects.create(deputy=people.deputy, name="赵小满", phone="13800001234", since=TODAY)
    for _ in range(2):
        Contact.objects.create(
            deputy=people.deputy, constituent=person, happened_on=TODAY, way="phone", entered_at=timezone.now()
        )
    client = as_user(people.hub_staff)
    text = client.get(page("county", "410822", period="month")).text
    rows = {row[0][0]: row[1] for row in table_of(text, "summary") if row and row[0]}
    assert rows["应联系群众（人次）"] == ["8"] and rows["联系次数"] == ["2"]
    assert rows["已联系（按名额计）"] == ["*", "1"]
    listed = client.get(
        reverse("reports:statistics_deputies", args=["county", "410822"], query={"period": "month"})
    ).text
    rows = re.findall(r'<tr[^>]*><th scope="row">(.*?)</th>(.*?)</tr>', listed)
    numbers = {re.sub("<.*?>", "", name): re.findall(r">(\d+)<", cells) for name, cells in rows}
    assert [cells[-3:] for cells in (numbers["合计"], numbers["张为民"])] == [["8", "1", "2"], ["5", "1", "2"]]


def test_the_list_of_deputies_counts_what_its_reader_sees(people, as_user):
    """A case of the township's deputy that came in at another township is not its office's to see."""
    factories.register(people)
    factories.register(people, station=people.other_town, by=people.other_town_staff)

    def received(user):
        url = reverse("reports:statistics_deputies", args=["station", people.town.pk])
        listed = as_user(user).get(url).text
        return re.search(rf"deputy={people.deputy.pk}&amp;since=[^>]*counted=received\">(\d+)<", listed).group(1)

    assert received(people.town_staff) == "1" and received(people.hub_staff) == "2"


def test_the_list_of_deputies_leaves_as_a_file(people, as_user):
    url = reverse("reports:statistics_export", args=["county", "410822", "deputies"])
    sheet = load_workbook(BytesIO(b"".join(as_user(people.hub_staff).get(url).streaming_content))).active
    assert [sheet["A4"].value, sheet["A5"].value] == ["合计", "张为民"]
    assert (
        as_user(people.deputy_user)
        .get(reverse("reports:statistics_deputies", args=["deputy", people.deputy.pk]))
        .status_code
        == 404
    )
