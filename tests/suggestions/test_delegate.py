import pytest

from tests import factories
from tests.suggestions.acts import fresh, press, said, show

pytestmark = pytest.mark.django_db


@pytest.fixture
def people():
    return factories.cast()


@pytest.fixture
def case(people):
    return factories.register(people, by=people.hub_staff, station=people.hub)


def test_down_to_a_station_right_below(client, people, case):
    answer = press(client, people.hub_staff, "delegate", case, to=people.town.pk, opinion="请镇里办理。")
    assert "已下转博爱县甲镇联络站" in said(answer)
    assert fresh(case).desk == people.town


def test_only_stations_right_below_are_offered(client, people, case):
    page = show(client, people.hub_staff, "delegate", case)
    offered = set(page.context["form"].fields["to"].queryset)
    assert offered == {people.town, people.other_town, people.studio}


def test_another_county_s_station_is_refused(client, people, case):
    other = factories.other_cast()
    for station in (other.town, people.point, people.hub):
        page = press(client, people.hub_staff, "delegate", case, to=station.pk)
        assert page.status_code == 200
        assert fresh(case).desk == people.hub
    assert "禹州市" not in page.text


def test_below_a_point_there_is_nothing(client, people):
    case = factories.register(people, by=people.point_staff, station=people.point)
    assert "没有下级站" in show(client, people.point_staff, "delegate", case).text
