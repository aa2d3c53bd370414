from history.models import Event
from stations.models import Kind, Station


def test_staff_keep_their_stations_data(people, as_user) -> None:
    response = as_user(people.point_staff).post(
        f"/stations/{people.point.pk}/edit/", {"name": people.point.name, "head": "刘书记", "head_phone": "13803910001"}
    )
    assert response.status_code == 302
    people.point.refresh_from_db()
    assert people.point.head == "刘书记"
    event = Event.objects.get(action="station_edit")
    assert event.after["fields"] == ["head", "head_phone"]
    assert "刘书记" not in str(event.after)


def test_a_point_is_moved_by_the_county_only(people, as_user) -> None:
    fields = {"name": people.point.name, "parent": people.other_town.pk}
    for user, parent in ((people.town_staff, people.town), (people.hub_staff, people.other_town)):
        as_user(user).post(f"/stations/{people.point.pk}/edit/", fields)
        people.point.refresh_from_db()
        assert people.point.parent == parent
    assert people.point.path.startswith(people.other_town.path)


def test_a_station_with_stations_below_stays_where_it_is(people, as_user) -> None:
    assert "parent" not in as_user(people.hub_staff).get(f"/stations/{people.town.pk}/edit/").context["form"].fields


def test_seen_but_not_covered_is_403_and_unseen_404(people, strangers, as_user) -> None:
    for user in (people.other_town_staff, people.point_staff, people.clerk, people.deputy_user, people.officer_user):
        assert as_user(user).get(f"/stations/{people.town.pk}/edit/").status_code == 403
    assert as_user(people.hub_staff).get(f"/stations/{strangers.town.pk}/edit/").status_code == 404


def close(client, station, active: str = "0"):
    return client.post(f"/stations/{station.pk}/active/", {"active": active}, follow=True)


def test_an_empty_point_is_closed_and_opened_again_from_above(people, as_user) -> None:
    client = as_user(people.town_staff)
    close(client, people.point)
    assert not Station.objects.get(pk=people.point.pk).is_active
    close(client, people.point, "1")
    assert Station.objects.get(pk=people.point.pk).is_active
    assert Event.objects.filter(action__in=["station_disable", "station_enable"]).count() == 2


def test_a_station_in_use_says_what_still_hangs_on_it(people, as_user) -> None:
    from tests.factories import register

    register(people)
    text = close(as_user(people.hub_staff), people.town).text
    for words in ("还有在用的站点", "还有在用的承办单位", "还有在任代表", "1 件意见在这里办理"):
        assert words in text
    assert Station.objects.get(pk=people.town.pk).is_active


def test_nobody_closes_the_own_station(people, as_user) -> None:
    assert close(as_user(people.town_staff), people.town).status_code == 403
    assert close(as_user(people.hub_staff), people.hub).status_code == 403
    assert Station.objects.filter(kind=Kind.HUB, is_active=True).exists()
