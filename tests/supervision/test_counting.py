"""What supervision came to, in numbers and as ledgers."""

import datetime as dt
import io

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from stations.changes import set_department_active
from supervision import counting
from supervision.models import FindingState, Participant
from tests.supervision import factories as make

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()
DAY = dt.timedelta(days=1)
YEAR = (TODAY - 300 * DAY, TODAY)


@pytest.fixture
def scene(people):
    """The group held one with two deputies and an expert, the station one; five findings, one of them dropped."""
    group = make.group(people)
    one = make.held(people, group, people.deputy, people.other_deputy)
    Participant.objects.create(inspection=one, expert=make.expert(group), attended=True)
    Participant.objects.filter(deputy=people.other_deputy).update(attended=False)
    own = make.held(people, None, people.deputy)
    make.inspection(people, group, people.deputy, date=TODAY)
    department = people.county_department
    first = make.sent(one, department, state=FindingState.CLOSED, closed_on=TODAY)
    make.sent(one, department, due_on=TODAY - DAY, previous=first)
    make.sent(one, department, state=FindingState.REPORTED, overran=True)
    make.sent(own, people.town_department, due_on=TODAY)
    make.finding(one)
    make.finding(one, state=FindingState.DROPPED)
    people.group = group
    return people


def test_a_countys_year_in_two_queries(scene, django_assert_num_queries):
    with django_assert_num_queries(2):
        found = counting.of_county(scene.county.pk, *YEAR)
    assert found == counting.Tally(
        held=2, deputies=2, experts=1, found=5, sent=4, put_right=1, in_time=2, overdue=1, came_back=1
    )


def test_by_group_and_by_station_make_up_the_county(scene):
    groups = counting.by_group(scene.county.pk, *YEAR)
    assert groups[scene.group.pk] == counting.Tally(
        held=1, deputies=1, experts=1, found=4, sent=3, put_right=1, in_time=1, overdue=1, came_back=1
    )
    assert groups[None] == counting.Tally(held=1, deputies=1, found=1, sent=1, in_time=1)
    assert counting.by_station(scene.county.pk, *YEAR)[scene.town.pk] == groups[None]


def test_by_department_counts_what_was_sent_to_it(scene):
    found = counting.by_department(scene.county.pk, *YEAR)
    assert (found[scene.county_department.pk].sent, found[scene.town_department.pk].sent) == (3, 1)
    assert set(found) == {scene.county_department.pk, scene.town_department.pk}


def test_both_days_of_a_period_count_and_no_other(scene):
    yesterday = TODAY - DAY
    assert counting.of_county(scene.county.pk, yesterday, yesterday).held == 2
    assert counting.of_county(scene.county.pk, TODAY, TODAY).held == 0
    assert counting.of_county(scene.county.pk, TODAY - 9 * DAY, TODAY - 2 * DAY).found == 0


def sheet(answer):
    return list(load_workbook(io.BytesIO(answer.getvalue())).active.iter_rows(values_only=True))


def test_the_ledgers_hold_what_their_pages_show(scene, as_user):
    make.milestone(make.task(make.project(scene, scene.group)), progress=40)
    client = as_user(scene.hub_staff)
    for name, words in (
        ("projects", ("城市窨井设施改造", 40)),
        ("inspections", ("城区窨井盖现场查看", "已开展")),
        ("findings", ("人民路窨井盖松动", "整改中")),
    ):
        rows = sheet(client.get(reverse(f"reports:export_{name}")))
        assert any(set(words) <= set(row) for row in rows), name
    theirs = sheet(as_user(scene.county_clerk).get(reverse("reports:export_findings")))
    assert sum("人民路窨井盖松动" in row for row in theirs) == 3


def test_a_department_with_something_to_put_right_stays_open(scene):
    with pytest.raises(ValidationError, match="还有 2 个视察发现的问题没有整改好"):
        set_department_active(scene.county_department, False, actor=scene.hub_staff)
    scene.county_department.findings.update(state=FindingState.CLOSED, closed_on=TODAY)
    set_department_active(scene.county_department, False, actor=scene.hub_staff)
