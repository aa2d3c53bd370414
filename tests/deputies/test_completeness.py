import pytest

from deputies.models import Constituency, Deputy, Level
from history.models import Event

PAGE = "/deputies/completeness/"


@pytest.fixture
def lost(people) -> dict[str, Deputy]:
    """Three without a station: one for the hub, one for the township, one with nothing to go by."""
    place = Constituency.objects.create(county=people.county, level=Level.COUNTY, name="第一选区", station=people.town)

    def add(name: str, level: str, **fields) -> Deputy:
        return Deputy.objects.create(county=people.county, name=name, level=level, **fields)

    return {
        "hub": add("省代表甲", Level.PROVINCE),
        "town": add("县代表乙", Level.COUNTY, constituency=place),
        "nowhere": add("县代表丙", Level.COUNTY),
    }


def test_the_page_counts_and_proposes(people, strangers, lost, as_user) -> None:
    context = as_user(people.hub_staff).get(PAGE).context
    assert (context["totals"]["total"], context["totals"]["grouped"], context["missing"]) == (5, 2, 3)
    assert {row["deputy"].name: row["proposal"].station for row in context["rows"]} == {
        "省代表甲": people.hub,
        "县代表乙": people.town,
        "县代表丙": None,
    }
    assert {row["station"]: row["total"] for row in context["stations"]} == {
        people.hub: 0,
        people.town: 1,
        people.other_town: 1,
        people.studio: 0,
    }


def test_a_township_sees_and_groups_its_own(people, lost, as_user) -> None:
    client = as_user(people.town_staff)
    assert [row["deputy"].name for row in client.get(PAGE).context["rows"]] == ["县代表乙"]
    client.post(f"/deputies/{lost['town'].pk}/accept/", {"station": people.town.pk})
    lost["town"].refresh_from_db()
    assert lost["town"].home_station == people.town
    event = Event.objects.get(action="deputy_group")
    assert (event.actor, event.after["home_station"]) == (people.town_staff, people.town.pk)


def test_not_into_a_station_out_of_reach(people, strangers, lost, as_user) -> None:
    client = as_user(people.town_staff)
    accept = f"/deputies/{lost['town'].pk}/accept/"
    assert client.post(accept, {"station": people.other_town.pk}).status_code == 403
    assert client.post(accept, {"station": strangers.town.pk}).status_code == 404
    assert client.post(accept, {"station": "x"}).status_code == 404
    assert client.post(f"/deputies/{lost['hub'].pk}/accept/", {"station": people.town.pk}).status_code == 404
    assert not Event.objects.filter(action="deputy_group").exists()


def test_who_was_grouped_meanwhile_stays_there(people, lost, as_user) -> None:
    Deputy.objects.filter(pk=lost["town"].pk).update(home_station=people.other_town)
    response = as_user(people.hub_staff).post(
        f"/deputies/{lost['town'].pk}/accept/", {"station": people.town.pk}, follow=True
    )
    assert "已经编入站点" in response.text
    lost["town"].refresh_from_db()
    assert lost["town"].home_station == people.other_town


def test_all_proposals_at_once(people, lost, as_user) -> None:
    response = as_user(people.hub_staff).post(f"{PAGE}accept-all/", follow=True)
    assert "已按建议编入 2 名代表" in response.text
    assert Deputy.objects.filter(home_station__isnull=True).get() == lost["nowhere"]


def test_only_offices_see_it(people, as_user) -> None:
    for user in (people.point_staff, people.clerk, people.deputy_user, people.officer_user):
        assert as_user(user).get(PAGE).status_code == 403
        assert as_user(user).post(f"{PAGE}accept-all/").status_code == 403
