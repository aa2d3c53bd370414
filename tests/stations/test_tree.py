from stations.models import Kind, Station


def test_the_tree_shows_the_county_with_its_counts(people, strangers, as_user) -> None:
    response = as_user(people.hub_staff).get("/stations/")
    [top] = response.context["tops"]
    assert top.station == people.hub
    assert (top.counts[Kind.TOWNSHIP], top.counts[Kind.POINT], top.counts[Kind.STUDIO]) == (2, 1, 1)
    assert top.deputies == 2
    assert strangers.hub.name not in response.text


def test_every_seat_of_the_county_sees_the_tree(people, as_user) -> None:
    for user in (people.point_staff, people.clerk, people.deputy_user, people.officer_user):
        assert people.other_town.name in as_user(user).get("/stations/").text


def test_only_who_works_there_is_offered_to_add(people, as_user) -> None:
    assert "新建联络点或工作室" not in as_user(people.deputy_user).get("/stations/").text
    text = as_user(people.town_staff).get("/stations/").text
    assert f"parent={people.town.pk}" in text
    assert f"parent={people.other_town.pk}" not in text


def test_two_characters_find_a_station(people, strangers, as_user) -> None:
    response = as_user(people.hub_staff).get("/stations/", {"q": "甲村"})
    assert [station.pk for station in response.context["found"]] == [people.point.pk]


def test_closed_stations_stand_apart(people, as_user) -> None:
    Station.objects.filter(pk=people.point.pk).update(is_active=False)
    client = as_user(people.hub_staff)
    assert people.point.name not in client.get("/stations/").text
    assert people.point.name in client.get("/stations/?closed").text


def test_the_tree_costs_the_same_however_many_stations(people, as_user, django_assert_max_num_queries) -> None:
    client = as_user(people.hub_staff)
    client.get("/stations/")
    with django_assert_max_num_queries(10):
        client.get("/stations/")
    for n in range(20):
        Station.objects.create(county=people.county, kind=Kind.POINT, name=f"第{n}村", parent=people.town)
    with django_assert_max_num_queries(10):
        client.get("/stations/")
