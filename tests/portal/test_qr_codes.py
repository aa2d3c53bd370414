"""Every QR code that goes on paper, drawn by a browser and read by a decoder: it opens the page that it promises."""

import io

import pytest
import zxingcpp
from django.core import signing
from django.urls import reverse
from PIL import Image

from portal.views.receipt import SALT
from tests import factories

SITE = "https://dbz.example.gov.cn"

pytestmark = pytest.mark.django_db(transaction=True)


def codes_on(page, address):
    page.goto(address)
    picture = Image.open(io.BytesIO(page.screenshot(full_page=True)))
    return [code.text for code in zxingcpp.read_barcodes(picture)]


@pytest.fixture
def people(settings):
    settings.SITE_URL = SITE
    return factories.cast()


@pytest.mark.parametrize("name", ["portal:station_board", "portal:station_board_a4"])
def test_the_board_opens_the_page_of_the_station(page, live_server, people, name):
    found = codes_on(page, live_server.url + reverse(name, args=[people.town.pk]))
    assert found == [SITE + reverse("portal:station", args=[people.town.pk])]


@pytest.mark.parametrize("paper", ["", "?paper=a5"])
def test_the_sheet_at_the_door_opens_the_page_of_the_station(page, live_server, people, log_in, paper):
    log_in(people.town_staff)
    found = codes_on(page, live_server.url + reverse("stations:door_sheet", args=[people.town.pk]) + paper)
    assert found == [SITE + reverse("portal:station", args=[people.town.pk])]


def test_the_poster_of_a_reception_day_opens_the_page_of_the_station(page, live_server, people, log_in):
    log_in(people.town_staff)
    day = factories.reception_day(people)
    found = codes_on(page, live_server.url + reverse("receptions:poster", args=[day.pk]))
    assert found == [SITE + reverse("portal:station", args=[people.town.pk])]


def test_the_voters_receipt_opens_the_query_with_the_number_filled_in(page, live_server, people):
    case = factories.submit(people)
    kept = reverse("portal:kept_receipt", args=[signing.dumps(case.pk, salt=SALT)])
    address = f"{reverse('portal:query')}?number={case.number}"
    assert codes_on(page, live_server.url + kept) == [SITE + address]
    page.goto(live_server.url + address)
    assert page.get_by_label("编号").input_value() == case.number


def test_the_receipt_that_staff_print_opens_the_query_too(page, live_server, people, log_in):
    case = factories.register(people)
    log_in(people.town_staff)
    found = codes_on(page, live_server.url + reverse("suggestions:receipt", args=[case.pk]))
    assert found == [f"{SITE}{reverse('portal:query')}?number={case.number}"]
