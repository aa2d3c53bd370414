"""Large type remembered by a cookie, what search engines and share cards are told, and how little a page weighs."""

import re

import pytest
from django.contrib.staticfiles import finders
from django.urls import reverse

from deputies.models import Deputy, Level
from noticeboard.models import NoticeState
from portal.large_type import COOKIE
from receptions.models import Brand
from tests import factories

pytestmark = pytest.mark.django_db
SMALL = 100_000  # bytes of HTML, CSS and JavaScript, uncompressed


@pytest.fixture
def pages(people):
    """The address of every page that anybody can open without having left a message."""
    notice = factories.notice(people)
    factories.on_duty(factories.reception_day(people), people.deputy)
    town = [people.town.pk]
    return {
        "home": reverse("portal:home"),
        "find": reverse("portal:find"),
        "found": reverse("portal:find") + "?q=甲",
        "villages": reverse("portal:villages", args=town),
        "station": reverse("portal:station", args=town),
        "deputy": reverse("portal:deputy", args=[people.deputy.pk]),
        "station_notices": reverse("portal:station_notices", args=town),
        "county_notices": reverse("portal:county_notices", args=[people.county.code]),
        "notice": reverse("portal:notice", args=[notice.pk]),
        "leave_message": reverse("portal:leave_message", args=town),
        "query": reverse("portal:query"),
    }


INDEXED = {"home", "find", "villages", "station", "deputy", "station_notices", "county_notices", "notice"}


def switch(client, on, to="/"):
    return client.post(reverse("portal:set_type"), {"large": "1" if on else "0", "next": to})


def test_large_type_is_reached_from_every_page_and_remembered(client, pages):
    for name, address in pages.items():
        assert "大字版" in client.get(address).text, name
    answer = switch(client, True, pages["station"])
    assert answer.status_code == 302 and answer["Location"] == pages["station"]
    assert answer.cookies[COOKIE]["max-age"] == 365 * 24 * 3600
    for name, address in pages.items():
        text = client.get(address).text
        assert '<html lang="zh-Hans" class="large-type">' in text and "标准版" in text, name


def test_large_type_is_switched_off_again(client, pages):
    switch(client, True)
    switch(client, False)
    assert "large-type" not in client.get(pages["home"]).text.split("<head>")[0]


def test_large_type_needs_no_session(client, pages, settings):
    switch(client, True)
    client.get(pages["station"])
    assert set(client.cookies) == {COOKIE}


@pytest.mark.parametrize("to", ["https://evil.example/", "//evil.example", "javascript:alert(1)", ""])
def test_large_type_leads_to_no_other_place(client, db, to):
    assert switch(client, True, to)["Location"] == "/"


def test_copies_of_a_page_are_kept_apart_by_the_cookie(client, pages):
    assert "Cookie" in client.get(pages["station"])["Vary"]


def test_every_page_has_a_title_a_main_part_and_a_way_to_skip_to_it(client, pages):
    titles = set()
    for name, address in pages.items():
        text = client.get(address).text
        titles.add(re.search("<title>(.*?)</title>", text).group(1))
        assert text.count("<h1") == 1 and text.count("<main") == 1 and 'href="#content"' in text, name
    assert len(titles) == len(pages)


def test_what_is_for_everybody_is_described_and_has_a_share_card(client, pages, settings):
    settings.SITE_URL = "https://dbz.example.gov.cn"
    for name in INDEXED:
        text = client.get(pages[name]).text
        assert f'<link rel="canonical" href="https://dbz.example.gov.cn{pages[name]}">' in text, name
        for kind in ("title", "description", "image"):
            assert re.search(f'<meta property="og:{kind}" content="[^"]+">', text), (name, kind)
        assert 'name="description" content="' in text and "noindex" not in text, name


def test_the_share_cards_picture_is_ours(client, pages):
    (address,) = re.findall(r'og:image" content="[^"]*?/static/(img/[^"]+)"', client.get(pages["home"]).text)
    assert finders.find(address)


def test_pages_about_one_visitor_ask_not_to_be_indexed(client, pages):
    for name in set(pages) - INDEXED:
        text = client.get(pages[name]).text
        assert '<meta name="robots" content="noindex">' in text and "og:" not in text, name


def test_robots_are_kept_out_of_receipts_and_queries(client, settings):
    settings.SITE_URL = "https://dbz.example.gov.cn"
    answer = client.get("/robots.txt")
    assert answer["Content-Type"].startswith("text/plain")
    for line in ("Disallow: /query/", "Disallow: /receipt/", "Sitemap: https://dbz.example.gov.cn/sitemap.xml"):
        assert line in answer.text.splitlines()


def test_the_sitemap_lists_what_is_public_and_nothing_else(client, people, settings):
    settings.SITE_URL = "https://dbz.example.gov.cn"
    shown = factories.notice(people)
    draft = factories.notice(people, state=NoticeState.DRAFT, released_at=None)
    Deputy.objects.filter(pk=people.other_deputy.pk).update(status="ended")
    carried = Brand.objects.create(station=people.town, name="院落板凳会", about="坐下来说。")
    ended = Brand.objects.create(station=people.town, name="老院子", about="从前的。", is_active=False)
    index = client.get("/sitemap.xml").text
    files = re.findall("<loc>https://dbz.example.gov.cn(.*?)</loc>", index)
    listed = [where for file in files for where in re.findall("<loc>(.*?)</loc>", client.get(file).text)]
    site = "https://dbz.example.gov.cn"
    assert site + reverse("portal:home") in listed
    assert site + reverse("portal:station", args=[people.point.pk]) in listed
    assert site + reverse("portal:deputy", args=[people.deputy.pk]) in listed
    assert site + reverse("portal:notice", args=[shown.pk]) in listed
    assert site + reverse("portal:notice", args=[draft.pk]) not in listed
    assert site + reverse("portal:brand", args=[carried.pk]) in listed
    assert site + reverse("portal:brand", args=[ended.pk]) not in listed
    for page in ("county_notices", "county_results", "county_figures"):
        assert site + reverse(f"portal:{page}", args=[people.county.code]) in listed
    assert site + reverse("portal:deputy", args=[people.other_deputy.pk]) not in listed


def test_a_long_sitemap_comes_in_chunks(client, people, monkeypatch):
    monkeypatch.setattr("portal.views.sitemap.OfSite.limit", 2)
    files = re.findall("<loc>[^<]*?(/sitemap-stations.xml[^<]*)</loc>", client.get("/sitemap.xml").text)
    assert files == ["/sitemap-stations.xml", "/sitemap-stations.xml?p=2", "/sitemap-stations.xml?p=3"]
    assert client.get("/sitemap-nothing.xml").status_code == 404


def weight(client, address):
    """Bytes of the page with its style sheets and scripts, as they are sent without compression."""
    page = client.get(address)
    files = re.findall(r'(?:href|src)="/static/([^"]+\.(?:css|js))"', page.text)
    assert files and not [file for file in files if "bootstrap" in file or "htmx" in file]
    total = len(page.content)
    for file in files:
        with open(finders.find(file), "rb") as handle:
            total += len(handle.read())
    return total


def test_every_page_stays_small(client, people, pages):
    for number in range(80):
        Deputy.objects.create(county=people.county, name=f"代表{number}", level=Level.COUNTY, home_station=people.town)
    weights = {name: weight(client, address) for name, address in pages.items()}
    assert {name: size for name, size in weights.items() if size >= SMALL} == {}


@pytest.mark.django_db(transaction=True)
def test_a_voter_finds_the_station_without_scripts_and_keeps_large_type(browser, live_server):
    """On the narrowest phone, by typing and by tapping; no page is wider than the screen in either size."""
    people = factories.cast()
    context = browser.new_context(java_script_enabled=False, viewport={"width": 320, "height": 640}, locale="zh-CN")
    page = context.new_page()

    def fits():
        box = page.locator("main").bounding_box()
        return box["x"] >= 0 and box["x"] + box["width"] <= 320 and page.locator("html").bounding_box()["width"] <= 320

    page.goto(live_server.url)
    page.get_by_role("button", name="大字版").click()
    page.get_by_label("输入村").fill("jc")
    page.get_by_role("button", name="查找").click()
    assert fits()
    page.get_by_role("link", name=people.point.name).click()
    assert people.point.name in page.get_by_role("heading", level=1).inner_text() and fits()
    assert "large-type" in page.locator("html").get_attribute("class")
    page.get_by_role("button", name="标准版").click()
    page.get_by_role("link", name="找联络站").click()
    page.get_by_role("link", name=people.town.place, exact=True).click()
    page.get_by_role("link", name=people.point.place, exact=True).click()
    assert page.url.endswith(reverse("portal:station", args=[people.point.pk])) and fits()
    context.close()
