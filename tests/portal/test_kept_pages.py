"""What a kept page costs, what it says, and to whom it is not shown."""

import datetime as dt
import time

import pytest
from django.core.cache import cache
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from deputies.models import Deputy
from noticeboard.models import Notice
from portal import freshness, keeping
from tests import factories
from tests.portal.kept_pages import COLD, NAMES, PAGES, another_address, county_list, home, station_list, station_page

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("empty_cache")]


@pytest.mark.parametrize("page", PAGES, ids=NAMES)
def test_a_kept_page_costs_one_query_and_a_cold_one_few(
    page, scene, client, django_assert_num_queries, django_assert_max_num_queries
):
    with django_assert_max_num_queries(COLD[page]):
        first = client.get(page(scene))
    with django_assert_num_queries(1):
        again = client.get(page(scene))
    assert again.content == first.content and again.headers == first.headers


@pytest.mark.parametrize("number", [10, 1000])
def test_cold_pages_cost_the_same_however_many_notices(number, scene, client, django_assert_max_num_queries):
    now = timezone.now()
    rows = [
        Notice(
            county=scene.county,
            station=scene.town,
            title=f"公示{n}",
            body="正文",
            state="released",
            released_at=now - dt.timedelta(hours=n),
        )
        for n in range(number)
    ]
    Notice.objects.bulk_create(rows)
    for page in PAGES:
        with django_assert_max_num_queries(COLD[page]):
            assert client.get(page(scene)).status_code == 200


@pytest.mark.parametrize("page", PAGES, ids=NAMES)
def test_nobody_in_particular_is_served_without_a_session_a_token_or_a_nonce(page, scene, client):
    for _ in range(2):
        answer = client.get(page(scene))
        assert not answer.cookies and not answer.wsgi_request.session.accessed
        assert answer["Vary"] == "Cookie"  # for large type
        assert answer["Cache-Control"].startswith("public, max-age=60")
        text = answer.content.decode()
        assert "csrf" not in text and "nonce" not in text
        assert "nonce" not in answer["Content-Security-Policy"]
        assert answer["X-Content-Type-Options"] == "nosniff" and answer["X-Frame-Options"] == "DENY"


@pytest.mark.parametrize("page", PAGES, ids=NAMES)
def test_who_has_the_page_is_told_so(page, scene, client):
    answer = client.get(page(scene))
    for header in ({"if-none-match": answer["ETag"]}, {"if-modified-since": answer["Last-Modified"]}):
        again = client.get(page(scene), headers=header)
        assert again.status_code == 304 and again.content == b""
        for name in ("ETag", "Cache-Control", "Vary", "Last-Modified"):
            assert again[name] == answer[name]
    assert client.get(page(scene), headers={"if-none-match": '"another"'}).status_code == 200
    head = client.head(page(scene))
    assert head["ETag"] == answer["ETag"]


def test_within_a_second_a_process_asks_nothing_and_still_shows_what_it_wrote_itself(
    scene, client, monkeypatch, django_assert_num_queries
):
    monkeypatch.setattr(freshness, "ASK_EVERY", 3600.0)
    client.get(station_page(scene))
    with django_assert_num_queries(0):
        client.get(station_page(scene))
    another_address(scene)
    assert "新华街一号" in client.get(station_page(scene)).content.decode()


def test_a_process_takes_what_another_one_kept(scene, client, django_assert_num_queries):
    first = client.get(station_page(scene))
    keeping.at_hand.clear()
    with django_assert_num_queries(1):
        assert client.get(station_page(scene)).content == first.content


def test_a_page_that_says_the_same_keeps_its_tag(scene, client):
    """A table it reads changed, but nothing that it shows."""
    answer = client.get(station_page(scene))
    Deputy.objects.filter(pk=scene.other_deputy.pk).update(party="群众")
    again = client.get(station_page(scene), headers={"if-none-match": answer["ETag"]})
    assert again.status_code == 304 and again["Last-Modified"] == answer["Last-Modified"]


def test_a_copy_is_not_told_to_be_good_when_it_is_not(scene, client):
    old = client.get(station_page(scene))
    another_address(scene)
    new = client.get(station_page(scene), headers={"if-none-match": old["ETag"]})
    assert new.status_code == 200 and "新华街一号" in new.content.decode() and new["ETag"] != old["ETag"]


def test_staff_neither_get_a_kept_page_nor_leave_one(scene, client, as_user, django_assert_num_queries):
    staff = as_user(scene.town_staff)
    own = staff.get(home({}))
    assert own["Cache-Control"] == "private, no-cache" and "ETag" not in own.headers
    anonymous = client.get(home({}))  # would be the staff's copy, had it been left
    assert scene.town_staff.name not in anonymous.content.decode()
    with django_assert_num_queries(1):
        client.get(home({}))
    assert staff.get(home({}))["Cache-Control"] == "private, no-cache"
    assert staff.get(home({}), headers={"if-none-match": anonymous["ETag"]}).status_code == 200


def test_a_message_that_waits_for_somebody_is_shown_to_that_person_alone(scene, as_user):
    staff = as_user(scene.town_staff)
    staff.cookies["messages"] = "anything"
    assert staff.get(home({}))["Cache-Control"] == "private, no-cache"
    nobody = Client()
    nobody.cookies["messages"] = "anything"
    assert nobody.get(home({}))["Cache-Control"] == "private, no-cache"


def view(request):
    return HttpResponse("大" if request.large_type else "小")


def test_there_is_a_copy_of_each_size():
    page = keeping.public_page()(view)
    answers = []
    for large in (False, True, False, True):
        request = RequestFactory().get("/anything/")
        request.large_type = large
        answers.append(page(request).content.decode())
    assert answers == ["小", "大", "小", "大"]


@pytest.mark.parametrize("asked", ["after=x", "year=1999", "year=²025", "year=2026&x=1", "q=许良"])
def test_made_up_queries_fill_no_cache(asked, scene, client):
    answer = client.get(f"{station_list(scene)}?{asked}")
    assert answer.status_code == 200 and "ETag" in answer.headers and "Last-Modified" not in answer.headers
    assert keeping._key(answer.wsgi_request) is None


def test_a_year_of_the_archive_is_kept(scene, client, django_assert_num_queries):
    url = f"{county_list(scene)}?year={timezone.localdate().year}"
    client.get(url)
    with django_assert_num_queries(1):
        assert client.get(url).status_code == 200


def test_a_page_that_reads_what_is_not_watched_is_not_kept(scene):
    """So that nobody can forget to have it watched."""
    page = keeping.public_page()(lambda request: HttpResponse(str(User.objects.count())))
    before = int(page(RequestFactory().get("/count/")).content)
    factories.user("new")
    assert int(page(RequestFactory().get("/count/")).content) == before + 1


def test_pages_come_without_the_cache(scene, client, settings, caplog):
    dead = {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": "redis://127.0.0.1:1/0"}
    settings.CACHES = {"default": dead}
    for page in PAGES:
        assert client.get(page(scene)).status_code == 200
    another_address(scene)
    assert "新华街一号" in client.get(station_page(scene)).content.decode()
    assert len([line for line in caplog.records if "cache does not answer" in line.message]) == 1


def test_a_cache_that_came_back_is_used_again(scene, client, settings, django_assert_num_queries):
    alive = settings.CACHES
    settings.CACHES = {"default": {**alive["default"], "LOCATION": "redis://127.0.0.1:1/0"}}
    client.get(station_page(scene))
    settings.CACHES = alive
    keeping._resting_until = time.monotonic()
    keeping.at_hand.clear()
    client.get(station_page(scene))
    with django_assert_num_queries(1):
        client.get(station_page(scene))


def test_a_page_that_is_not_there_is_not_kept(scene, client):
    url = reverse("portal:notice", args=[999999])
    assert client.get(url).status_code == 404
    factories.notice(scene, pk=999999)
    assert client.get(url).status_code == 200


def test_keeping_can_be_switched_off(scene, client, settings):
    settings.KEEP_PAGES = False
    answer = client.get(station_page(scene))
    assert "ETag" in answer.headers and cache.get(f"page:{station_page(scene)}") is None
    assert keeping._key(answer.wsgi_request) is None


def test_pages_are_read_only(scene, client):
    for page in PAGES:
        assert client.post(page(scene)).status_code == 405
