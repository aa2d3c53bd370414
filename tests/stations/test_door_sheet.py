"""The sheet at the door: its QR code opens the station's public page, on one sheet of A4 or A5."""

import re

import pytest
from django.urls import reverse

from liaison.lib.qrcodes import squares
from stations.models import Station

SITE = "https://dbz.example.gov.cn"


def sheet(client, station, **query):
    return client.get(reverse("stations:door_sheet", args=[station.pk]), query)


def test_the_code_is_of_the_stations_short_and_stable_address(people, as_user, settings):
    settings.SITE_URL = SITE
    text = sheet(as_user(people.town_staff), people.town).text
    address = f"{SITE}/s/{people.town.pk}/"
    assert squares(address)[0] in text and address.partition("://")[2].rstrip("/") in text
    Station.objects.filter(pk=people.town.pk).update(name="改名后的联络站")
    assert squares(address)[0] in sheet(as_user(people.town_staff), people.town).text


def test_the_sheet_says_whose_door_it_is_and_when_it_is_open(people, as_user):
    Station.objects.filter(pk=people.town.pk).update(
        opening_hours="工作日 8:30—12:00", address="镇政府院内", head_phone="13700008888", contact_phone="13700009999"
    )
    text = sheet(as_user(people.town_staff), people.town).text
    assert people.town.name in text and "工作日 8:30—12:00" in text and "镇政府院内" in text
    assert "13700008888" not in text and "13700009999" not in text


@pytest.mark.parametrize(("query", "size"), [({}, "A4"), ({"paper": "a5"}, "A5")])
def test_the_paper_is_chosen(people, as_user, query, size):
    assert f"size: {size} portrait" in sheet(as_user(people.point_staff), people.point, **query).text


def test_a_closed_station_has_no_sheet(people, as_user):
    Station.objects.filter(pk=people.point.pk).update(is_active=False)
    assert sheet(as_user(people.town_staff), people.point).status_code == 404


@pytest.mark.parametrize(("query", "size"), [("", (210, 297)), ("?paper=a5", (148, 210))])
def test_it_prints_on_one_sheet(people, page, live_server, log_in, query, size):
    Station.objects.filter(pk=people.town.pk).update(
        name="朱阁“三粉产业”与“钧瓷产业联盟”人大代表联络站" * 1,
        opening_hours="工作日 8:30—12:00",
        address="镇政府院内" * 5,
    )
    log_in(people.town_staff)
    page.goto(live_server.url + reverse("stations:door_sheet", args=[people.town.pk]) + query)
    pdf = page.pdf(prefer_css_page_size=True, print_background=True)
    pages = re.findall(rb"/MediaBox\s*\[\s*0 0 ([\d.]+) ([\d.]+)", pdf)
    points = [round(float(number) * 25.4 / 72) for number in pages[0]]
    assert len(pages) == 1 and tuple(points) == size


def test_the_drawing_has_a_finder_pattern_in_three_corners_inside_the_quiet_zone():
    path, side = squares(f"{SITE}/s/12/")
    dark = {(int(x), int(y)) for x, y in re.findall(r"M(\d+) (\d+)h", path)}
    for left, top in ((3, 3), (side - 10, 3), (3, side - 10)):
        assert all((left + step, top) in dark and (left, top + step) in dark for step in range(7))
        assert not any((left + step, top + 1) in dark for step in range(1, 6))
    assert all(3 <= x < side - 3 and 3 <= y < side - 3 for x, y in dark)
