import pytest
from django.urls import reverse

from suggestions import workflow
from suggestions.choices import State
from suggestions.similar import mergeable
from tests import factories
from tests.suggestions.acts import fresh, press, said, show

pytestmark = pytest.mark.django_db


@pytest.fixture
def people():
    return factories.cast()


@pytest.fixture
def case(people):
    return factories.case_in(people, State.REGISTERED)


@pytest.fixture
def main(people):
    return factories.case_in(people, State.HANDLING, title="甲村村口路灯不亮，学生夜路危险")


@pytest.mark.parametrize("way", [str, str.lower, lambda number: f"  {number} ", lambda number: number.split("-")[1]])
def test_by_the_number_as_people_write_it(client, people, case, main, way):
    answer = press(client, people.town_staff, "merge", case, into=way(main.number))
    assert f"已并入 {main.number}" in said(answer)
    assert (fresh(case).state, fresh(case).merged_into) == (State.MERGED, main)


def test_cases_of_the_same_matter_are_offered(client, people, case, main):
    factories.register(people, title="幼儿园校车太少")
    page = show(client, people.town_staff, "merge", case)
    assert page.context["form"].similar == [main]
    assert f'name="into" value="{main.number}"' in page.text


def test_cases_of_other_townships_are_not_offered(client, people, case):
    factories.register(people, title=case.title, by=people.other_town_staff, station=people.other_town, deputy=None)
    assert show(client, people.hub_staff, "merge", case).context["form"].similar == []


def test_a_number_of_another_county_or_station_is_not_found(client, people, case):
    foreign = factories.register(factories.other_cast())
    unseen = factories.register(people, by=people.other_town_staff, station=people.other_town, deputy=None)
    for number in (foreign.number, unseen.number, "BA2026-99999", "abc", "9" * 20):
        page = press(client, people.town_staff, "merge", case, into=number)
        assert "没有找到这个编号" in page.text
    assert fresh(case).state == State.REGISTERED


def test_not_into_itself(client, people, case):
    assert "不能把一件意见并入它自己" in press(client, people.town_staff, "merge", case, into=case.number).text


def test_not_into_what_has_ended(client, people, case):
    closed = factories.case_in(people, State.CLOSED)
    assert "不能再并入其他意见" in press(client, people.town_staff, "merge", case, into=closed.number).text
    assert fresh(case).state == State.REGISTERED


def test_only_cases_that_one_sees_are_offered(people, main):
    own = factories.register(people, by=people.point_staff, station=people.point, title=main.title)
    assert main in mergeable(people.town_staff, own)
    assert main not in mergeable(people.point_staff, own)


def test_a_department_reads_nothing_of_what_was_merged_into_its_case(people, as_user, case, main):
    workflow.merge(case.pk, into=main.pk, by=people.town_staff)
    address = reverse("suggestions:case", args=[main.pk])
    assert case.number in as_user(people.town_staff).get(address).content.decode()
    assert reverse("suggestions:case", args=[case.pk]) not in as_user(people.clerk).get(address).content.decode()
