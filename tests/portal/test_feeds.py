"""The feeds of the noticeboard: valid RSS, the same notices as the board, nothing that is nobody's business."""

import datetime as dt
import email.utils

import pytest
from django.urls import reverse
from django.utils import timezone
from lxml import etree

from noticeboard.models import NoticeState
from stations.models import Station
from tests import factories

pytestmark = pytest.mark.django_db
ATOM = "{http://www.w3.org/2005/Atom}"
SECRETS = ("13711112222", "13755556666", "柳藏名", "原因保密")


def addresses(people):
    return [
        reverse("portal:station_feed", args=[people.town.pk]),
        reverse("portal:county_feed", args=[people.county.code]),
    ]


def channel(answer):
    """What a reader needs, by the letter of RSS 2.0."""
    root = etree.fromstring(answer.content)
    assert root.tag == "rss" and root.get("version") == "2.0" and len(root) == 1
    for name in ("title", "link", "description"):
        assert root[0].findtext(name)
    for item in root.iterfind("channel/item"):
        assert item.findtext("title") and item.findtext("description")
        assert item.findtext("link") == item.findtext("guid")
        assert email.utils.parsedate_to_datetime(item.findtext("pubDate")).tzinfo
    return root[0]


def titles(answer):
    return [item.findtext("title") for item in channel(answer).iterfind("item")]


def test_a_feed_is_valid_and_tells_where_it_is(client, people, settings):
    settings.SITE_URL = "https://liaison.example.org"
    notice = factories.notice(people, title="路灯 <b>&</b> 水渠", body="第一段\n\n第二段 <script>")
    for url in addresses(people):
        answer = client.get(url, headers={"host": "localhost"})
        assert answer["Content-Type"] == "application/rss+xml; charset=utf-8"
        found = channel(answer)
        assert found.find(f"{ATOM}link").get("href") == f"https://liaison.example.org{url}"
        item = found.find("item")
        assert item.findtext("link") == f"https://liaison.example.org{reverse('portal:notice', args=[notice.pk])}"
        assert item.findtext("title").endswith("路灯 <b>&</b> 水渠") and "&lt;script&gt;" in item.findtext(
            "description"
        )
        assert "localhost" not in answer.content.decode()
        assert item.findtext("category") == "通知公告"


def test_only_what_is_on_the_board_is_in_the_feed(client, people, strangers):
    for state in NoticeState.values:
        factories.notice(
            people,
            title=f"标题{state}",
            state=state,
            release_at=timezone.now() + dt.timedelta(days=1),
            withdraw_reason="原因保密",
        )
    factories.notice(people, station=people.other_town, title="乙镇的公示")
    factories.notice(strangers, title="禹州的公示")
    station, county = (titles(client.get(url)) for url in addresses(people))
    assert station == ["标题released"]
    assert county == [f"{people.other_town.name}：乙镇的公示", f"{people.town.name}：标题released"]


def test_no_private_data_is_in_a_feed_and_deputies_by_name_as_on_the_notice(client, people):
    notice = factories.notice(people)
    notice.deputies.add(people.deputy)
    people.deputy.phone = SECRETS[0]
    people.deputy.save()
    Station.objects.filter(pk=people.town.pk).update(head_phone=SECRETS[1], contact=SECRETS[2])
    for url in addresses(people):
        answer = client.get(url)
        whole = answer.content.decode() + str(answer.headers)
        assert "涉及代表：张为民" in whole
        assert not [secret for secret in (*SECRETS, people.town_staff.name) if secret in whole]


def test_a_long_board_has_its_newest_thirty_in_the_feed_at_few_queries(client, people, django_assert_max_num_queries):
    for number in range(40):
        notice = factories.notice(
            people, title=f"第{number:02d}号", released_at=timezone.now() - dt.timedelta(hours=number)
        )
        notice.deputies.add(people.deputy)
    for url in addresses(people):
        with django_assert_max_num_queries(5):
            found = titles(client.get(url))
        assert len(found) == 30 and found[0].endswith("第00号") and found[-1].endswith("第29号")


def test_pages_lead_to_their_feed(client, people):
    notice = factories.notice(people)
    station, county = addresses(people)
    pages = {
        reverse("portal:station", args=[people.town.pk]): station,
        reverse("portal:station_notices", args=[people.town.pk]): station,
        reverse("portal:notice", args=[notice.pk]): station,
        reverse("portal:county_notices", args=[people.county.code]): county,
    }
    for page, feed in pages.items():
        head = client.get(page).content.decode().partition("</head>")[0]
        assert 'type="application/rss+xml" title="' in head and f'href="{feed}"' in head


def test_there_is_no_feed_of_a_closed_station(client, people):
    Station.objects.filter(pk=people.town.pk).update(is_active=False)
    assert client.get(addresses(people)[0]).status_code == 404


@pytest.mark.django_db(transaction=True)
def test_feeds_are_kept_and_asked_about_like_pages(client):
    people = factories.cast()
    factories.notice(people)
    for url in addresses(people):
        answer = client.get(url)
        assert "Vary" not in answer.headers and answer["Cache-Control"].startswith("public, max-age=60")
        assert client.get(url, headers={"if-none-match": answer["ETag"]}).status_code == 304
    factories.notice(people, title="刚发布的")
    for url in addresses(people):
        assert titles(client.get(url))[0].endswith("刚发布的")
