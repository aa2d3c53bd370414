import pytest

from deputies.grouping import suggest_home
from deputies.models import Constituency, Deputy, Level, Trade
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def people():
    return factories.cast()


def deputy(people, level, **fields):
    area = Constituency.objects.create(
        county=people.county, station=people.town, level=level, name=fields.pop("area", "甲镇选区")
    )
    return Deputy.objects.create(county=people.county, name="周到", level=level, constituency=area, **fields)


@pytest.mark.parametrize("level", [Level.PROVINCE, Level.CITY])
def test_provincial_and_city_deputies_belong_to_the_hub(people, level):
    assert suggest_home(deputy(people, level, trade=Trade.EDUCATION)) == people.hub


def test_county_deputies_belong_to_the_township_of_their_constituency(people):
    assert suggest_home(deputy(people, Level.COUNTY)) == people.town


def test_village_cadres_belong_to_the_point_of_their_village(people):
    people.point.name = "甲村人大代表联络点"
    people.point.save()
    assert suggest_home(deputy(people, Level.TOWNSHIP, trade=Trade.CADRE, area="甲村选区")) == people.point


def test_a_village_cadre_without_a_point_belongs_to_the_township(people):
    assert suggest_home(deputy(people, Level.TOWNSHIP, trade=Trade.CADRE, area="丙村选区")) == people.town


def test_deputies_of_a_trade_belong_to_its_studio(people):
    assert suggest_home(deputy(people, Level.TOWNSHIP, trade=Trade.EDUCATION)) == people.studio


def test_a_trade_without_a_studio_falls_back_to_the_township(people):
    assert suggest_home(deputy(people, Level.TOWNSHIP, trade=Trade.HEALTH)) == people.town


def test_nothing_is_guessed_where_the_constituency_is_unknown(people):
    alone = Deputy.objects.create(county=people.county, name="周全", level=Level.COUNTY)
    assert suggest_home(alone) is None
