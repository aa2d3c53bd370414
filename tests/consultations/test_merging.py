"""A department is merged: consultations to come, open promises and whistles it has not answered go over."""

import pytest

from accounts.models import User
from consultations import merging as room
from consultations import whistling
from consultations.models import Call, CallState
from history.models import Event
from stations import merging
from stations.models import Department
from tests.consultations import factories as make
from tests.consultations import talks

pytestmark = pytest.mark.django_db


@pytest.fixture
def heir(people):
    return Department.objects.create(station=people.town, name="综合服务中心")


def merge(people, into):
    return merging.merge(people.town_department.pk, into=into.pk, by=people.town_staff)


@pytest.mark.parametrize("state", ["called", "here", "refused", "raised"])
def test_an_open_call_goes_over_as_it_is(people, heir, state):
    one = make.call(people, state)
    merge(people, heir)
    moved = Call.objects.get(pk=one.pk)
    assert (moved.department, moved.state, moved.due_at) == (heir, one.state, one.due_at)
    event = Event.objects.get(chain=one.whistle.chain, action="merge")
    assert event.after["department"] == heir.pk


def test_the_successor_answers_it(people, heir):
    one = make.call(people)
    merge(people, heir)
    clerk = User.objects.get(pk=people.clerk.pk)
    assert whistling.check_in(one.pk, by=clerk, who="李建").state == CallState.HERE


def test_an_answered_call_stays(people, heir):
    one = make.call(people, "done")
    merge(people, heir)
    assert Call.objects.get(pk=one.pk).department == people.town_department


def test_two_calls_of_one_whistle_become_one(people):
    whistle = make.whistle(people, people.town_department, people.town_second)
    merge(people, people.town_second)
    states = {call.department.name: call.state for call in whistle.calls.select_related("department")}
    assert states == {"村镇建设中心": CallState.WITHDRAWN, "农业服务中心": CallState.CALLED}
    assert "一并办理" in whistle.calls.get(state=CallState.WITHDRAWN).decision


def test_a_promise_and_a_seat_at_the_table_go_over(people, heir):
    talk = talks.underway(people, came=False)
    promise = talks.promised(people, talk)
    before = Event.objects.filter(chain=talk.chain).count()
    assert [str(matter) for matter in room.open_with(people.town_department) if matter.number] == [
        "要参加的协商 1 次",
        "协商承诺（没有兑现的） 1 项",
    ]
    merge(people, heir)
    promise.refresh_from_db()
    assert promise.department == heir
    assert [party.department for party in talk.parties.exclude(department=None)] == [heir]
    assert Event.objects.filter(chain=talk.chain).count() == before + 1


def test_who_sits_at_the_table_already_does_not_sit_there_twice(people):
    talk = talks.underway(people, came=False)
    talk.parties.create(kind="responsible", department=people.town_second)
    merge(people, people.town_second)
    assert [party.department for party in talk.parties.exclude(department=None)] == [people.town_second]
