"""The screen in the hall: one picture without a scroll bar, of what is public already."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from noticeboard.models import NoticeKind
from portal.views import screen as view
from suggestions.choices import State
from suggestions.models import ReleaseState
from tests import factories
from tests.portal.test_wall import LONG, fill


def screen(station):
    return reverse("portal:station_screen", args=[station.pk])


@pytest.mark.django_db
def test_it_shows_figures_days_and_released_results_of_the_station_and_below(people, client):
    factories.on_duty(factories.reception_day(people), people.deputy)
    factories.public_result(people, title="路灯亮了")  # of a case that was answered
    text = client.get(screen(people.hub)).content.decode()
    assert "1<small>件" in text and people.town.name in text and people.deputy.name in text and "路灯亮了" in text
    assert "路灯亮了" not in client.get(screen(people.other_town)).content.decode()


@pytest.mark.django_db
def test_it_shows_nothing_that_is_not_released(people, client):
    factories.public_result(people, title="还没有审核", state=ReleaseState.WAITING, released_by=None, released_at=None)
    case = factories.case_in(people, State.HANDLING, title="村口的秘密")
    text = client.get(screen(people.town)).content.decode()
    assert "还没有审核" not in text and case.title not in text and case.number not in text


@pytest.mark.django_db(transaction=True)
def test_it_comes_again_by_itself_and_keeps_what_it_shows_while_nothing_answers(page, live_server, monkeypatch):
    monkeypatch.setattr(view, "RENEW", 0.2)
    people = factories.cast()
    address = live_server.url + screen(people.town)
    page.goto(address)
    page.route(address, lambda route: route.abort())
    page.wait_for_event("requestfailed")
    expect(page.get_by_text("近期没有接待安排")).to_be_visible()
    page.unroute(address)
    factories.on_duty(factories.reception_day(people), people.deputy)
    expect(page.get_by_text(people.deputy.name)).to_be_visible()


@pytest.mark.django_db
def test_it_asks_for_no_hand(people, client):
    text = client.get(screen(people.town)).content.decode()
    assert "<a " not in text and "<button" not in text and "<form" not in text


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("text", ["", LONG], ids=["empty", "many"])
def test_it_fills_screens_of_any_shape_and_cuts_no_line_in_half(page, live_server, text):
    people = factories.cast()
    if text:
        fill(people, deputies=27, notices=8, text=text)
        factories.notice(people, kind=NoticeKind.OTHER, title=text[:80])
    for width, height in ((1920, 1080), (1280, 720), (1080, 1920)):
        page.set_viewport_size({"width": width, "height": height})
        page.goto(live_server.url + screen(people.town))
        assert page.evaluate("[document.documentElement.scrollWidth, document.documentElement.scrollHeight]") == [
            width,
            height,
        ]
        cut = page.evaluate(
            "[...document.querySelectorAll('main > section, .day, .result, footer, header')]"
            ".filter(e => e.scrollHeight > e.clientHeight + 1).map(e => e.className || e.tagName)"
        )
        assert cut == []
