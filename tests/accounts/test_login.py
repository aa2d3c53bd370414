from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User

pytestmark = pytest.mark.django_db

PASSWORD = "zhongyuan2026"
LOGIN = "/accounts/login/"


@pytest.fixture(autouse=True)
def landing_page(settings) -> None:
    settings.LOGIN_REDIRECT_URL = "/landing/"


@pytest.fixture
def clerk() -> User:
    return User.objects.create_user("wangmin", PASSWORD, name="王敏", phone="13803910001")


def enter(client: Client, name: str, password: str = PASSWORD, **more: str):
    return client.post(LOGIN, {"username": name, "password": password, **more})


def test_log_in_by_user_name(client: Client, clerk: User) -> None:
    assert enter(client, "wangmin").status_code == 302
    assert client.session["_auth_user_id"] == str(clerk.pk)


def test_log_in_by_phone_with_full_width_digits_and_spaces(client: Client, clerk: User) -> None:
    assert enter(client, " １３８０３９１０００１ ").status_code == 302


def test_wrong_password_is_refused_in_plain_words(client: Client, clerk: User) -> None:
    response = enter(client, "wangmin", "wrong")
    assert response.status_code == 200
    assert "用户名（手机号）或密码不对" in response.text


def test_an_unknown_name_reads_the_same_as_a_wrong_password(client: Client, clerk: User) -> None:
    known, unknown = enter(client, "wangmin", "wrong"), enter(client, "nobody", "wrong")
    assert known.context["form"].non_field_errors() == unknown.context["form"].non_field_errors()


def test_a_disabled_account_cannot_log_in(client: Client, clerk: User) -> None:
    User.objects.filter(pk=clerk.pk).update(is_active=False)
    assert enter(client, "wangmin").status_code == 200


def test_the_page_asked_for_comes_after_the_log_in(client: Client, clerk: User) -> None:
    assert enter(client, "wangmin", next="/suggestions/?page=3").url == "/suggestions/?page=3"


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", "/\\evil.example"]
)
def test_a_foreign_address_is_never_followed(client: Client, clerk: User, target: str) -> None:
    assert "evil" not in enter(client, "wangmin", next=target).url
    assert "evil" not in client.get(LOGIN, {"next": target}).url


def test_five_failures_lock_the_name_even_for_the_right_password(client: Client, clerk: User) -> None:
    answers = [enter(client, "wangmin", "wrong").status_code for _ in range(5)]
    assert answers == [200, 200, 200, 200, 429]
    locked = enter(client, "wangmin")
    assert locked.status_code == 429
    again = timezone.localtime(timezone.now() + timedelta(minutes=15))
    assert "登录已锁定" in locked.text
    assert f"{again:%H:}" in locked.text
    assert "_auth_user_id" not in client.session


def test_a_lock_does_not_touch_other_people(client: Client, clerk: User) -> None:
    User.objects.create_user("liqiang", PASSWORD, name="李强")
    for _ in range(5):
        enter(client, "wangmin", "wrong")
    assert enter(client, "liqiang").status_code == 302


def test_a_lock_ends_after_fifteen_minutes(client: Client, clerk: User) -> None:
    from axes.models import AccessAttempt

    for _ in range(5):
        enter(client, "wangmin", "wrong")
    AccessAttempt.objects.update(attempt_time=timezone.now() - timedelta(minutes=16))
    assert enter(client, "wangmin").status_code == 302


def test_a_failed_log_in_stays_on_record_after_one_that_succeeds(client: Client, clerk: User) -> None:
    from axes.models import AccessFailureLog

    enter(client, "wangmin", "wrong")
    assert enter(client, "wangmin").status_code == 302
    failure = AccessFailureLog.objects.get()
    assert (failure.username, failure.ip_address) == ("wangmin", "127.0.0.1")


def test_log_out_ends_the_session(client: Client, clerk: User) -> None:
    enter(client, "wangmin")
    assert client.get("/accounts/logout/").status_code == 405
    assert client.post("/accounts/logout/").url == LOGIN
    assert "_auth_user_id" not in client.session
    assert Session.objects.count() == 0


def test_an_idle_session_ends_and_the_log_in_page_says_why(client: Client, clerk: User) -> None:
    enter(client, "wangmin")
    Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))
    bounced = client.post("/accounts/logout/")
    assert bounced.url.startswith(f"{LOGIN}?next=")
    assert "超过 120 分钟没有操作" in client.get(bounced.url).text


def test_somebody_who_never_was_here_reads_no_such_thing(client: Client) -> None:
    assert "没有操作" not in client.get(LOGIN, {"next": "/"}).text


def test_work_keeps_a_session_alive(client: Client, clerk: User) -> None:
    enter(client, "wangmin")
    half_way = timezone.now() + timedelta(minutes=60)
    Session.objects.update(expire_date=half_way)
    session = client.session
    session["seen"] = 0
    session.save()
    Session.objects.update(expire_date=half_way)
    client.get(reverse("accounts:login"))
    assert Session.objects.get().expire_date > half_way + timedelta(minutes=30)


def test_a_page_without_a_log_in_leads_to_the_log_in(client: Client) -> None:
    response = client.post("/accounts/logout/")
    assert response.status_code == 302
    assert response.url.startswith(LOGIN)


def test_a_technical_administrator_without_a_seat_begins_in_the_administration(client: Client, clerk: User) -> None:
    User.objects.filter(pk=clerk.pk).update(is_staff=True, is_superuser=True)
    assert enter(client, "wangmin").url == "/admin/"
