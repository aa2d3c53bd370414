import pytest
from django.test import Client

from accounts.models import User
from history.models import Event
from tests.factories import PASSWORD

PAGE = "/accounts/me/password/"
NEW = "xinmima2026ok"


def change(client: Client, old: str = PASSWORD, new: str = NEW, again: str | None = None):
    return client.post(PAGE, {"old_password": old, "new_password1": new, "new_password2": again or new})


def test_the_new_password_counts_and_the_change_is_recorded(people, as_user) -> None:
    assert change(as_user(people.clerk)).status_code == 302
    clerk = User.objects.get(pk=people.clerk.pk)
    assert clerk.check_password(NEW)
    event = Event.objects.get(action="password_change")
    assert event.actor == clerk
    assert event.chain == f"county:{people.county.pk}"


def test_other_sessions_end_and_this_one_goes_on(people, as_user) -> None:
    here, elsewhere = as_user(people.clerk), as_user(people.clerk)
    change(here)
    assert here.get("/accounts/me/").status_code == 200
    assert elsewhere.get("/accounts/me/").status_code == 302


@pytest.mark.parametrize(
    ("new", "words"),
    [
        ("short1", "至少"),
        ("onlylettersinthis", "同时有字母和数字"),
        ("1234567890123", "同时有字母和数字"),
        (PASSWORD, "不能和现在的密码相同"),
        ("BA-clerk2026", "相似"),
    ],
)
def test_a_weak_password_is_refused_with_the_reason(people, as_user, new: str, words: str) -> None:
    response = change(as_user(people.clerk), new=new)
    assert response.status_code == 200
    assert words in response.text
    assert User.objects.get(pk=people.clerk.pk).check_password(PASSWORD)


def test_a_wrong_old_password_is_refused(people, as_user) -> None:
    assert change(as_user(people.clerk), old="not-this-1").status_code == 200
    assert User.objects.get(pk=people.clerk.pk).check_password(PASSWORD)


def test_a_first_password_must_be_changed_before_anything_else(people, as_user) -> None:
    User.objects.filter(pk=people.clerk.pk).update(must_change_password=True)
    client = as_user(people.clerk)
    assert client.get("/accounts/me/").url == PAGE
    assert "请先设置自己的密码" in client.get(PAGE).text
    assert client.get("/messages/unread/").text == ""  # the bell of that page; it must not fetch the page into itself
    change(client)
    assert client.get("/accounts/me/").status_code == 200
