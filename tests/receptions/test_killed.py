"""A worker is killed at every step of the reminder run, and another one started: rows exactly once, deliveries at least
once. Real PostgreSQL, a real broker, a real Celery worker in a process of its own, a mail server and a robot on loopback."""

import datetime as dt
import os
import select
import signal
import subprocess
import sys
import time
from collections import Counter
from types import SimpleNamespace

import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone

from liaison.celery import app
from messaging.models import OutboxRow, RowState
from noticeboard.models import Notice, WorkGroup
from receptions.models import Duty, ReceptionDay
from tests import factories, servers
from tests.receptions.killed_worker import ARM, CLAIM_EXPIRES, POINTS

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

PATIENCE = 30  # seconds; a step takes a fraction of one


def wait_for(happened):
    until = time.monotonic() + PATIENCE
    while not (found := happened()):
        assert time.monotonic() < until, "did not happen in time"
        time.sleep(0.05)  # whoever asks takes time from the worker
    return found


class Workers:
    """Starts workers one after the other (tests/receptions/killed_worker.py)."""

    def __init__(self, environment):
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.receptions.killed_worker"],
            cwd=settings.BASE_DIR,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            bufsize=0,  # select must see what has been said
        )
        assert self.line() == "ready"

    def line(self):
        """What it says next; a worker that neither works nor dies fails the test and does not hold it up."""
        ready, _, _ = select.select([self.process.stdout], [], [], PATIENCE)
        assert ready, "no answer from the workers"
        return self.process.stdout.readline().decode().strip()

    def start(self):
        """The process id of a new worker."""
        self.process.stdin.write(b"\n")
        return int(self.line())

    def ended(self):
        """How the last one ended; negative is a signal's number."""
        return int(self.line())

    def close(self):
        self.process.stdin.close()
        self.process.wait(10)


@pytest.fixture(scope="module")
def outside():
    with servers.mailbox() as mailbox, servers.robot() as robot:
        yield SimpleNamespace(mailbox=mailbox, robot=robot)


@pytest.fixture(scope="module")
def workers(django_db_setup, broker_url, outside, tmp_path_factory):
    database = connection.settings_dict
    login = f"{database['USER']}:{database['PASSWORD']}".rstrip(":")
    running = Workers(
        os.environ
        | {
            "DATABASE_URL": f"postgresql://{login}@{database['HOST']}:{database['PORT'] or 5432}/{database['NAME']}",
            "REDIS_URL": broker_url,
            "LIAISON_VAR": str(tmp_path_factory.mktemp("var")),
            "SECRET_KEY": settings.SECRET_KEY,
            "DATA_KEY": settings.DATA_KEY,
            "EMAIL_HOST": outside.mailbox.host,
            "EMAIL_PORT": str(outside.mailbox.port),
            "WEBHOOK_EXTRA_HOSTS": "127.0.0.1",
            "REMIND_HOURS": "0-24",
            "LOG_LEVEL": "ERROR",
            "CELERY_SKIP_CHECKS": "1",  # most of what it takes to start a worker
        }
    )
    yield running
    running.close()


@pytest.fixture
def scene(outside):
    """Two townships; a deputy with log-in and address in each, a work group, an officer in one."""
    people = factories.cast()
    for name, station, deputy in (("a", people.town, people.deputy), ("b", people.other_town, people.other_deputy)):
        deputy.user.email = f"deputy-{name}@example.test"
        deputy.user.save()
        address = outside.robot.webhook_of(f"group-{name}")
        WorkGroup.objects.create(station=station, name=f"工作群{name}", webhook=address)
    people.officer_user.email = "officer@example.test"
    people.officer_user.save()
    return people


def two_days(people):
    """A reception day of tomorrow in each township."""
    tomorrow = timezone.localdate() + dt.timedelta(days=1)
    for station, deputy in ((people.town, people.deputy), (people.other_town, people.other_deputy)):
        factories.on_duty(factories.reception_day(people, tomorrow, station=station), deputy)


def ask(task, *arguments):
    app.send_task(task, arguments, ignore_result=True)


def all_is_sent(queue):
    """As the beat asks every now and then, but never more than the worker has done."""
    if ReceptionDay.objects.filter(to_tell=True).exists():
        return False
    rows = OutboxRow.objects.filter(state__in=(RowState.WAITING, RowState.SENDING))
    if not rows.exists():
        return True
    if not queue() and not rows.filter(claimed_at__gt=timezone.now() - CLAIM_EXPIRES).exists():
        ask("messaging.tasks.sweep")
    return False


def killed_at(point, people, workers, queue):
    """The worker that runs dies at ``point``, another one does what is left and is asked once more than needed. Returns
    the process id of that one, which still runs."""
    Duty.objects.update(acknowledged_revision=1)  # or each run would ask about the days of all points before
    ask(ARM, point)
    assert workers.line() == "armed"
    two_days(people)
    ask("receptions.tasks.remind")
    assert workers.ended() == -signal.SIGKILL
    other = workers.start()
    ask("receptions.tasks.remind")
    wait_for(lambda: all_is_sent(queue))
    ask("receptions.tasks.remind")
    wait_for(lambda: queue() == 0)
    return other


ROWS = Counter(
    [
        *((name, channel, RowState.SENT) for name in ("张为民", "李建设", "王法官") for channel in ("in_app", "email")),
        ("工作群a", "wecom", RowState.SENT),
        ("工作群b", "wecom", RowState.SENT),
    ]
)
DELIVERED = {"deputy-a@example.test", "deputy-b@example.test", "officer@example.test", "group-a", "group-b"}


def test_rows_exactly_once_and_deliveries_at_least_once(workers, queue, outside, scene, subtests):
    worker = workers.start()
    for point in POINTS:
        with subtests.test(point=point):
            before, notices = OutboxRow.objects.count(), Notice.objects.count()
            outside.mailbox.received.clear()
            outside.robot.received.clear()
            worker = killed_at(point, scene, workers, queue)
            assert Counter(OutboxRow.objects.order_by("id")[before:].values_list("name", "channel", "state")) == ROWS
            assert Notice.objects.count() == notices + 2
            assert not ReceptionDay.objects.exclude(told_round=1).exists()
            delivered = Counter(envelope.rcpt_tos[0] for envelope in outside.mailbox.received)
            delivered += Counter(one.query["key"][0] for one in outside.robot.received)
            assert set(delivered) == DELIVERED
            # Only what was on its way at that moment may come a second time.
            assert delivered.total() <= len(DELIVERED) + ("not noted" in point)
    os.kill(worker, signal.SIGKILL)
    workers.ended()
