import re

import pytest

from deputies.models import Deputy, Level, Status, Trade


def names(response) -> list[str]:
    return [deputy.name for deputy in response.context["page"].rows]


@pytest.fixture
def more(people) -> None:
    def add(name: str, **fields) -> None:
        Deputy.objects.create(county=people.county, name=name, **{"level": Level.TOWNSHIP, **fields})

    add("单晓红", home_station=people.point, trade=Trade.CADRE, phone="13803910011")
    add("赵立新", home_station=people.studio, trade=Trade.EDUCATION, level=Level.COUNTY)
    add("郑无站", level=Level.COUNTY)
    add("钱已退", home_station=people.town, status=Status.ENDED)


def test_the_county_office_sees_all_of_its_county(people, strangers, more, as_user) -> None:
    response = as_user(people.hub_staff).get("/deputies/")
    assert set(names(response)) == {"张为民", "李建设", "单晓红", "赵立新", "郑无站"}


def test_a_township_sees_its_subtree(people, more, as_user) -> None:
    assert set(names(as_user(people.town_staff).get("/deputies/"))) == {"张为民", "单晓红"}


def test_names_sort_by_pinyin_with_surnames_read_rightly(people, more, as_user) -> None:
    found = names(as_user(people.hub_staff).get("/deputies/"))
    assert found == ["李建设", "单晓红", "张为民", "赵立新", "郑无站"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"level": "county"}, {"张为民", "赵立新", "郑无站"}),
        ({"trade": "education"}, {"赵立新"}),
        ({"station": "none"}, {"郑无站"}),
        ({"status": "ended"}, {"钱已退"}),
        ({"status": "all", "level": "township"}, {"李建设", "单晓红", "钱已退"}),
        ({"q": "立新"}, {"赵立新"}),
        ({"q": "sxh"}, {"单晓红"}),
        ({"q": "shanxiao"}, {"单晓红"}),
        ({"q": "Zhang Wei"}, {"张为民"}),
        ({"q": "13803910011"}, {"单晓红"}),
        ({"level": "no such", "trade": "x", "station": "999999"}, {"张为民", "李建设", "单晓红", "赵立新", "郑无站"}),
    ],
)
def test_filters_and_search(people, more, as_user, query: dict, found: set[str]) -> None:
    assert set(names(as_user(people.hub_staff).get("/deputies/", query))) == found


def test_a_station_stands_for_its_subtree(people, more, as_user) -> None:
    client = as_user(people.hub_staff)
    assert set(names(client.get("/deputies/", {"station": people.town.pk}))) == {"张为民", "单晓红"}
    assert set(names(client.get("/deputies/", {"station": people.point.pk}))) == {"单晓红"}


def test_phones_are_for_who_keeps_the_record(people, more, as_user) -> None:
    assert "13803910011" in as_user(people.point_staff).get("/deputies/").text
    for user in (people.clerk, people.officer_user, people.deputy_user):
        response = as_user(user).get("/deputies/")
        assert "单晓红" in response.text
        assert "13803910011" not in response.text
        assert names(as_user(user).get("/deputies/", {"q": "13803910011"})) == []


def test_pages_follow_each_other_without_gap(people, as_user) -> None:
    for n in range(60):
        Deputy.objects.create(county=people.county, name=f"王{n:02}", level=Level.COUNTY, home_station=people.town)
    client = as_user(people.hub_staff)
    first = client.get("/deputies/")
    second = client.get("/deputies/", {"after": first.context["page"].next_cursor})
    assert len(names(first)) == 50
    assert len(names(second)) == 12
    assert not set(names(first)) & set(names(second))


def test_the_list_costs_the_same_however_long_it_is(people, more, as_user, django_assert_max_num_queries) -> None:
    client = as_user(people.hub_staff)
    client.get("/deputies/")
    for n in range(30):
        Deputy.objects.create(county=people.county, name=f"王{n:02}", level=Level.COUNTY, home_station=people.town)
    with django_assert_max_num_queries(12):
        client.get("/deputies/")


def test_the_way_to_a_new_deputy_names_only_stations_of_ones_own(people, as_user) -> None:
    """Listing another station's deputies is fine; registering one there is a page that does not exist."""
    client = as_user(people.town_staff)
    for station in (people.hub, people.town):
        page = client.get("/deputies/", {"station": station.pk}).content.decode()
        link = re.search(r'href="(/deputies/new/[^"]*)"', page)
        assert link and client.get(link[1]).status_code == 200
    assert link[1].endswith(f"?station={people.town.pk}")
