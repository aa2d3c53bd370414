"""What is passed on by hand: the text to paste into a group, and the poster with its QR code."""

import datetime as dt
import xml.etree.ElementTree as ET

import pytest
from django.urls import reverse

from deputies.models import Constituency, Deputy, Level
from receptions import posters
from receptions.arrangements import arrangements_of
from receptions.models import ReceptionDay
from tests import factories

DAY = dt.date(2027, 3, 25)


@pytest.fixture
def day(people):
    one = factories.reception_day(people, DAY, theme="人居环境整治", activity="议事面对面")
    place = Constituency.objects.create(county=people.county, level=Level.COUNTY, name="第三选区", station=people.town)
    Deputy.objects.filter(pk=people.deputy.pk).update(constituency=place, phone="13812345678")
    factories.on_duty(one, people.deputy)
    return one


def of(day):
    return arrangements_of([ReceptionDay.objects.select_related("station", "county").get(pk=day.pk)])[0]


def address(day):
    return reverse("receptions:poster", args=[day.pk])


def test_the_poster_shows_date_place_and_deputies_with_their_constituency(people, day, as_user):
    page = as_user(people.point_staff).get(address(day)).content.decode()
    svg = ET.fromstring(page[page.index('<svg id="poster"') : page.rindex("</svg>") + 6])
    said = " ".join(text.strip() for text in svg.itertext() if text.strip())
    for words in (
        "博爱县甲镇联络站",
        "2027年3月25日",
        "星期四",
        "9:00—11:30",
        "联络站接待室",
        "人居环境整治",
        "张为民",
    ):
        assert words in said
    assert "县代表 · 第三选区" in said and "13812345678" not in page


def test_the_qr_code_leads_to_a_public_page(people, day, settings):
    settings.SITE_URL = "https://liaison.example.org"
    found = posters.poster(of(day))
    assert found.address == "https://liaison.example.org" + reverse("portal:station", args=[people.town.pk])
    assert found.qr.count("M") > 200 and found.qr_side > 25


def test_the_text_to_paste_stands_in_a_field_that_needs_no_script(people, day, as_user):
    page = as_user(people.town_staff).get(address(day)).content.decode()
    field = page.partition('<textarea class="form-control" id="copy-text"')[2].partition("</textarea>")[0]
    assert "【博爱县甲镇联络站】人大代表接待选民公告" in field and "值班代表：张为民" in field
    assert reverse("portal:station", args=[people.town.pk]) in field


@pytest.mark.parametrize("many", [0, 1, 4, 5, 12, 20])
def test_whatever_the_number_of_deputies_nothing_leaves_the_card(people, day, many):
    ReceptionDay.objects.update(place="很长的地点" * 20, theme="很长的主题" * 10, activity="很长的活动" * 30)
    day.duties.all().delete()
    deputies = [
        Deputy.objects.create(county=people.county, name=f"阿不都热合曼·买买提{n}", level=Level.TOWNSHIP)
        for n in range(many)
    ]
    factories.on_duty(day, *deputies)
    found = posters.poster(of(day))
    for text in found.texts:
        assert text.y <= 915
        assert text.x + posters._width(text.text, text.size) <= posters.RIGHT + 30
    assert any("待定" in text.text for text in found.texts) == (many == 0)


def test_a_cancelled_day_has_no_poster(people, day, as_user):
    ReceptionDay.objects.update(state="cancelled", cancel_reason="防汛应急")
    page = as_user(people.town_staff).get(address(day)).content.decode()
    assert "已取消" in page and 'id="poster"' not in page


def test_another_county_has_no_such_poster(day, strangers, as_user):
    assert as_user(strangers.town_staff).get(address(day)).status_code == 404


def test_the_poster_is_saved_as_a_picture_by_the_browser_alone(transactional_db, page, log_in, live_server):
    people = factories.cast()
    day = factories.reception_day(people, DAY)
    log_in(people.town_staff)
    page.goto(live_server.url + address(day))
    with page.expect_download() as download:
        page.get_by_role("button", name="保存为图片").click()
    assert download.value.suggested_filename == "2027-03-25 博爱县甲镇联络站 接待日海报.png"
    data = download.value.path().read_bytes()
    assert data[:8] == b"\x89PNG\r\n\x1a\n" and data[16:24] == (1680).to_bytes(4, "big") + (2376).to_bytes(4, "big")
    assert page.locator("#picture img").evaluate("image => image.naturalWidth") == 1680


def test_the_text_is_copied_with_one_press_also_where_there_is_no_clipboard(
    transactional_db, page, log_in, live_server
):
    """Over plain HTTP on the office's network a browser has none."""
    people = factories.cast()
    day = factories.reception_day(people, DAY)
    log_in(people.town_staff)
    page.add_init_script("Object.defineProperty(navigator, 'clipboard', { value: undefined })")
    page.goto(live_server.url + address(day))
    page.evaluate("document.addEventListener('copy', () => { window.copied = String(getSelection()); })")
    page.get_by_role("button", name="复制文字").click()
    assert "人大代表接待选民公告" in page.evaluate("window.copied")
    page.get_by_role("button", name="已复制").wait_for()
