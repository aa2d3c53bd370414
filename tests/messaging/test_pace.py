"""20 a minute per robot, by a clock of our own."""

import datetime as dt
import threading
from collections import Counter

import pytest
from django.db import connection
from django.utils import timezone

from messaging.claims import CLAIM_EXPIRES, claim
from messaging.models import Channel, OutboxRow, RowState
from messaging.pace import PER_MINUTE
from messaging.tasks import sweep
from tests import factories
from tests.messaging.rows import group, to_group
from tests.servers import Answer


class Clock:
    """The hour of timezone.now(), until it is told otherwise."""

    def __init__(self):
        self.time = dt.datetime(2026, 11, 20, 9, tzinfo=dt.UTC)

    def forward(self, seconds):
        self.time += dt.timedelta(seconds=seconds)


@pytest.fixture
def clock(monkeypatch):
    clock = Clock()
    monkeypatch.setattr(timezone, "now", lambda: clock.time)
    return clock


def rows(one, count):
    now = timezone.now()
    return [to_group(one, number, created_at=now, next_try_at=now) for number in range(count)]


def test_a_robot_gets_twenty_a_minute_in_order_and_nothing_fails(people, robot, clock):
    one = group(people, robot.webhook)
    rows(one, 47)
    seen = []
    for _ in range(14):
        seen.append(sweep())
        clock.forward(10)
    assert seen == [20, 0, 0, 0, 0, 0, 20, 0, 0, 0, 0, 0, 7, 0]
    assert [text.splitlines()[0] for text in robot.texts()] == [f"**接待日安排{n}**" for n in range(47)]
    assert not OutboxRow.objects.exclude(state=RowState.SENT).exists()


def test_what_waits_for_a_place_is_no_attempt(people, robot, clock):
    rows(group(people, robot.webhook), 25)
    sweep()
    waiting = OutboxRow.objects.filter(state=RowState.WAITING)
    assert {row.attempts for row in waiting} == {0} and {row.error for row in waiting} == {""}
    assert {row.next_try_at for row in waiting} == {clock.time + dt.timedelta(minutes=1)}


def test_each_robot_has_its_own_twenty(people, robot, clock):
    for number in range(3):
        rows(group(people, robot.webhook_of(f"robot-{number}"), name=f"群{number}"), 22)
    assert sweep() == 60
    assert Counter(one.query["key"][0] for one in robot.received) == {f"robot-{n}": 20 for n in range(3)}


def test_attempts_that_failed_count_as_well(people, robot, clock):
    one = group(people, robot.webhook)
    rows(one, 20)
    robot.say(status=500)
    sweep()
    robot.say(errcode=0)
    to_group(one, 99, created_at=clock.time, next_try_at=clock.time)
    clock.forward(50)
    assert sweep() == 0
    clock.forward(10)
    assert sweep() > 0


def test_claims_of_another_worker_count_until_they_run_out(people, robot, clock):
    one = group(people, robot.webhook)
    rows(one, 30)
    assert len(claim(Channel.WECOM)) == PER_MINUTE  # and that worker was killed
    assert sweep() == 0
    clock.forward(61)
    assert sweep() == 0
    clock.forward(CLAIM_EXPIRES.total_seconds())
    assert sweep() == 20


def test_no_minute_holds_more_than_twenty_however_the_sweeps_fall(people, robot, clock):
    one = group(people, robot.webhook)
    rows(one, 90)
    for seconds in (7, 23, 41, 5, 61, 13, 2, 59, 33, 17, 48, 60, 9, 44, 31, 60, 60):
        sweep()
        clock.forward(seconds)
    times = sorted(OutboxRow.objects.filter(state=RowState.SENT).values_list("sent_at", flat=True))
    assert len(times) == 90
    assert max(sum(start <= at < start + dt.timedelta(minutes=1) for at in times) for start in times) == 20


def test_a_slow_robot_takes_its_places_until_a_minute_after_each_answer(people, robot, clock):
    """Twenty answers of three seconds each: the claim is a minute old when the last one comes."""
    rows(group(people, robot.webhook), 40)

    def slowly(_):
        clock.forward(3)
        return Answer()

    robot.answer = slowly
    assert sweep() == 20
    for _ in range(12):
        sweep()
        clock.forward(10)
    times = sorted(OutboxRow.objects.filter(state=RowState.SENT).values_list("sent_at", flat=True))
    assert len(times) == 40
    assert max(sum(start <= at < start + dt.timedelta(minutes=1) for at in times) for start in times) == 20


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_workers_that_claim_at_once_keep_to_it_together(robot):
    people = factories.cast()
    rows(group(people, robot.webhook), 60)

    def work():
        try:
            sweep()
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert len(robot.received) == 20
    assert len(set(robot.texts())) == 20
