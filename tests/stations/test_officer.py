from history.models import Event
from stations.models import ResidentOfficer


def test_an_officer_is_entered_and_leaves(people, as_user) -> None:
    client = as_user(people.town_staff)
    client.post(
        f"/stations/{people.point.pk}/officers/new/",
        {"kind": "lawyer", "name": "何律师", "employer": "众诚律师事务所", "phone": "13803910001", "is_active": "on"},
    )
    officer = ResidentOfficer.objects.get(name="何律师")
    assert officer.station == people.point
    client.post(f"/stations/officers/{officer.pk}/", {"kind": "lawyer", "name": "何律师"})
    officer.refresh_from_db()
    assert not officer.is_active
    assert [event.action for event in Event.objects.filter(action__startswith="officer").order_by("seq")] == [
        "officer_create",
        "officer_edit",
    ]


def test_the_same_officer_twice_is_refused(people, as_user) -> None:
    response = as_user(people.town_staff).post(
        f"/stations/{people.town.pk}/officers/new/", {"kind": "judge", "name": people.officer.name, "is_active": "on"}
    )
    assert "已经有同名同类的驻站人员" in response.text


def test_who_may_not(people, strangers, as_user) -> None:
    page = f"/stations/officers/{people.officer.pk}/"
    for user in (people.other_town_staff, people.point_staff, people.officer_user, people.deputy_user):
        assert as_user(user).get(page).status_code == 403
    assert as_user(strangers.hub_staff).get(page).status_code == 404
