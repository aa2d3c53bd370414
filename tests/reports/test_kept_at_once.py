"""Writers, keepers and readers at once: nothing is lost, and no reader sees a number that never was."""

import threading

import pytest
from django.db import connection, transaction
from django.utils import timezone

from reports import scopes, upkeep
from reports.figures import figures_of
from reports.models import TouchedDay
from reports.periods import preset
from suggestions.models import Suggestion
from tests import factories

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]


def test_two_keepers_a_writer_and_a_reader(people):
    cases = [factories.register(people) for _ in range(6)]
    over, trouble = threading.Event(), []

    def run(work):
        try:
            work()
        except Exception as error:
            trouble.append(error)
        finally:
            connection.close()

    def write():
        for number in range(60):
            case = cases[number % len(cases)]
            channel = ("phone", "visit", "letter")[number % 3]
            Suggestion.objects.filter(pk=case.pk).update(channel=channel, created_at=timezone.now())
        over.set()

    def keep():
        while not over.is_set():
            upkeep.refresh()

    def read():
        county = scopes.of_county(people.county)
        while not over.is_set():
            found = figures_of(county, preset("year"))
            # Cases change their channel and come in again, none comes or goes.
            assert found.now.tally.received == len(cases), found.now
            assert sum(found.channels.values()) == len(cases)

    threads = [threading.Thread(target=run, args=(work,)) for work in (write, keep, keep, read)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert trouble == []
    upkeep.refresh()
    assert not TouchedDay.objects.exists() and list(upkeep.check(people.county)) == []


def test_who_keeps_waits_for_who_keeps(people):
    """An older count that came later would stand for good: its marks are gone."""
    factories.register(people)
    done = threading.Event()

    def second():
        upkeep.refresh()
        done.set()
        connection.close()

    with transaction.atomic():
        upkeep._lock()
        thread = threading.Thread(target=second)
        thread.start()
        assert not done.wait(0.5)
    thread.join(30)
    assert done.is_set() and not TouchedDay.objects.exists()
