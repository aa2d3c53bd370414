"""A process that has one database and answers what it is asked about it: fill, measure, count.

Two of them stand side by side, so that small and large take turns and whatever the machine does meanwhile meets both.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from django.test import Client

    from bench.measured import Export, Imported, Measured, Public, Shown
    from bench.pages import Page


def serve(connection: Connection, environment: dict[str, str]) -> None:
    """Answer (method, arguments) until the other side closes."""
    os.environ.update(environment, DJANGO_SETTINGS_MODULE="liaison.settings", DEBUG="0", HTTPS="0", LOG_LEVEL="ERROR")
    import django

    django.setup()
    worker = Worker()
    while True:
        try:
            method, arguments = connection.recv()
        except EOFError:
            return
        try:
            connection.send((True, getattr(worker, method)(*arguments)))
        except Exception as error:  # it is raised again on the other side
            connection.send((False, f"{type(error).__name__}: {error}"))


class Worker:
    def __init__(self) -> None:
        from django.conf import settings

        settings.ROOT_URLCONF = "bench.pages"
        self.clients: dict[str, Client] = {}
        self.pages: dict[str, Page] = {}

    def fill(self, count: int, seed: int) -> float:
        """Seconds it took."""
        from django.core.management import call_command

        from bench.fill import Filler

        started = time.perf_counter()
        call_command("migrate", verbosity=0)
        Filler(seed).fill(count)
        return time.perf_counter() - started

    def import_deputies(self, rows: int) -> Imported:
        from django.core.management import call_command

        from bench.imports import measure

        call_command("migrate", verbosity=0)
        return measure(rows)

    def names(self) -> list[tuple[str, bool]]:
        """Name of every page, and whether it is a list."""
        from bench.pages import pages

        self.pages = {page.name: page for page in pages()}
        return [(page.name, page.is_list) for page in self.pages.values()]

    def measure(self, name: str) -> float:
        """Milliseconds from request to the last byte of the answer, middleware included."""
        page = self.pages[name]
        client = self._client(page.username)
        started = time.perf_counter()
        response = client.get(page.url)
        elapsed = time.perf_counter() - started
        if response.status_code != 200:
            raise RuntimeError(f"{name}: {page.url} answered {response.status_code}")
        return elapsed * 1000

    def weigh(self, name: str) -> tuple[int, int]:
        """Queries and bytes."""
        page = self.pages[name]
        with counted() as queries:
            response = self._client(page.username).get(page.url)
        return len(queries), len(response.content)

    def whole_case(self) -> tuple[int, int]:
        return carry_one_case()

    def remind(self, townships: str, count: int) -> Measured:
        """Fill an empty database with ``count`` townships and measure one run of the reminder task."""
        from django.core.management import call_command

        from bench import reminders

        call_command("migrate", verbosity=0)
        reminders.fill(townships, count)
        return reminders.measure(counted)

    def public(self, notices: int, rounds: int) -> list[Public]:
        """Fill an empty database with a station and so many notices, and measure the public pages."""
        from django.core.management import call_command

        from bench import public

        call_command("migrate", verbosity=0)
        public.fill(notices)
        return public.measure(rounds, counted)

    def export(self, kind: str) -> Export | str:
        from bench import exports

        return exports.measure(kind)

    def million(self, count: int, rounds: int) -> tuple[tuple[float, float, int], list[Shown]]:
        """Fill an empty database with a county of ``count`` cases and measure its statistics."""
        from django.conf import settings
        from django.core.management import call_command

        from bench import million

        settings.ROOT_URLCONF = "liaison.urls"
        call_command("migrate", verbosity=0)
        return million.fill(count), million.measure(rounds, counted)

    def _client(self, username: str) -> Client:
        from django.test import Client

        from accounts.models import User

        if username not in self.clients:
            client = Client(headers={"host": "localhost"})
            if username:
                client.force_login(User.objects.get(username=username))
            self.clients[username] = client
        return self.clients[username]


@contextmanager
def counted() -> Iterator[list[str]]:
    from django.db import connection

    queries: list[str] = []

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        queries.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        yield queries


def carry_one_case() -> tuple[int, int]:
    """Queries of the steps, and queries to know who takes them, for a case from registration to its archive.

    Every step is another person's request: it learns anew who that is and where that person sits, as every page does.
    """
    from django.utils import timezone

    from accounts.models import User
    from demo import accounts
    from deputies.models import Deputy
    from stations.models import Department
    from suggestions import workflow
    from suggestions.choices import Channel, Field, Kind, ResultKind, Satisfaction, State
    from suggestions.models import Suggestion
    from suggestions.registration import VoterData
    from suggestions.transitions import Voice

    deputy = Deputy.objects.select_related("home_station").get(user__username=accounts.COUNTY_DEPUTY)
    department = Department.objects.get(staff__user__username=accounts.TOWNSHIP_DEPARTMENT)
    registration: dict[str, Any] = {
        "station": deputy.home_station,
        "deputy": deputy,
        "channel": Channel.RECEPTION,
        "title": "村口路灯不亮",
        "content": "村口到学校的三盏路灯坏了半个月，晚上孩子放学看不清路。",
        "voters": [VoterData(name="赵小满", phone="13800001234", address="甲村三组")],
    }
    office, clerk, voter = accounts.TOWNSHIP_OFFICE, accounts.TOWNSHIP_DEPARTMENT, ""
    road: list[tuple[str, Callable[..., Suggestion], dict[str, Any]]] = [
        (office, workflow.classify, {"field": Field.CONSTRUCTION, "kind": Kind.OPINION}),
        (office, workflow.assign, {"lead": department}),
        (clerk, workflow.take, {}),
        (clerk, workflow.report, {"result_kind": ResultKind.SOLVED, "text": "路灯已修好。"}),
        (office, workflow.hand_over, {}),
        (accounts.COUNTY_DEPUTY, workflow.reply, {"text": "路灯已经修好，请您看看。"}),
        (voter, workflow.rate, {"satisfaction": Satisfaction.SATISFIED}),
    ]
    now = timezone.now()
    with counted() as who:
        by = User.objects.get(username=office)
        assert by.seats.any
    with counted() as steps:
        case = workflow.register(by=by, at=now, **registration)
    for username, action, arguments in road:
        actor: User | Voice = Voice.VOTER
        if username:
            with counted() as queries:
                actor = User.objects.get(username=username)
                assert actor.seats.any
            who += queries
        with counted() as queries:
            case = action(case.pk, by=actor, at=now, **arguments)
        steps += queries
    assert case.state == State.CLOSED
    return len(steps), len(who)
