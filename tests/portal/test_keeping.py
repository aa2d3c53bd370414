"""A kept page is never older than what it shows."""

import datetime as dt
import threading

import pytest
from django.db import connection, transaction
from django.db.models import F
from django.urls import reverse
from django.utils import timezone

from deputies import changes as deputy_changes
from deputies.models import Deputy
from noticeboard import changes, system
from noticeboard.models import Notice, NoticeKind
from portal import freshness
from portal.models import Change
from receptions import brands, days, rosters
from stations import changes as station_changes
from stations.models import Kind, ResidentOfficer, Station
from tests import factories
from tests.portal.kept_pages import another_address, county_list, forget, notice_page, station_list, station_page

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("empty_cache")]


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
