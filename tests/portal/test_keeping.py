"""Public pages are kept, and a kept page is never older than what it shows."""

import datetime as dt
import threading
import time

import pytest
from django.core.cache import cache
from django.db import connection, transaction
from django.db.models import F
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from deputies import changes as deputy_changes
from deputies.models import Constituency, Deputy
from noticeboard import changes, system
from noticeboard.models import Notice, NoticeKind
from portal import freshness, keeping
from portal.models import Change
from receptions import brands, days, rosters
from stations import changes as station_changes
from stations.models import Kind, ResidentOfficer, Station
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)


def forget():
    keeping._resting_until = 0.0
    keeping.at_hand.clear()
    freshness.forget()
    cache.clear()


@pytest.fixture(autouse=True)
def empty_cache(monkeypatch):
    """And the database asked at every request, as a second later."""
    monkeypatch.setattr(freshness, "ASK_EVERY", 0.0)
    forget()
    yield
    forget()


@pytest.fixture
def scene():
    """What the pages show, of everything one, made a while ago."""
    people = factories.cast()
    assert connection.features.supports_json_field  # a process asks its database that once
    people.notice = factories.notice(people, released_at=timezone.now() - dt.timedelta(days=3))
    people.notice.deputies.add(people.deputy)
    people.day = factories.reception_day(people)
    people.constituency = Constituency.objects.create(county=people.county, level="county", name="第一选区")
    return people


def station_page(people):
    return reverse("portal:station", args=[people.town.pk])


def station_list(people):
    return reverse("portal:station_notices", args=[people.town.pk])


def county_list(people):
    return reverse("portal:county_notices", args=[people.county.code])


def notice_page(people):
    return reverse("portal:notice", args=[people.notice.pk])


def home(people):
    return reverse("portal:home")


PAGES = [home, station_page, station_list, county_list, notice_page]
NAMES = [page.__name__ for page in PAGES]


# --- what shows on a page, each changed by the function that people's presses call -------------------------------------


def a_released_notice(p):
    draft = changes.write(
        by=p.town_staff, station=p.town, kind=NoticeKind.OTHER, title="新的公示", body="正文", event_on=None
    )
    changes.submit(draft.pk, by=p.town_staff)
    changes.release(draft.pk, by=p.hub_staff)


def a_new_version(p):
    new = changes.revise(p.notice.pk, by=p.town_staff)
    content = {"kind": NoticeKind.OTHER, "title": "改过的标题", "body": "改过的正文", "event_on": None}
    changes.edit(new.pk, by=p.town_staff, deputies=[], **content)
    changes.submit(new.pk, by=p.town_staff)
    changes.release(new.pk, by=p.hub_staff)


def of_the_system(p):
    system.keep_all([system.Kept("reception:1", p.town, NoticeKind.RECEPTION, "系统写的公示", "正文")])


def another_address(p):
    p.town.address = "新华街一号"
    station_changes.save_station(p.town, actor=p.hub_staff, changed=["address"])


def another_point(p):
    one = Station(county=p.county, kind=Kind.POINT, name="新村联络点", parent=p.town)
    station_changes.save_station(one, actor=p.hub_staff, changed=[])


def another_officer(p):
    one = ResidentOfficer(station=p.town, name="赵警官", kind="police")
    station_changes.save_officer(one, actor=p.town_staff, changed=[])


def deputy(**fields):
    def change(p):
        for name, value in fields.items():
            setattr(p.deputy, name, value)
        deputy_changes.save(p.deputy, actor=p.hub_staff, changed=list(fields))

    return change


def another_constituency(p):
    p.deputy.constituency = p.constituency
    deputy_changes.save(p.deputy, actor=p.hub_staff, changed=["constituency"])


def a_portrait(p):
    deputy_changes.save(p.deputy, actor=p.hub_staff, changed=[], portrait=b"\xff\xd8\xff")


def a_newcomer(p):
    one = Deputy.objects.create(county=p.county, name="孙新来", level="township")
    deputy_changes.group(one.pk, p.town, actor=p.town_staff)


def another_day(p):
    tomorrow = timezone.localdate() + dt.timedelta(days=30)
    days.add(p.town, date=tomorrow, starts_at=dt.time(8), ends_at=dt.time(9), by=p.town_staff)


SHOWN = {
    "notice released": (a_released_notice, [station_page, station_list, county_list]),
    "notice in a new version": (a_new_version, [station_page, station_list, county_list, notice_page]),
    "notice pinned": (lambda p: changes.pin(p.notice.pk, by=p.town_staff, on=True), [station_page]),
    "notice withdrawn": (
        lambda p: changes.withdraw(p.notice.pk, by=p.town_staff, reason="写错了"),
        [station_page, station_list, county_list, notice_page],
    ),
    "notice of the system": (of_the_system, [station_page, station_list, county_list]),
    "station's address": (another_address, [station_page]),
    "station below": (another_point, [station_page]),
    "station closed": (
        lambda p: station_changes.set_station_active(p.studio, False, actor=p.hub_staff),
        [lambda p: reverse("portal:find"), lambda p: reverse("portal:station", args=[p.hub.pk])],
    ),
    "officer": (another_officer, [station_page]),
    "deputy's name": (deputy(name="张改名"), [station_page, notice_page]),
    "deputy's status": (deputy(status="ended"), [station_page]),
    "deputy's constituency": (another_constituency, [station_page, notice_page]),
    "deputy's photo": (a_portrait, [station_page, notice_page]),
    "deputy grouped": (a_newcomer, [station_page]),
    "day added": (another_day, [station_page]),
    "day moved": (
        lambda p: days.move_to(p.day.pk, to=p.day.date + dt.timedelta(days=1), reason="停电", by=p.town_staff),
        [station_page],
    ),
    "day edited": (lambda p: days.edit(p.day.pk, by=p.town_staff, place="村委会大院"), [station_page]),
    "day cancelled": (lambda p: days.cancel(p.day.pk, reason="停电", by=p.town_staff), [station_page]),
    "duty": (lambda p: rosters.assign(p.day.pk, p.deputy.pk, by=p.town_staff), [station_page]),
    "many rows at once": (
        lambda p: Notice.objects.filter(county=p.county).update(title="一条语句改的"),
        [station_page, station_list, county_list, notice_page],
    ),
}


@pytest.mark.parametrize("name", SHOWN)
def test_what_a_page_shows_changes_on_it_at_once(name, scene, client):
    change, pages = SHOWN[name]
    before = [client.get(page(scene)).content for page in pages]
    assert [client.get(page(scene)).content for page in pages] == before
    change(scene)
    answers = [client.get(page(scene)) for page in pages]
    assert all(answer.content != old for answer, old in zip(answers, before, strict=True))
    fresh = [page_without_cache(page(scene), client) for page in pages]
    assert [answer.content for answer in answers] == [answer.content for answer in fresh]


def page_without_cache(url, client):
    forget()
    return client.get(url)


def test_a_duty_taken_off_shows_at_once(scene, client):
    rosters.assign(scene.day.pk, scene.deputy.pk, by=scene.town_staff)
    assert '接待代表：<span class="nowrap">张为民' in client.get(station_page(scene)).content.decode()
    rosters.unassign(scene.day.pk, scene.deputy.pk, by=scene.town_staff)
    assert '接待代表：<span class="nowrap">张为民' not in client.get(station_page(scene)).content.decode()


def test_a_brand_shows_at_once_with_its_first_day_and_goes_when_it_is_switched_off(scene, client):
    assert "院落板凳会" not in client.get(station_page(scene)).content.decode()
    one = factories.brand(scene)
    address = reverse("portal:brand", args=[one.pk])
    assert "院落板凳会" in client.get(station_page(scene)).content.decode()
    assert "近期还没有排定活动" in client.get(address).content.decode()
    days.edit(scene.day.pk, by=scene.town_staff, brand=one)
    assert "近期还没有排定活动" not in client.get(address).content.decode()
    brands.save(one, by=scene.town_staff, changed=[])  # nothing changed
    one.is_active = False
    brands.save(one, by=scene.town_staff, changed=["is_active"])
    assert "院落板凳会" not in client.get(station_page(scene)).content.decode()
    assert client.get(address).status_code == 404


def test_a_scheduled_notice_shows_with_its_minute_whether_or_not_a_task_has_run(scene, client, monkeypatch):
    at = timezone.now() + dt.timedelta(minutes=5)
    factories.notice(scene, title="定时的公示", state="scheduled", release_at=at, released_at=at)
    assert "定时的公示" not in client.get(station_list(scene)).content.decode()
    monkeypatch.setattr(timezone, "now", lambda: at + dt.timedelta(seconds=1))
    assert "定时的公示" in client.get(station_list(scene)).content.decode()


def test_a_day_that_is_over_goes_with_midnight(scene, client, monkeypatch):
    assert "联络站接待室" in client.get(station_page(scene)).content.decode()
    later = timezone.now() + dt.timedelta(days=11)
    monkeypatch.setattr(timezone, "now", lambda: later)
    assert "联络站接待室" not in client.get(station_page(scene)).content.decode()


def test_what_was_rolled_back_was_never_shown(scene, client):
    before = client.get(station_page(scene)).content
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        Station.objects.filter(pk=scene.town.pk).update(address="没有的地址")
        assert "没有的地址" in client.get(station_page(scene)).content.decode()  # inside, unkept
        _ = 1 / 0
    assert client.get(station_page(scene)).content == before


def test_a_change_and_its_trace_are_committed_together(scene):
    before = freshness.standing()
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        Notice.objects.update(title="不会有的")
        assert freshness.standing() != before
        _ = 1 / 0
    assert freshness.standing() == before


@pytest.mark.postgres
def test_of_two_writers_the_one_that_began_first_may_come_last(scene, client):
    begun, go_on = threading.Event(), threading.Event()

    def slow():
        with transaction.atomic():
            Station.objects.filter(pk=scene.town.pk).update(address="慢的地址")
            begun.set()
            go_on.wait(20)
        connection.close()

    thread = threading.Thread(target=slow)
    thread.start()
    assert begun.wait(20)
    Station.objects.filter(pk=scene.studio.pk).update(address="快的地址")
    assert "慢的地址" not in client.get(station_page(scene)).content.decode()
    go_on.set()
    thread.join(20)
    assert "慢的地址" in client.get(station_page(scene)).content.decode()


def test_forgetting_old_traces_makes_no_copy_seem_good(scene, client):
    """Of a table whose traces all go: it looks then as it did before it changed."""
    Change.objects.all().delete()
    before = client.get(station_page(scene)).content
    ResidentOfficer.objects.filter(pk=scene.officer.pk).update(name="李法官")
    for _ in range(freshness.MANY):
        Notice.objects.update(version=F("version") + 1)
    assert freshness.prune() > 0
    assert Change.objects.count() <= freshness.KEPT + 1
    assert not Change.objects.filter(what="stations_residentofficer").exists()
    assert client.get(station_page(scene)).content != before
    assert freshness.prune() == 0


# --- what a kept page costs, and what it says ----------------------------------------------------------------------------


@pytest.mark.parametrize("page", PAGES, ids=NAMES)
def test_a_kept_page_costs_one_query_and_a_cold_one_eight_at_most(
    page, scene, client, django_assert_num_queries, django_assert_max_num_queries
):
    with django_assert_max_num_queries(8):
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
        with django_assert_max_num_queries(8):
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
