"""The forms as Chromium and the PDF renderer set them: A4, whole pages, the heading on each."""

import re

import pytest
from django.urls import reverse

from liaison.lib import pdf
from suggestions.choices import Kind, State
from suggestions.models import Assignment
from tests import factories
from tests.suggestions.paper.documents import pages

LONG = "村口到学校的三盏路灯坏了半个月，晚上孩子放学看不清路，请尽快修复。\n" * 60
FORMS = ("assignment_order", "reply_letter", "opinion_form", "motion_sheet", "case_file")


def address(form, case):
    arguments = [case.pk]
    if form in ("assignment_order", "reply_letter"):
        arguments.append(case.assignments.get(role="lead").pk)
    return reverse(f"suggestions:{form}", args=arguments)


@pytest.fixture
def long(people):
    case = factories.case_in(people, State.REPLIED, content=LONG, kind=Kind.SUGGESTION)
    Assignment.objects.filter(suggestion=case, role="lead").update(text=LONG)
    return case


@pytest.fixture
def short(people):
    return factories.case_in(people, State.REPLIED, kind=Kind.SUGGESTION)


@pytest.mark.parametrize("form", [form for form in FORMS if form != "case_file"])
def test_a_short_case_is_one_sheet_of_a4(page, live_server, log_in, people, short, form):
    log_in(people.town_staff)
    page.goto(live_server.url + address(form, short))
    document = page.pdf(prefer_css_page_size=True)
    size = [float(n) for n in re.search(rb"/MediaBox\s*\[0 0 ([\d.]+) ([\d.]+)\]", document).groups()]
    assert [round(n / 72 * 25.4) for n in size] == [210, 297]
    assert pages(document) == 1


@pytest.mark.parametrize("form", ["assignment_order", "reply_letter", "motion_sheet", "case_file"])
def test_a_long_text_goes_on_overleaf_and_is_not_cut(page, live_server, log_in, people, long, form):
    log_in(people.town_staff)
    page.goto(live_server.url + address(form, long))
    page.emulate_media(media="print")
    assert pages(page.pdf(prefer_css_page_size=True)) >= 3
    heads = page.locator(".paper-flow > thead")
    assert heads.evaluate("head => getComputedStyle(head).display") == "table-header-group"
    assert page.locator(".paper-page").inner_text().count("请尽快修复") >= 60
    cut = "[...document.querySelectorAll('td, th')].filter(cell => cell.scrollWidth > cell.clientWidth + 1).length"
    assert page.evaluate(cut) == 0


@pytest.mark.skipif(not pdf.can_render(), reason="WeasyPrint or pango is not there")
def test_the_renderer_breaks_pages_like_the_browser(people, as_user, long):
    document = as_user(people.town_staff).get(address("assignment_order", long), {"as": "pdf"}).getvalue()
    assert pages(document) >= 3


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("form", FORMS)
def test_the_pages_fit_the_screen(page, live_server, log_in, people, short, form, width):
    log_in(people.town_staff)
    page.set_viewport_size({"width": width, "height": 844})
    page.goto(live_server.url + address(form, short))
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert not page.locator(".paper-tools").evaluate("tools => getComputedStyle(tools).display === 'none'")
    page.emulate_media(media="print")
    assert page.locator(".paper-tools").evaluate("tools => getComputedStyle(tools).display") == "none"


@pytest.mark.parametrize("width", [1280, 390])
def test_the_menu_of_the_case_page_leads_to_the_forms(page, live_server, log_in, people, short, width):
    log_in(people.town_staff)
    page.set_viewport_size({"width": width, "height": 844})
    page.goto(live_server.url + reverse("suggestions:case", args=[short.pk]))
    page.get_by_text("打印", exact=True).click()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    box = page.locator(".papers .more-menu").bounding_box()
    assert box["x"] >= 0 and box["x"] + box["width"] <= width
    page.get_by_role("link", name="征询意见表").click()
    assert page.locator("h1").inner_text() == "代表建议办理征询意见表"
