import pytest

from deputies.models import Deputy, Level
from stations.models import DepartmentStaff, StationStaff
from suggestions import workflow
from suggestions.choices import State
from suggestions.models import Suggestion
from tests import factories


def sees(user, case):
    fresh = type(user).objects.get(pk=user.pk)
    rows = Suggestion.objects.visible_to(fresh).filter(pk=case.pk)
    assert rows.count() <= 1  # a union of seats shows a case once
    return rows.exists()


@pytest.mark.parametrize(
    ("who", "expected"),
    [
        ("hub_staff", True),
        ("town_staff", True),
        ("other_town_staff", False),
        ("point_staff", False),
        ("clerk", True),
        ("second_clerk", True),
        ("county_clerk", False),
        ("deputy_user", True),
        ("other_deputy_user", False),
        ("officer_user", False),
    ],
)
def test_each_seat_sees_what_is_its_own(people, who, expected):
    case = factories.case_in(people, State.ASSIGNED)
    assert sees(getattr(people, who), case) is expected


def test_nobody_of_another_county_sees_anything(people, strangers):
    case = factories.case_in(people, State.ASSIGNED)
    for who in ("hub_staff", "town_staff", "clerk", "deputy_user", "officer_user"):
        assert not sees(getattr(strangers, who), case)


def test_a_township_still_sees_what_it_sent_up(people):
    case = factories.register(people)
    workflow.escalate(case.pk, opinion="请县里办", by=people.town_staff)
    assert sees(people.town_staff, case) and not sees(people.other_town_staff, case)


def test_a_township_sees_what_was_sent_down_to_it(people):
    case = factories.register(people, by=people.hub_staff, station=people.hub, deputy=None)
    assert not sees(people.town_staff, case)
    workflow.delegate(case.pk, to=people.town, opinion="请镇里办", by=people.hub_staff)
    assert sees(people.town_staff, case)


def test_a_point_sees_its_own_and_its_township_sees_it_too(people):
    case = factories.register(people, by=people.point_staff, station=people.point)
    assert sees(people.point_staff, case) and sees(people.town_staff, case)


def test_a_department_that_objected_still_sees_its_own_record(people):
    case = factories.case_in(people, State.ASSIGNED)
    workflow.object_(case.pk, reason="不归我们", by=people.clerk)
    assert sees(people.clerk, case)


def test_an_officer_sees_what_the_officer_registered(people):
    case = factories.register(people, by=people.officer_user)
    assert sees(people.officer_user, case)


def test_several_seats_show_their_union_once(people):
    case = factories.case_in(people, State.ASSIGNED)
    StationStaff.objects.create(user=people.clerk, station=people.other_town)
    Deputy.objects.filter(pk=people.deputy.pk).update(user=people.clerk)
    other = factories.register(people, by=people.other_town_staff, station=people.other_town, deputy=None)
    assert sees(people.clerk, case) and sees(people.clerk, other)


def test_who_has_no_seat_or_no_active_account_sees_nothing(people):
    case = factories.case_in(people, State.ASSIGNED)
    assert not sees(factories.user("nobody"), case)
    people.hub_staff.is_active = False
    people.hub_staff.save()
    assert not sees(people.hub_staff, case)


def test_a_deputy_whose_term_ended_no_longer_sees_cases(people):
    case = factories.case_in(people, State.HANDED_OVER)
    Deputy.objects.filter(pk=people.deputy.pk).update(status="ended")
    assert not sees(people.deputy_user, case)


def test_a_person_may_be_a_deputy_twice(people):
    Deputy.objects.create(county=people.county, name="张为民", level=Level.TOWNSHIP, user=people.deputy_user)
    DepartmentStaff.objects.create(user=people.deputy_user, department=people.county_department)
    assert len(people.deputy_user.seats.deputies) == 2 and people.deputy_user.seats.department_ids
