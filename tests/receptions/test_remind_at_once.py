"""Two reminder tasks at the same moment, on the database as it is used."""

import datetime as dt
import threading

import pytest
from django.db import connection
from django.utils import timezone

from history.models import Event
from messaging.models import OutboxRow
from noticeboard import system
from noticeboard.models import Notice
from receptions import reminders
from receptions.models import ReceptionDay
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def days():
    people = factories.cast()
    tomorrow = timezone.localdate() + dt.timedelta(days=1)
    made = []
    for station, deputy in ((people.town, people.deputy), (people.other_town, people.other_deputy)):
        made.append(factories.reception_day(people, tomorrow, station=station, ends_at=dt.time(23, 59)))
        factories.on_duty(made[-1], deputy)
    return made


class Run(threading.Thread):
    """One task in a thread, with a connection of its own."""

    def __init__(self):
        super().__init__(daemon=True)
        self.told, self.error = reminders.Told(), None

    def run(self):
        try:
            self.told = reminders.remind()
        except Exception as error:
            self.error = error
        finally:
            connection.close()


def test_the_second_tells_nothing_that_the_first_is_telling(days, monkeypatch):
    inside, go_on = threading.Event(), threading.Event()
    real = system.keep_all

    def slow(*args, **kwargs):
        """The first to come here has its days locked and waits."""
        if not inside.is_set():
            inside.set()
            assert go_on.wait(20)
        return real(*args, **kwargs)

    monkeypatch.setattr(system, "keep_all", slow)
    first, second = Run(), Run()
    first.start()
    assert inside.wait(20)
    second.start()
    if connection.vendor == "postgresql":  # it passes the locked days by; on SQLite it waits for the only writer
        second.join(20)
        assert not second.is_alive()
    go_on.set()
    first.join(20)
    second.join(20)
    assert (first.error, second.error) == (None, None)
    assert (first.told.days, second.told.days) == (2, 0)
    assert first.told.rows == OutboxRow.objects.count() == 3
    assert Notice.objects.count() == Event.objects.filter(action="tell").count() == 2
    assert not ReceptionDay.objects.exclude(told_round=1).exists()


def test_many_at_once_write_each_row_once(days, monkeypatch):
    monkeypatch.setattr(reminders, "CHUNK", 1)
    runs = [Run() for _ in range(4)]
    for run in runs:
        run.start()
    for run in runs:
        run.join(30)
    assert [run.error for run in runs] == [None] * 4
    assert sum(run.told.rows for run in runs) == OutboxRow.objects.count() == 3
    assert not ReceptionDay.objects.exclude(told_round=1, to_tell=False).exists()
