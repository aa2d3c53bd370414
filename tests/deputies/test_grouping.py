"""Where a deputy belongs, by level and trade (clauses B3–B6)."""

from types import SimpleNamespace

import pytest

from deputies.grouping import propose, suggest_home
from deputies.models import Constituency, Deputy, Level, Trade
from stations.models import Kind, Station


def deputy(
    people: SimpleNamespace, level: str, *, area: str = "甲镇选区", place: Station | None = None, **fields
) -> Deputy:
    constituency = Constituency.objects.create(
        county=people.county, station=place or people.town, level=level, name=area
    )
    return Deputy.objects.create(county=people.county, name="周到", level=level, constituency=constituency, **fields)


@pytest.mark.parametrize("level", [Level.PROVINCE, Level.CITY])
def test_provincial_and_city_deputies_belong_to_the_hub(people, level: str) -> None:
    assert suggest_home(deputy(people, level, trade=Trade.EDUCATION)) == people.hub


def test_county_deputies_belong_to_the_township_of_their_constituency(people) -> None:
    assert suggest_home(deputy(people, Level.COUNTY)) == people.town
    assert suggest_home(deputy(people, Level.COUNTY, area="乙", place=people.other_town)) == people.other_town


def test_village_cadres_belong_to_the_point_of_their_village(people) -> None:
    people.point.name = "甲村人大代表联络点"
    people.point.save()
    assert suggest_home(deputy(people, Level.TOWNSHIP, trade=Trade.CADRE, area="甲村选区")) == people.point
    assert (
        suggest_home(deputy(people, Level.TOWNSHIP, trade=Trade.CADRE, area="二", place=people.point)) == people.point
    )
    by_post = deputy(people, Level.TOWNSHIP, trade=Trade.CADRE, area="三", post="甲村党支部书记")
    assert suggest_home(by_post) == people.point


def test_a_village_cadre_without_a_point_belongs_to_the_township(people) -> None:
    assert suggest_home(deputy(people, Level.TOWNSHIP, trade=Trade.CADRE, area="丙村选区")) == people.town


def test_a_village_of_another_township_is_not_taken_for_ones_own(people) -> None:
    people.point.name = "甲村人大代表联络点"
    people.point.save()
    elsewhere = deputy(
        people, Level.TOWNSHIP, trade=Trade.CADRE, area="甲村选区", post="甲村书记", place=people.other_town
    )
    assert suggest_home(elsewhere) == people.other_town


def test_deputies_of_a_trade_belong_to_its_studio(people) -> None:
    assert suggest_home(deputy(people, Level.TOWNSHIP, trade=Trade.EDUCATION)) == people.studio


def test_a_studio_of_the_own_township_comes_first(people) -> None:
    near = Station.objects.create(
        county=people.county, kind=Kind.STUDIO, name="甲镇教育工作室", parent=people.town, trade="教育"
    )
    assert suggest_home(deputy(people, Level.TOWNSHIP, trade=Trade.EDUCATION)) == near


def test_a_trade_without_a_studio_falls_back_to_the_township(people) -> None:
    assert suggest_home(deputy(people, Level.TOWNSHIP, trade=Trade.HEALTH)) == people.town


def test_closed_stations_are_not_proposed(people) -> None:
    Station.objects.filter(pk=people.studio.pk).update(is_active=False)
    assert suggest_home(deputy(people, Level.TOWNSHIP, trade=Trade.EDUCATION)) == people.town


def test_nothing_is_guessed_where_the_constituency_is_unknown(people) -> None:
    alone = Deputy.objects.create(county=people.county, name="周全", level=Level.COUNTY)
    found = propose(alone, list(Station.objects.filter(county=people.county)))
    assert found.station is None
    assert "没有填选区" in found.reason
