"""The statistics page in a real browser: nothing refused by the policy, nothing wider than the screen, by its links."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from suggestions.choices import State
from tests import factories

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("size", [(1280, 800), (390, 844)], ids=["1280", "390"])
def test_charts_tables_and_the_cases_behind_a_number(page: Page, live_server, log_in, size):
    people = factories.cast()
    for state in (State.CLOSED, State.HANDLING, State.ASSESSING):
        factories.case_in(people, state)
    factories.a_reception_held(people)
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.set_default_timeout(15_000)
    log_in(people.hub_staff)
    page.goto(f"{live_server.url}/reports/statistics/")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    widths = page.evaluate(
        "[...document.querySelectorAll('.chart svg rect.bar')].map(bar => bar.getBoundingClientRect().width)"
    )
    assert max(widths) > 100  # drawn, not only written
    found = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]})
    assert found.violations_count == 0, found.generate_report()
    page.locator("#summary tbody tr").first.get_by_role("link").first.click()
    expect(page.locator(".ledger-count strong")).to_have_text("3")
    page.go_back()
    page.get_by_role("link", name="本月").click()
    expect(page.locator(".pick[aria-current]")).to_have_text("本月")
    page.get_by_role("link", name="各代表").first.click()
    expect(page.get_by_role("link", name="张为民")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
