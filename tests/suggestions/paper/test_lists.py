"""建议目录 and 单位测评表: of a period, within what one may see, the same on paper and in Excel."""

import datetime as dt
import io

import pytest
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from history.models import Event
from liaison.lib import pdf
from suggestions import workflow
from suggestions.choices import Kind, Satisfaction, State
from suggestions.models import Suggestion
from suggestions.paper import lists
from suggestions.paper.periods import Period, this_year
from suggestions.transitions import Voice
from tests import factories
from tests.suggestions.acts import again
from tests.suggestions.paper.documents import pages

pytestmark = pytest.mark.django_db


def show(as_user, user, name, **query):
    return as_user(user).get(reverse(f"suggestions:{name}"), query)


def cells(response):
    """The rows of a downloaded sheet, headings first."""
    sheet = load_workbook(io.BytesIO(b"".join(response.streaming_content))).active
    return [list(row) for row in sheet.iter_rows(min_row=3, values_only=True)]


def rated(people, satisfaction, **fields):
    case = factories.case_in(people, State.REPLIED, **fields)
    return workflow.rate(case.pk, satisfaction=satisfaction, reason="还是不亮", by=Voice.VOTER)


# --- 建议目录 -----------------------------------------------------------------------------


def test_the_catalogue_has_its_columns_on_paper_and_in_excel(people, as_user):
    case = factories.case_in(people, State.HANDLING, kind=Kind.SUGGESTION)
    text = show(as_user, people.town_staff, "catalogue").text
    row = [case.number, people.town.name, "张为民", case.title, "村镇建设中心", "办理中"]
    for words in ("编号", "单位", "姓名", "标题", "拟主办单位", "备注", *row):
        assert words in text
    found = cells(show(as_user, people.town_staff, "catalogue", **{"as": "xlsx"}))
    assert found == [["编号", "单位", "姓名", "标题", "拟主办单位", "备注"], row]
    event = Event.objects.get(chain=f"county:{people.county.pk}", action="export")
    assert event.after == {"ledger": "catalogue", "rows": 1} and event.actor == people.town_staff


def test_opinions_of_voters_are_in_it_only_when_asked_for(people, as_user):
    case = factories.register(people)
    assert case.number not in show(as_user, people.town_staff, "catalogue").text
    text = show(as_user, people.town_staff, "catalogue", with_opinions="on").text
    assert case.number in text and "赵小满" not in text and "checked" in text


def test_both_days_of_the_period_belong_to_it(people):
    for day in (9, 10, 20, 21):
        at = dt.datetime(2026, 5, day, 23, 59, tzinfo=timezone.get_current_timezone())
        factories.register(people, kind=Kind.SUGGESTION, title=f"五月{day}日", at=at)
    found = lists.catalogue(again(people.town_staff), Period(dt.date(2026, 5, 10), dt.date(2026, 5, 20)))
    assert [case.title for case in found] == ["五月10日", "五月20日"]


def test_each_seat_finds_what_it_may_see(people, strangers, as_user):
    case = factories.case_in(people, State.HANDLING, kind=Kind.SUGGESTION)
    for seat, sees in (
        ("hub_staff", 1),
        ("clerk", 1),
        ("deputy_user", 1),
        ("other_town_staff", 0),
        ("county_clerk", 0),
    ):
        found = lists.catalogue(again(getattr(people, seat)), this_year())
        assert [one.pk for one in found] == [case.pk] * sees, seat
    assert not lists.catalogue(again(strangers.hub_staff), this_year())


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ({"starts": "2026-05-10", "ends": "2026-05-01"}, "结束日期不能早于开始日期。"),
        ({"starts": "gestern"}, "输入一个有效的日期"),
        ({"ends": "9999-12-31"}, "请填写正确的日期。"),
    ],
)
def test_a_period_that_is_none_is_explained_and_this_year_shown(people, as_user, query, words):
    page = show(as_user, people.town_staff, "catalogue", **query)
    assert page.status_code == 200 and words in page.text
    assert this_year().words in page.text


def test_a_catalogue_of_many_is_read_with_few_queries(people, as_user, django_assert_max_num_queries):
    for _ in range(6):
        factories.register(people, kind=Kind.SUGGESTION)
    client = as_user(people.town_staff)
    with django_assert_max_num_queries(20):
        client.get(reverse("suggestions:catalogue"))


def test_long_catalogues_are_cut_on_paper_and_say_so(people, as_user, monkeypatch):
    monkeypatch.setattr("suggestions.views.paper_lists.MOST_PRINTED", 2)
    for _ in range(3):
        factories.register(people, kind=Kind.SUGGESTION)
    assert "只印前 2 件" in show(as_user, people.town_staff, "catalogue").text
    assert len(cells(show(as_user, people.town_staff, "catalogue", **{"as": "xlsx"}))) == 4


@pytest.mark.skipif(not pdf.can_render(), reason="WeasyPrint or pango is not there")
def test_the_catalogue_as_pdf_is_an_export(people, as_user):
    factories.register(people, kind=Kind.SUGGESTION)
    body = show(as_user, people.town_staff, "catalogue", **{"as": "pdf"}).getvalue()
    assert pages(body) == 1
    assert Event.objects.get(action="export").after == {"ledger": "catalogue", "rows": 1}


def test_a_catalogue_goes_on_overleaf_with_its_headings(page, live_server, log_in, people):
    case = factories.register(people, kind=Kind.SUGGESTION, title="关于解决村口到学校道路照明和排水问题的建议")
    county = people.county
    Suggestion.objects.bulk_create(
        Suggestion(
            **{
                field.attname: getattr(case, field.attname)
                for field in Suggestion._meta.concrete_fields
                if field.attname not in ("id", "number", "seq", "form_token")
            },
            seq=1000 + n,
            number=f"{county.prefix}{case.year}-{1000 + n:05d}",
        )
        for n in range(60)
    )
    log_in(people.town_staff)
    page.goto(live_server.url + reverse("suggestions:catalogue"))
    page.emulate_media(media="print")
    assert pages(page.pdf(prefer_css_page_size=True)) >= 3
    assert page.locator(".paper-rows > thead").evaluate("e => getComputedStyle(e).display") == "table-header-group"
    page.set_viewport_size({"width": 390, "height": 844})
    page.emulate_media(media="screen")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


# --- 单位测评表 ---------------------------------------------------------------------------


def test_departments_are_counted_with_what_voters_said(people, as_user):
    rated(people, Satisfaction.SATISFIED)
    rated(people, Satisfaction.BASICALLY)
    factories.case_in(people, State.HANDLING)
    found = cells(show(as_user, people.town_staff, "department_ratings", **{"as": "xlsx"}))
    assert found[0] == ["序号", "承办单位", "承办数", "满意", "基本满意", "不满意", "备注"]
    assert found[1][:6] == [1, "村镇建设中心", 3, 1, 1, 0] and "不足 10 件，不计满意率" in found[1][6]
    assert found[2][1:6] == ["合计", 3, 1, 1, 0]
    text = show(as_user, people.town_staff, "department_ratings").text
    assert "村镇建设中心" in text and '<th scope="col">排名' not in text and "满意率 100" not in text


def test_a_case_done_again_counts_once(people):
    rated(people, Satisfaction.NOT)  # goes back to the department
    (one,) = lists.ratings(again(people.town_staff), this_year())
    assert (one.handled, one.dissatisfied) == (1, 1)


@pytest.mark.parametrize(
    ("numbers", "remark"),
    [
        ((5, 0, 0, 0), "没有评价"),
        ((20, 9, 0, 0), "评价 9 件，不足 10 件，不计满意率"),
        ((20, 6, 3, 1), "评价 10 件，满意率 90.0%"),
    ],
)
def test_a_rate_is_given_from_ten_ratings_on(numbers, remark):
    assert lists.Rated("住建局", *numbers).remark == remark


def test_departments_stand_in_the_order_of_the_tree_and_not_of_their_numbers(people):
    rated(people, Satisfaction.SATISFIED)
    case = factories.register(people)
    workflow.escalate(case.pk, opinion="本镇解决不了。", by=people.town_staff)
    workflow.assign(case.pk, lead=people.county_department, by=people.hub_staff)
    assert [one.name for one in lists.ratings(again(people.hub_staff), this_year())] == [
        "住房和城乡建设局",
        "村镇建设中心",
    ]
    assert not lists.ratings(again(people.other_town_staff), this_year())


def test_what_was_assigned_before_the_period_is_not_in_it(people):
    rated(people, Satisfaction.SATISFIED)
    last_year = Period(dt.date(2025, 1, 1), dt.date(2025, 12, 31))
    assert lists.ratings(again(people.town_staff), last_year) == []
    assert list(lists.rating_rows([])) == []


def test_departments_do_not_see_the_table(people, as_user):
    assert show(as_user, people.clerk, "department_ratings").status_code == 403
    assert show(as_user, people.deputy_user, "department_ratings", **{"as": "xlsx"}).status_code == 403


def test_the_ledger_leads_to_both(people, as_user):
    text = as_user(people.town_staff).get(reverse("suggestions:ledger")).text
    assert reverse("suggestions:catalogue") in text and reverse("suggestions:department_ratings") in text
    assert (
        reverse("suggestions:department_ratings") not in as_user(people.clerk).get(reverse("suggestions:ledger")).text
    )
