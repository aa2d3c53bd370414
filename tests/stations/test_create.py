from history.models import Event
from stations.models import Kind, Station


def make(client, parent, **fields):
    return client.post("/stations/new/", {"below": parent.pk, "name": "新站", **fields})


def test_a_township_makes_a_point_below_itself(people, as_user) -> None:
    response = make(as_user(people.town_staff), people.town, kind=Kind.POINT, phone="０３９１-8601234")
    station = Station.objects.get(name="新站")
    assert response.url == f"/stations/{station.pk}/"
    assert station.parent == people.town
    assert station.county == people.county
    assert station.phone == "03918601234"
    event = Event.objects.get(action="station_create")
    assert (event.chain, event.actor) == (people.county.chain, people.town_staff)


def test_only_allowed_kinds_below_a_parent(people, as_user) -> None:
    client = as_user(people.hub_staff)
    assert make(client, people.hub, kind=Kind.POINT).status_code == 200
    assert make(client, people.town, kind=Kind.TOWNSHIP).status_code == 200
    assert make(client, people.point, kind=Kind.POINT).status_code == 403
    assert not Station.objects.filter(name="新站").exists()


def test_a_studio_names_its_trade(people, as_user) -> None:
    client = as_user(people.hub_staff)
    assert "写明行业" in make(client, people.hub, kind=Kind.STUDIO).text
    assert make(client, people.hub, kind=Kind.STUDIO, trade="医疗").status_code == 302


def test_a_name_stands_once_below_a_parent(people, as_user) -> None:
    response = make(as_user(people.town_staff), people.town, kind=Kind.POINT, name=people.point.name)
    assert "已经有这个名称" in response.text


def test_not_below_a_station_one_does_not_cover(people, strangers, as_user) -> None:
    client = as_user(people.town_staff)
    assert make(client, people.other_town, kind=Kind.POINT).status_code == 403
    assert make(client, people.hub, kind=Kind.TOWNSHIP).status_code == 403
    assert make(client, strangers.town, kind=Kind.POINT).status_code == 404
    assert client.get("/stations/new/").status_code == 404


def test_other_seats_make_no_stations(people, as_user) -> None:
    for user in (people.deputy_user, people.clerk, people.officer_user):
        assert make(as_user(user), people.town, kind=Kind.POINT).status_code == 403
