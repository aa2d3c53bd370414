import re

import pytest
from django.test import Client

from accounts.models import User
from history.models import Event

PAGE = "/accounts/new/"


def password_on(response) -> str:
    return re.search(r"[a-z]{4}-[2-9]{4}-[a-z]{4}", response.text)[0]


def test_an_account_is_made_with_its_seat_and_a_password_shown_once(people, as_user) -> None:
    client = as_user(people.town_staff)
    response = client.post(PAGE, {"place": f"station:{people.point.pk}", "name": "孙丽", "username": "sunli"})
    user = User.objects.get(username="sunli")
    assert user.check_password(password_on(response))
    assert user.must_change_password
    assert [station.pk for station in user.seats.stations] == [people.point.pk]
    assert "no-store" in response["Cache-Control"]
    event = Event.objects.get(action="account_create")
    assert event.actor == people.town_staff
    assert "孙丽" not in str(event.after)


def test_the_first_password_opens_only_the_password_page(people, as_user) -> None:
    response = as_user(people.town_staff).post(
        PAGE, {"place": f"department:{people.town_department.pk}", "name": "孙丽", "username": "sunli"}
    )
    fresh = Client()
    fresh.post("/accounts/login/", {"username": "sunli", "password": password_on(response), "next": "/accounts/me/"})
    assert fresh.get("/accounts/me/").url == "/accounts/me/password/"


def test_a_deputy_gets_a_log_in_with_name_and_phone_filled_in(people, as_user) -> None:
    from deputies.models import Deputy, Level

    deputy = Deputy.objects.create(
        county=people.county, name="周代表", level=Level.TOWNSHIP, home_station=people.town, phone="13803910009"
    )
    client = as_user(people.town_staff)
    form = client.get(PAGE, {"place": f"deputy:{deputy.pk}"}).context["form"]
    assert form["name"].value() == "周代表"
    assert form["phone"].value() == "13803910009"
    client.post(PAGE, {"place": f"deputy:{deputy.pk}", "name": "周代表", "phone": "13803910009"})
    deputy.refresh_from_db()
    assert deputy.user.phone == "13803910009"


def test_a_deputy_who_has_a_log_in_leads_to_it(people, as_user) -> None:
    response = as_user(people.town_staff).get(PAGE, {"place": f"deputy:{people.deputy.pk}"})
    assert response.url == f"/accounts/{people.deputy_user.pk}/"


def test_nothing_can_be_given_outside_the_subtree(people, strangers, as_user) -> None:
    client = as_user(people.town_staff)
    for token in (
        f"station:{people.hub.pk}",
        f"station:{people.other_town.pk}",
        f"station:{strangers.town.pk}",
        f"department:{people.county_department.pk}",
        f"deputy:{people.other_deputy.pk}",
        f"officer:{strangers.officer.pk}",
        "station:x",
        "king:1",
    ):
        assert client.get(PAGE, {"place": token}).status_code == 404, token
        assert client.post(PAGE, {"place": token, "name": "孙丽", "username": "sunli"}).status_code == 404, token
    assert not User.objects.filter(username="sunli").exists()


def test_the_places_offered_are_those_within_the_subtree(people, strangers, as_user) -> None:
    client = as_user(people.town_staff)
    offered = {place.pk for place in client.get(PAGE, {"kind": "station"}).context["places"]}
    assert offered == {people.town.pk, people.point.pk}
    offered = {place.pk for place in client.get(PAGE, {"kind": "department"}).context["places"]}
    assert offered == {people.town_department.pk, people.town_second.pk}


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"name": "", "username": "x1"}, "姓名"),
        ({"name": "孙丽", "username": "BA-clerk"}, "这个用户名已经有人用"),
        ({"name": "孙丽", "username": "sunli", "phone": "12345"}, "11 位手机号"),
        ({"name": "孙丽", "username": "13900000000"}, "必须是本人的手机号"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_made(people, as_user, fields: dict, words: str) -> None:
    before = User.objects.count()
    response = as_user(people.town_staff).post(PAGE, {"place": f"station:{people.point.pk}", **fields})
    assert words in response.text
    assert User.objects.count() == before


def test_without_a_user_name_one_is_made(people, as_user) -> None:
    client = as_user(people.town_staff)
    for _ in range(2):
        client.post(PAGE, {"place": f"station:{people.point.pk}", "name": "孙丽"})
    assert User.objects.filter(name="孙丽").values("username").distinct().count() == 2


def test_village_points_make_no_accounts(people, as_user) -> None:
    assert as_user(people.point_staff).get(PAGE).status_code == 403
