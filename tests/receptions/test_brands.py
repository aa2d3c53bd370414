"""特色载体: kept by the staff of the station, chosen for a day, counted."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from django.utils import timezone

from history import log
from history.models import Event
from receptions import brands, days
from receptions.models import Brand, DayState, ReceptionDay
from stations.models import Kind, Station
from suggestions.models import Suggestion
from tests import factories

SOON = timezone.localdate() + dt.timedelta(days=10)
HOURS = {"starts_at": "9:00", "ends_at": "11:30"}

pytestmark = pytest.mark.django_db


@pytest.fixture
def brand(people):
    return factories.brand(people)


def station_page(client, station):
    return client.get(reverse("stations:detail", args=[station.pk])).text


def test_staff_add_one_on_the_stations_page_and_it_is_in_the_countys_history(people, as_user):
    client = as_user(people.town_staff)
    address = reverse("receptions:create_brand", args=[people.town.pk])
    assert address in station_page(client, people.town)
    sent = {"name": "“院落板凳会”", "about": "坐到院子里说事。", "since": "2021", "is_active": "on"}
    assert client.post(address, sent).status_code == 302
    one = Brand.objects.get()
    assert (one.station, one.name, one.since, one.is_active) == (people.town, "院落板凳会", 2021, True)
    event = Event.objects.get(chain=f"county:{people.county.pk}", action="brand_add")
    assert (event.actor, event.after["brand"], event.after["name"]) == (people.town_staff, one.pk, "院落板凳会")
    assert not list(log.broken_links(event.chain))
    assert "院落板凳会" in station_page(client, people.town)


def test_it_is_edited_and_switched_off_with_an_event_of_what_changed(people, brand, as_user):
    client = as_user(people.hub_staff)
    sent = {"name": brand.name, "about": "改到周末。", "since": "2021"}
    client.post(reverse("receptions:edit_brand", args=[brand.pk]), sent)
    brand.refresh_from_db()
    assert (brand.about, brand.is_active) == ("改到周末。", False)
    event = Event.objects.get(action="brand_edit")
    assert event.after.keys() == {"station", "brand", "about", "is_active"}
    client.post(reverse("receptions:edit_brand", args=[brand.pk]), sent)
    assert Event.objects.filter(action="brand_edit").count() == 1
    assert "已停用" in station_page(client, people.town)


def test_the_same_name_twice_at_a_station_is_said_in_words(people, brand, as_user):
    address = reverse("receptions:create_brand", args=[people.town.pk])
    answer = as_user(people.town_staff).post(address, {"name": brand.name, "is_active": "on"})
    assert "已经有同名的特色载体" in answer.text
    with pytest.raises(ValidationError, match="同名"):  # and where two press at once
        brands.save(Brand(station=people.town, name=brand.name), by=people.town_staff, changed=["name"])
    factories.brand(people, station=people.other_town)


def test_who_does_not_cover_the_station_reads_it_without_buttons_and_may_not_change_it(people, brand, as_user):
    text = station_page(as_user(people.other_town_staff), people.town)
    assert brand.name in text and reverse("receptions:edit_brand", args=[brand.pk]) not in text
    with pytest.raises(PermissionDenied):
        brands.save(brand, by=people.other_town_staff, changed=["about"])


def test_one_of_another_county_does_not_exist(people, strangers, as_user):
    theirs = factories.brand(strangers)
    client = as_user(people.hub_staff)
    assert client.get(reverse("receptions:edit_brand", args=[theirs.pk])).status_code == 404
    assert client.get(reverse("receptions:create_brand", args=[strangers.town.pk])).status_code == 404


def test_a_day_is_added_under_one_and_says_so(people, brand, as_user):
    client = as_user(people.town_staff)
    address = reverse("receptions:add", args=[people.town.pk])
    client.post(address, {"date": SOON.isoformat(), "brand": brand.pk, **HOURS})
    day = ReceptionDay.objects.get()
    assert day.brand == brand
    text = client.get(reverse("receptions:day", args=[day.pk])).text
    assert "<dt>特色载体</dt><dd>院落板凳会</dd>" in text and "特色载体：院落板凳会" in text


def test_the_brand_of_a_day_is_changed_with_an_event_and_nobody_is_told_again(people, brand, as_user):
    day = factories.reception_day(people, SOON)
    ReceptionDay.objects.update(told_at=timezone.now(), to_tell=False)
    client = as_user(people.town_staff)
    fields = {**HOURS, "place": day.place}
    answer = client.post(reverse("receptions:edit", args=[day.pk]), {**fields, "brand": brand.pk}, follow=True)
    day.refresh_from_db()
    assert (day.brand, day.revision, day.to_tell) == (brand, 1, False)
    assert "已保存。" in answer.text and "再通知一次" not in answer.text
    assert Event.objects.get(chain=day.chain).after == {"brand": "院落板凳会"}
    client.post(reverse("receptions:edit", args=[day.pk]), {**fields, "brand": ""})
    day.refresh_from_db()
    assert day.brand is None


def test_a_page_opened_before_the_brand_changed_is_stale(people, brand):
    day = factories.reception_day(people, SOON)
    before = days.changes.stamp(day)
    days.edit(day.pk, by=people.town_staff, brand=brand)
    with pytest.raises(ValidationError, match="别人改动"):
        days.edit(day.pk, by=people.town_staff, seen=before, place="别处")


def test_a_village_holds_days_under_its_townships_brand_but_not_under_others(people, brand):
    date = {"date": SOON, "starts_at": dt.time(9), "ends_at": dt.time(11), "by": people.hub_staff}
    assert days.add(people.point, brand=brand, **date).brand == brand
    of_the_village = factories.brand(people, station=people.point, name="百姓花园")
    of_the_hub = factories.brand(people, station=people.hub, name="代表接待厅")
    elsewhere = factories.brand(people, station=people.other_town)
    day = days.add(people.town, **date)
    for wrong in (of_the_village, of_the_hub, elsewhere):
        with pytest.raises(ValidationError, match="不是"):
            days.edit(day.pk, by=people.hub_staff, brand=wrong)
        with pytest.raises(ValidationError, match="不是"):
            days.add(people.town, brand=wrong, **{**date, "date": SOON + dt.timedelta(days=1)})
    assert people.town.kind == Kind.TOWNSHIP and ReceptionDay.objects.count() == 2


def test_one_that_is_not_carried_on_is_not_chosen_anew_but_stays_with_its_days(people, brand):
    under_it = factories.reception_day(people, SOON, brand=brand)
    other = factories.reception_day(people, SOON + dt.timedelta(days=1))
    Brand.objects.update(is_active=False)
    days.edit(under_it.pk, by=people.town_staff, brand=brand, place="院子里")
    with pytest.raises(ValidationError, match="正在开展"):
        days.edit(other.pk, by=people.town_staff, brand=brand)


def test_where_there_is_none_the_day_does_not_ask(people, as_user):
    address = reverse("receptions:add", args=[people.town.pk])
    assert "特色载体" not in as_user(people.town_staff).get(address).text


def held(people, brand, ago, visitors, state=DayState.CLOSED):
    date = timezone.localdate() - dt.timedelta(days=ago)
    return factories.reception_day(people, date, brand=brand, state=state, visitors=visitors)


def test_held_days_their_visitors_and_what_was_registered_are_counted(people, brand, as_user):
    first = held(people, brand, 60, 7)
    held(people, brand, 30, 5)
    held(people, brand, 0, 9, state=DayState.OPEN)
    held(people, None, 20, 11)
    for case in (factories.register(people), factories.register(people)):
        Suggestion.objects.filter(pk=case.pk).update(reception_day=first)
    factories.register(people)
    one = brands.counted(Brand.objects.all()).get()
    assert (one.held, one.received, one.matters) == (2, 12, 2)
    text = station_page(as_user(people.town_staff), people.town)
    for words in ("2 次", "12 人次", "2 件"):
        assert words in text


def test_the_counts_of_many_take_one_query(people, brand, django_assert_num_queries):
    for number in range(8):
        held(people, factories.brand(people, name=f"载体{number}"), number + 1, 3)
    with django_assert_num_queries(1):
        rows = list(brands.counted(Brand.objects.filter(station=people.town)))
    assert [row.received for row in rows] == [0] + [3] * 8


def test_a_station_that_is_closed_takes_no_new_one(people, as_user):
    Station.objects.filter(pk=people.town.pk).update(is_active=False)
    assert reverse("receptions:create_brand", args=[people.town.pk]) not in station_page(
        as_user(people.hub_staff), people.town
    )


def test_what_looks_personal_in_the_introduction_is_shown_and_must_be_confirmed(people, as_user):
    client, address = as_user(people.town_staff), reverse("receptions:create_brand", args=[people.town.pk])
    typed = {"name": "院落板凳会", "about": "来之前打 13812345678。", "is_active": "on"}
    asked = client.post(address, typed)
    assert "<mark>13812345678</mark>" in asked.text and not Brand.objects.exists()
    client.post(address, typed | {"confirmed": "on"})
    assert Brand.objects.get().about == typed["about"]
    assert "confirmed" not in Event.objects.get(action="brand_add").after
