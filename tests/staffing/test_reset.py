import re

from django.test import Client

from accounts.models import User
from history.models import Event


def test_a_reset_shows_a_first_password_and_ends_every_session(people, as_user) -> None:
    clerk = as_user(people.clerk)
    assert clerk.get("/accounts/me/").status_code == 200
    response = as_user(people.town_staff).post(f"/accounts/{people.clerk.pk}/reset/")
    password = re.search(r"[a-z]{4}-[2-9]{4}-[a-z]{4}", response.text)[0]
    user = User.objects.get(pk=people.clerk.pk)
    assert user.check_password(password)
    assert user.must_change_password
    assert clerk.get("/accounts/me/").url.startswith("/accounts/login/")
    assert password not in str(Event.objects.filter(action="password_reset").values())


def test_a_reset_lifts_a_lock(people, as_user) -> None:
    somebody = Client()
    for _ in range(5):
        somebody.post("/accounts/login/", {"username": "BA-clerk", "password": "wrong"})
    response = as_user(people.town_staff).post(f"/accounts/{people.clerk.pk}/reset/")
    password = re.search(r"[a-z]{4}-[2-9]{4}-[a-z]{4}", response.text)[0]
    entered = somebody.post("/accounts/login/", {"username": "BA-clerk", "password": password, "next": "/accounts/me/"})
    assert entered.status_code == 302


def test_a_reset_needs_a_post(people, as_user) -> None:
    assert as_user(people.town_staff).get(f"/accounts/{people.clerk.pk}/reset/").status_code == 405
