from accounts.models import User
from history.models import Event
from stations.models import StationStaff


def page(user: User) -> str:
    return f"/accounts/{user.pk}/"


def test_changes_are_saved_and_recorded_without_personal_data(people, as_user) -> None:
    response = as_user(people.town_staff).post(
        page(people.clerk), {"name": "赵工", "username": "zhaogong", "phone": "13803910001", "email": ""}
    )
    assert response.status_code == 302
    clerk = User.objects.get(pk=people.clerk.pk)
    assert (clerk.name, clerk.username, clerk.phone) == ("赵工", "zhaogong", "13803910001")
    event = Event.objects.get(action="account_edit")
    assert event.after == {"account": clerk.pk, "fields": ["name", "phone", "username"]}


def test_accounts_outside_the_subtree_do_not_exist(people, strangers, as_user) -> None:
    client = as_user(people.town_staff)
    for user in (people.hub_staff, people.other_town_staff, people.county_clerk, strangers.clerk):
        for action in ("", "give/", "take/", "reset/", "disable/", "enable/"):
            if action in ("", "give/"):
                assert client.get(page(user) + action).status_code == 404
            assert client.post(page(user) + action).status_code == 404


def test_technical_administrators_cannot_be_touched(people, as_user) -> None:
    User.objects.filter(pk=people.clerk.pk).update(is_superuser=True)
    client = as_user(people.hub_staff)
    assert client.get(page(people.clerk)).status_code == 404
    assert client.post(page(people.clerk) + "reset/").status_code == 404


def test_a_seat_elsewhere_makes_an_account_read_only(people, as_user) -> None:
    StationStaff.objects.create(user=people.clerk, station=people.other_town)
    client = as_user(people.town_staff)
    assert "只能查看" in client.get(page(people.clerk)).text
    for action in ("reset/", "disable/", "enable/"):
        response = client.post(page(people.clerk) + action)
        assert response.status_code == 403
        assert people.other_town.name in response.text
    changed = client.post(page(people.clerk), {"name": "另一个人", "username": "BA-clerk"})
    assert changed.status_code == 403
    clerk = User.objects.get(pk=people.clerk.pk)
    assert clerk.is_active
    assert clerk.name == people.clerk.name


def test_the_county_office_reaches_both(people, as_user) -> None:
    StationStaff.objects.create(user=people.clerk, station=people.other_town)
    assert as_user(people.hub_staff).post(page(people.clerk) + "reset/").status_code == 200


def test_a_seat_is_given_within_the_subtree(people, as_user) -> None:
    client = as_user(people.town_staff)
    client.post(page(people.clerk) + "give/", {"place": f"station:{people.point.pk}"})
    assert people.point.pk in User.objects.get(pk=people.clerk.pk).seats.station_ids
    assert Event.objects.filter(action="seat_give").count() == 1


def test_a_seat_is_not_given_outside_the_subtree(people, as_user) -> None:
    response = as_user(people.town_staff).post(page(people.clerk) + "give/", {"place": f"station:{people.hub.pk}"})
    assert response.status_code == 404


def test_a_deputy_with_a_log_in_is_not_given_to_another(people, as_user) -> None:
    client = as_user(people.town_staff)
    response = client.post(page(people.clerk) + "give/", {"place": f"deputy:{people.deputy.pk}"}, follow=True)
    assert "已经有登录账号" in response.text
    people.deputy.refresh_from_db()
    assert people.deputy.user == people.deputy_user


def test_a_seat_is_taken(people, as_user) -> None:
    StationStaff.objects.create(user=people.clerk, station=people.point)
    as_user(people.town_staff).post(page(people.clerk) + "take/", {"place": f"station:{people.point.pk}"})
    assert not User.objects.get(pk=people.clerk.pk).seats.stations
    assert Event.objects.filter(action="seat_take").count() == 1


def test_the_last_seat_stays(people, as_user) -> None:
    response = as_user(people.town_staff).post(
        page(people.clerk) + "take/", {"place": f"department:{people.town_department.pk}"}, follow=True
    )
    assert "至少保留一个岗位" in response.text
    assert User.objects.get(pk=people.clerk.pk).seats.departments


def test_a_seat_outside_the_subtree_is_not_taken(people, as_user) -> None:
    StationStaff.objects.create(user=people.clerk, station=people.other_town)
    response = as_user(people.town_staff).post(
        page(people.clerk) + "take/", {"place": f"station:{people.other_town.pk}"}
    )
    assert response.status_code == 403


def test_nobody_takes_the_own_seat(people, as_user) -> None:
    StationStaff.objects.create(user=people.town_staff, station=people.point)
    response = as_user(people.town_staff).post(
        page(people.town_staff) + "take/", {"place": f"station:{people.town.pk}"}
    )
    assert response.status_code == 403
