"""The board for the wall: one page, whatever there is to say."""

import datetime as dt
import io
import re

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from deputies.models import Constituency, Deputy
from liaison.lib import pdf
from noticeboard.models import NoticeKind
from stations.models import ResidentOfficer, Station
from suggestions.models import ReleaseState
from tests import factories
from tests.suggestions.paper import documents

LONG = "关于进一步加强农村人居环境整治和道路硬化亮化工程建设有关情况的说明" * 3


def pages(pdf):
    return len(re.findall(rb"/Type\s*/Page(?!s)", pdf))


def paper(pdf):
    """Width and height in millimetres."""
    box = re.search(rb"/MediaBox\s*\[\s*0\s+0\s+([\d.]+)\s+([\d.]+)", pdf)
    return tuple(round(float(number) / 72 * 25.4) for number in box.groups())


def fill(people, deputies, notices, text):
    stream = io.BytesIO()
    Image.new("RGB", (90, 120), "#7a8f9c").save(stream, "JPEG")
    place = Constituency.objects.create(county=people.county, level="township", name=text[:60])
    for number in range(deputies):
        one = Deputy(
            county=people.county, name=f"代表{number}", level="township", home_station=people.town, trade="law"
        )
        one.constituency = place
        if number % 2:
            one.photo.save(f"{number}.jpg", ContentFile(stream.getvalue()), save=False)
        one.save()
    kinds = [NoticeKind.PLAN, NoticeKind.RESULT, NoticeKind.RECTIFICATION, NoticeKind.OTHER]
    for number in range(notices):
        factories.notice(
            people, kind=kinds[number % 4], title=text[:80], body=(text + "\n\n") * 20, released_at=timezone.now()
        )
    for _number in range(4 if notices else 0):
        factories.public_result(people, title=text[:80], answer=(text + "\n\n") * 20)
    for number in range(6):
        day = factories.reception_day(
            people, timezone.localdate() + dt.timedelta(days=5 + number), place=text[:120], theme=text[:60]
        )
        factories.on_duty(day, *Deputy.objects.filter(home_station=people.town)[:20])
    for number in range(12):
        ResidentOfficer.objects.create(station=people.town, name=f"王警官{number}", kind="police")
    Station.objects.filter(pk=people.town.pk).update(name=text[:60], address=text[:120], opening_hours=text[:60])


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("deputies", "notices", "text"),
    [(0, 0, ""), (9, 8, LONG), (27, 40, LONG), (90, 40, LONG)],
    ids=["empty", "few", "some", "many"],
)
def test_the_board_is_one_sheet_whatever_there_is_to_say(page, live_server, deputies, notices, text):
    people = factories.cast()
    if text:
        fill(people, deputies, notices, text)
    for name, size in (("portal:station_board", (297, 420)), ("portal:station_board_a4", (210, 297))):
        page.goto(live_server.url + reverse(name, args=[people.town.pk]))
        pdf = page.pdf(prefer_css_page_size=True, print_background=True)
        assert pages(pdf) == 1 and paper(pdf) == size
        cut = page.evaluate(
            "[...document.querySelectorAll('.wall, .wall-body, .wall-days, .wall-people, .wall-news, .wall-plan, .wall-foot')]"
            ".filter(e => e.scrollHeight > e.clientHeight + 1).map(e => e.className)"
        )
        assert cut == [], "parts are limited by what is put in, not cut"


@pytest.mark.django_db
def test_the_board_shows_what_belongs_on_the_wall_and_nothing_private(client, people):
    people.deputy.phone = "13711112222"
    people.deputy.save()
    Station.objects.filter(pk=people.town.pk).update(head_phone="13755556666", contact="柳藏名")
    day = factories.reception_day(people)
    factories.on_duty(day, people.deputy)
    factories.notice(people, kind=NoticeKind.PLAN, title="全年计划")
    factories.notice(people, kind=NoticeKind.RESULT, title="路灯修好了")
    factories.notice(people, title="没发布的", state="draft")
    text = client.get(reverse("portal:station_board", args=[people.town.pk])).content.decode()
    for shown in (
        "全年计划",
        "路灯修好了",
        '接待代表：<span class="nowrap">张为民',
        "王法官",
        people.town.name,
        "<svg",
    ):
        assert shown in text
    for hidden in ("没发布的", "13711112222", "13755556666", "柳藏名", "csrf", "nonce="):
        assert hidden not in text
    station = client.get(reverse("portal:station", args=[people.town.pk])).content.decode()
    assert reverse("portal:station_board", args=[people.town.pk]) in station


@pytest.mark.django_db
def test_the_latest_results_that_were_released_hang_on_the_wall(client, people):
    for number in range(4):
        at = timezone.now() - dt.timedelta(days=number)
        factories.public_result(people, title=f"结果{number}", answer=f"办好了{number}", released_at=at)
    factories.public_result(people, title="待审核的", state=ReleaseState.WAITING)
    for number in range(6):
        factories.notice(people, kind=NoticeKind.OTHER, title=f"公示{number}")
    text = client.get(reverse("portal:station_board", args=[people.town.pk])).content.decode()
    assert [number for number in range(4) if f"结果{number}" in text and f"办好了{number}" in text] == [0, 1, 2]
    assert "待审核的" not in text and text.count('class="wall-notice"') == 6


@pytest.mark.django_db
def test_the_board_costs_eight_queries_at_most(client, people, django_assert_max_num_queries):
    fill(people, 30, 20, LONG)
    with django_assert_max_num_queries(8):
        assert client.get(reverse("portal:station_board", args=[people.town.pk])).status_code == 200


@pytest.mark.skipif(not pdf.can_render(), reason="WeasyPrint or pango is not there")
@pytest.mark.parametrize("much", [False, True], ids=["little", "much"])
def test_the_board_is_a_file_of_one_a3_sheet_with_its_fonts_and_faces(people, as_user, client, much):
    if much:
        fill(people, 60, 9, LONG)
    address = reverse("portal:station_board_pdf", args=[people.town.pk])
    assert client.get(address).status_code == 302  # to the log-in: anybody could keep the server busy with it
    document = b"".join(as_user(people.deputy_user).get(address).streaming_content)
    assert documents.sizes(document) == [(297, 420)]
    assert documents.fonts(document) and all(embedded for _, embedded in documents.fonts(document))
    assert (b"/Subtype/Image" in documents.opened(document).replace(b" /", b"/")) == much
