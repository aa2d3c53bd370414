"""The suite's own ground: broker, worker and browser are real, and apart from any installation."""

from collections.abc import Callable

import pytest
from django.core import mail
from django.core.cache import cache
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction

from accounts.models import User
from messaging.models import OutboxRow, RowState
from messaging.outbox import tell
from tests.liaison.test_launcher import wait_for


def make_user() -> User:
    return User.objects.create_user("wangmin", "long-pass-2026", name="王敏", email="wangmin@example.org")


def test_files_and_cache_are_the_suite_s_own(settings: object) -> None:
    name = default_storage.save("note.txt", ContentFile(b"x"))
    assert "media" in default_storage.path(name)
    assert not default_storage.path(name).startswith(str(settings.VAR_DIR))
    cache.set("key", "value")
    assert cache.get("key") == "value"


@pytest.mark.django_db(transaction=True)
def test_nothing_is_queued_before_the_commit_and_one_task_after_it(queue: Callable[[], int]) -> None:
    user = make_user()
    with transaction.atomic():
        tell(key="test:1", people=[user], subject="试一试")
        assert queue() == 0
    assert queue() == 1


@pytest.mark.django_db(transaction=True)
def test_what_is_rolled_back_is_never_told(queue: Callable[[], int]) -> None:
    user = make_user()
    with transaction.atomic():
        tell(key="test:1", people=[user], subject="试一试")
        transaction.set_rollback(True)
    assert queue() == 0
    assert not OutboxRow.objects.exists()


def test_the_worker_sends_what_was_told(worker: None, settings: object) -> None:
    settings.EMAIL_HOST = "mail.example.org"
    tell(key="test:1", people=[make_user()], subject="试一试")
    wait_for(lambda: OutboxRow.objects.get(channel="email").state == RowState.SENT, 20)
    assert [message.subject for message in mail.outbox] == ["试一试"]


def test_a_person_logs_in_with_a_browser(page, live_server, settings) -> None:
    settings.LOGIN_REDIRECT_URL = "/landing/"
    make_user()
    page.goto(f"{live_server.url}/accounts/login/")
    page.fill("[name=username]", "wangmin")
    page.fill("[name=password]", "long-pass-2026")
    page.press("[name=password]", "Enter")
    page.wait_for_url("**/landing/")


def test_the_browser_speaks_chinese_and_loads_nothing_from_elsewhere(page, live_server) -> None:
    page.goto(f"{live_server.url}/accounts/login/")
    assert page.evaluate("navigator.language") == "zh-CN"
