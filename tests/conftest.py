"""What every test stands on: a broker of the suite's own, files in a temporary folder, a real Chromium where there is one.

``browser`` tests (any that use ``page`` or ``context``) are skipped with a loud line where there is no Chromium, and
fail under ``CI=true``. ``postgres`` tests run where ``DATABASE_URL`` names PostgreSQL.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import hypothesis
import pytest
import redis
from celery.contrib.testing.worker import start_worker
from django.conf import settings
from django.db import connection
from django.test import Client, override_settings

from liaison.broker import Broker
from liaison.celery import app
from tests import factories, servers

# Playwright's own event loop runs in the thread of the tests, and Django would take that for asynchronous code.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

# How fast a machine is says nothing about whether a property holds.
hypothesis.settings.register_profile("suite", deadline=None)
hypothesis.settings.load_profile("suite")

CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable"))), None
)
NO_CHROMIUM = "no Chromium on PATH"
ON_POSTGRES = settings.DATABASES["default"]["ENGINE"].endswith("postgresql")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if {"page", "context", "browser"} & set(getattr(item, "fixturenames", ())):
            item.add_marker("browser")


def pytest_runtest_setup(item: pytest.Item) -> None:
    if item.get_closest_marker("browser") and not CHROMIUM:
        if os.environ.get("CI", "").lower() in {"1", "true"}:
            pytest.fail(f"{NO_CHROMIUM}, and CI=true: browser tests must run", pytrace=False)
        pytest.skip(NO_CHROMIUM)
    if item.get_closest_marker("postgres") and not ON_POSTGRES:
        pytest.skip("needs PostgreSQL (DATABASE_URL)")


def pytest_terminal_summary(terminalreporter: Any) -> None:
    skipped = [report for report in terminalreporter.stats.get("skipped", ()) if NO_CHROMIUM in str(report.longrepr)]
    if skipped:
        terminalreporter.write_sep(
            "!", f"{len(skipped)} BROWSER TESTS DID NOT RUN: install Chromium to run them", red=True, bold=True
        )


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """SQLite in a file, as it is used: in memory, threads meet other locks than those of an installation."""
    if not ON_POSTGRES:
        connection.settings_dict["TEST"]["NAME"] = str(tmp_path_factory.mktemp("db") / "test.sqlite3")


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Threads of tests may leave connections open, and PostgreSQL drops no database that is in use."""
    yield
    if ON_POSTGRES:
        with django_db_blocker.unblock(), connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )


# --- the cast -----------------------------------------------------------------------------


@pytest.fixture
def people(db: None) -> SimpleNamespace:
    """博爱县 with one person per seat (tests/factories.py)."""
    return factories.cast()


@pytest.fixture
def strangers(db: None) -> SimpleNamespace:
    """禹州市, whose people must never see anything of 博爱县, nor the other way round."""
    return factories.other_cast()


@pytest.fixture
def as_user() -> Callable[[Any], Client]:
    """``as_user(user)``: a client of one's own that is logged in."""

    def log_in(user: Any) -> Client:
        client = Client()
        client.force_login(user, "accounts.backends.NameOrPhoneBackend")
        return client

    return log_in


# --- broker, cache, files -----------------------------------------------------------------


@pytest.fixture(scope="session")
def broker_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Of the Redis that REDIS_URL names, a database for this process alone; else an embedded broker."""
    if settings.REDIS_URL:
        number = 1 + int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
        yield f"{settings.REDIS_URL.rpartition('/')[0]}/{number}"
        return
    folder = tmp_path_factory.mktemp("broker")
    broker = Broker(folder, folder / "broker.log")
    broker.start()
    yield broker.url
    broker.stop()


@pytest.fixture(scope="session", autouse=True)
def surroundings(broker_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Nothing that a test does reaches the queue, the cache or the files of an installation."""
    media = {**settings.STORAGES["default"], "OPTIONS": {"location": tmp_path_factory.mktemp("media")}}
    cache = {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": broker_url}
    app.conf.broker_url = broker_url
    with override_settings(
        STORAGES={**settings.STORAGES, "default": media}, CACHES={"default": cache}, CELERY_BROKER_URL=broker_url
    ):
        yield


@pytest.fixture
def queue(broker_url: str) -> Iterator[Callable[[], int]]:
    """Emptied; call it for the number of tasks that wait."""
    with redis.Redis.from_url(broker_url) as client:
        client.flushdb()
        yield lambda: int(client.llen("celery"))
        client.flushdb()


@pytest.fixture
def worker(queue: Callable[[], int], transactional_db: None) -> Iterator[None]:
    """A Celery worker that takes tasks from the queue for as long as the test runs."""
    with start_worker(app, pool="threads", concurrency=2, perform_ping_check=False, shutdown_timeout=20):
        yield


# --- the world outside --------------------------------------------------------------------


@pytest.fixture
def mailbox(settings: Any) -> Iterator[servers.Mailbox]:
    """A mail server that the application sends through."""
    with servers.mailbox() as box:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = box.host, box.port
        yield box


@pytest.fixture
def robot(settings: Any) -> Iterator[servers.Robot]:
    """A WeCom robot (or SMS gateway) on loopback; ``robot.webhook`` is an address the application accepts."""
    with servers.robot() as one:
        settings.WEBHOOK_EXTRA_HOSTS = ["127.0.0.1"]
        settings.HTTP_TIMEOUT = (1.0, 1.0)  # seconds to connect, to answer
        yield one


# --- browser ------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    quiet = ("gpu", "quic", "background-networking", "component-update", "sync")
    arguments = ["--no-first-run", *(f"--disable-{name}" for name in quiet)]
    if os.geteuid() == 0:
        arguments.append("--no-sandbox")  # Chromium refuses to run as root with it
    return {**browser_type_launch_args, "executable_path": CHROMIUM, "args": arguments}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    return {
        **browser_context_args,
        "locale": "zh-CN",
        "timezone_id": "Asia/Shanghai",
        "viewport": {"width": 1280, "height": 800},
    }


@pytest.fixture
def page(page: Any, live_server: Any) -> Iterator[Any]:
    """A page that fails its test on a script error, a refused script or style, or a request to any other host."""
    trouble: list[str] = []

    def console(message: Any) -> None:
        # An answer of 4xx is reported here as well; whether that was meant is the test's business.
        if message.type == "error" and not message.text.startswith("Failed to load resource"):
            trouble.append(message.text)

    def request(request: Any) -> None:
        if not request.url.startswith((live_server.url, "data:", "blob:", "about:")):
            trouble.append(f"request to {request.url}")

    page.on("console", console)
    page.on("pageerror", lambda error: trouble.append(str(error)))
    page.on("request", request)
    yield page
    assert not trouble


@pytest.fixture
def log_in(page: Any, live_server: Any) -> Callable[[Any], None]:
    """``log_in(user)``: from now on the page is that user's."""

    def enter(user: Any) -> None:
        client = Client()
        client.force_login(user)
        cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
        page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}])

    return enter
