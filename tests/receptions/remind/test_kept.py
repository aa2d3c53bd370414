"""How a telling is kept: in the history, all or nothing, in few queries."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from history import log
from history.models import Event
from messaging.models import OutboxRow
from noticeboard.models import Notice, WorkGroup
from receptions import reminders
from receptions.models import ReceptionDay
from stations.models import OfficerKind, ResidentOfficer, Station
from tests import factories
from tests.receptions.remind.scene import DAY, FIVE_BEFORE, a_deputy, change, run, silent


def test_telling_is_in_the_history_of_the_day_and_of_the_notice_and_the_chains_hold(people, day):
    run()
    change(day, place="文化广场")
    run()
    silent(day)
    assert list(Event.objects.filter(chain=day.chain).values_list("action", flat=True)) == [
        "tell",
        "tell",
        "tell_again",
    ]
    assert list(Event.objects.filter(chain__startswith="notice:").values_list("action", flat=True)) == [
        "release",
        "update",
    ]
    assert list(log.broken_links()) == []


def test_nothing_is_told_where_the_event_cannot_be_written(people, day, monkeypatch):
    def fail(*args, **kwargs):
        raise RuntimeError

    monkeypatch.setattr("receptions.reminders.log.append_all", fail)
    with pytest.raises(RuntimeError):
        run()
    monkeypatch.undo()
    assert not OutboxRow.objects.exists() and not Notice.objects.exists() and not Event.objects.exists()
    day.refresh_from_db()
    assert day.to_tell


def test_the_number_of_queries_does_not_grow_with_the_days(people):
    def cost(many):
        for number in range(many):
            town = Station.objects.create(
                county=people.county, kind="township", name=f"{many}-{number}镇联络站", parent=people.hub
            )
            WorkGroup.objects.create(station=town, name="群", webhook="https://robot.example/send?key=k")
            ResidentOfficer.objects.create(station=town, name="王", kind=OfficerKind.JUDGE, phone=f"136{number:08d}")
            one = factories.reception_day(people, DAY, station=town)
            factories.on_duty(one, *(a_deputy(people, f"代{number}{n}", phone=f"13{n}{number:08d}") for n in range(5)))
        found = []
        for _ in range(2):
            with CaptureQueriesContext(connection) as queries:
                assert reminders.remind(now=FIVE_BEFORE).days == many
            found.append([query["sql"].split()[0] for query in queries])
            ReceptionDay.objects.update(to_tell=True, revision=2)
        ReceptionDay.objects.all().delete()
        return found

    few, many = cost(3), cost(60)
    assert max(map(len, few)) <= 30
    # SQLite takes some dozen rows in one INSERT, whatever one does.
    assert [sql.count("SELECT") for sql in few] == [sql.count("SELECT") for sql in many]
    assert max(map(len, many)) <= 60
