"""A department under supervision is merged: what goes on goes over, what was counted stays."""

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from accounts.models import User
from history.models import Event
from stations import merging
from stations.models import Department
from supervision import findings, rectifying
from supervision.models import FindingState, Rectification, RectificationState
from supervision.sealing import is_intact
from tests.supervision import factories as make
from tests.supervision import voting

pytestmark = pytest.mark.django_db


@pytest.fixture
def heir(people):
    return Department.objects.create(station=people.hub, name="城市管理局")


@pytest.fixture
def merge(people, heir):
    return lambda: merging.merge(people.county_department.pk, into=heir.pk, by=people.hub_staff)


def clerk(people):
    """As a new request sees the person."""
    return User.objects.get(pk=people.county_clerk.pk)


def test_an_open_finding_goes_over_and_a_closed_one_stays(people, heir, merge):
    trip = make.held(people, make.group(people))
    one, past = make.sent(trip, people.county_department), make.sent(trip, people.county_department)
    findings.report(past.pk, by=people.county_clerk, text="井盖已换。")
    findings.check(past.pk, by=people.hub_staff, passed=True, text="合格。")
    merge()
    one.refresh_from_db()
    past.refresh_from_db()
    assert (one.department, one.state, past.department) == (heir, FindingState.SENT, people.county_department)
    assert Event.objects.filter(chain=one.chain, action="finding_merge").count() == 1
    assert findings.report(one.pk, by=clerk(people), text="已换。").state == FindingState.REPORTED


def test_projects_and_tasks_that_go_on_go_over(people, heir, merge):
    running = make.project(people)
    make.milestone(make.task(running))
    other = make.project(people, department=people.town_department)
    part = make.task(other, department=people.county_department)
    make.milestone(part)
    old = make.project(people, year=2020, number=1)
    merge()
    for one in (running, other, old, part):
        one.refresh_from_db()
    assert (running.department, part.department) == (heir, heir)
    assert (other.department, old.department) == (people.town_department, people.county_department)
    assert Event.objects.filter(action="project_merge").count() == 2


@pytest.mark.parametrize("state", [RectificationState.ASKED, RectificationState.WORKING])
def test_a_running_rectification_goes_over_and_the_sealed_result_stays(people, heir, merge, as_user, state):
    one = voting.rectification(people, state)
    merge()
    one = Rectification.objects.get(pk=one.pk)
    assert (one.department, one.subject.department) == (heir, people.county_department)
    assert is_intact(one.subject.round)
    page = as_user(clerk(people)).get(reverse("supervision:rectification", args=[one.pk]))
    assert "接替整改：城市管理局" in page.text
    act = rectifying.explain if state == RectificationState.ASKED else rectifying.report_result
    assert act(one.pk, by=clerk(people), text="已列清单。").state != state


def test_the_vote_again_is_about_the_successor(people, heir, merge):
    one = voting.rectification(people, RectificationState.ACCEPTED)
    merge()
    again = rectifying.vote_again(
        one.pk, by=people.hub_staff, title="复评", way="code", held_on=one.opened_on, present=5
    )
    assert again.subjects.get().department == heir


def test_what_was_inherited_goes_over_again(people, heir, merge):
    one = voting.rectification(people)
    merge()
    third = Department.objects.create(station=people.hub, name="综合执法局")
    merging.merge(heir.pk, into=third.pk, by=people.hub_staff)
    one = Rectification.objects.get(pk=one.pk)
    assert one.department == third
    with pytest.raises(PermissionDenied):
        rectifying.explain(one.pk, by=people.town_staff, text="不是我们的。")
