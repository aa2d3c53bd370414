"""Either everything of a step happened or nothing did."""

import threading

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, OperationalError, connection

from history import log
from history.models import Event
from messaging.models import OutboxRow
from stations.models import County
from suggestions import workflow
from suggestions.choices import State
from suggestions.errors import Stale, WorkflowError
from suggestions.models import Assignment, Attachment, NumberSeries, Suggestion
from tests import factories


def occupy_next_event(case):
    """Takes the place of the next event of ``case``, so that a step's own insert must fail."""
    blocker = Event.objects.get(chain=case.chain, seq=case.event_seq)
    Event.objects.bulk_create([Event(chain=case.chain, seq=case.event_seq + 1, at=blocker.at, action="x")])


@pytest.mark.django_db(transaction=True)  # no transaction around the step but its own
def test_when_the_event_cannot_be_written_the_state_has_not_moved():
    people = factories.cast()
    case = factories.case_in(people, State.REGISTERED)
    occupy_next_event(case)
    with pytest.raises(IntegrityError):
        workflow.assign(case.pk, lead=people.town_department, by=people.town_staff)
    stored = Suggestion.objects.get(pk=case.pk)
    assert (stored.state, stored.version, stored.lead_id) == (State.REGISTERED, case.version, None)
    assert not Assignment.objects.exists()
    assert not OutboxRow.objects.filter(subject__startswith="新交办").exists()


@pytest.mark.django_db(transaction=True)
def test_when_nobody_can_be_told_the_step_has_not_happened(monkeypatch):
    people = factories.cast()
    case = factories.case_in(people, State.REGISTERED)
    events = Event.objects.count()

    def full(*args, **kwargs):
        raise OperationalError("disk full")

    monkeypatch.setattr(OutboxRow.objects, "bulk_create", full)
    with pytest.raises(OperationalError):
        workflow.assign(case.pk, lead=people.town_department, by=people.town_staff)
    stored = Suggestion.objects.get(pk=case.pk)
    assert (stored.state, stored.version, stored.event_seq) == (State.REGISTERED, case.version, case.event_seq)
    assert Event.objects.count() == events and not Assignment.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_files_of_a_step_that_fails_are_not_left_on_the_disk():
    people = factories.cast()
    case = factories.case_in(people, State.HANDLING)
    occupy_next_event(case)
    before = sum(len(files) for _, _, files in walk_storage())
    with pytest.raises(IntegrityError):
        workflow.report(
            case.pk,
            result_kind="solved",
            text="修好了",
            by=people.clerk,
            files=[SimpleUploadedFile("照片.png", b"\x89PNG\r\n\x1a\n0000")],
        )
    assert sum(len(files) for _, _, files in walk_storage()) == before
    assert not Attachment.objects.exists()


@pytest.mark.django_db
def test_one_bad_file_among_good_ones_stores_none():
    people = factories.cast()
    case = factories.case_in(people, State.HANDLING)
    before = sum(len(files) for _, _, files in walk_storage())
    good = SimpleUploadedFile("照片.png", b"\x89PNG\r\n\x1a\n0000")
    with pytest.raises(Exception, match="类型不能上传"):
        workflow.report(
            case.pk, result_kind="solved", text="好", by=people.clerk, files=[good, SimpleUploadedFile("a.exe", b"MZ")]
        )
    assert sum(len(files) for _, _, files in walk_storage()) == before


def walk_storage():
    import os

    return os.walk(default_storage.location)


@pytest.mark.django_db
def test_a_registration_that_fails_leaves_no_gap_in_the_numbers():
    people = factories.cast()
    first = factories.register(people)
    with pytest.raises(Exception, match="空文件"):
        factories.register(people, files=[SimpleUploadedFile("a.png", b"")])
    second = factories.register(people)
    assert (first.seq, second.seq) == (1, 2)


@pytest.mark.django_db
def test_the_same_form_twice_makes_one_case():
    people = factories.cast()
    first = factories.register(people, token="t-1")
    assert factories.register(people, token="t-1", title="改过的标题").pk == first.pk
    assert Suggestion.objects.count() == 1 and NumberSeries.objects.get().last == 1


@pytest.mark.django_db
def test_numbers_run_per_county_and_year():
    import datetime as dt

    people, others = factories.cast(), factories.other_cast()
    at = dt.datetime(2025, 12, 31, 15, 0, tzinfo=dt.UTC)  # 23:00 in Shanghai
    late = dt.datetime(2025, 12, 31, 17, 0, tzinfo=dt.UTC)  # already 2026 there
    numbers = [factories.submit(people, at=at), factories.submit(people, at=late), factories.submit(others, at=late)]
    assert [case.number for case in numbers] == ["BA2025-00001", "BA2026-00001", "YZ2026-00001"]


@pytest.mark.django_db
def test_a_page_that_somebody_else_has_overtaken_is_stale():
    people = factories.cast()
    case = factories.case_in(people, State.REGISTERED)
    workflow.classify(case.pk, field="health", kind="opinion", by=people.town_staff, version=case.version)
    with pytest.raises(Stale, match="刚刚有了新的进展"):
        workflow.assign(case.pk, lead=people.town_department, by=people.hub_staff, version=case.version)


@pytest.mark.django_db
def test_time_does_not_run_backwards_or_ahead():
    import datetime as dt

    people = factories.cast()
    case = factories.case_in(people, State.ASSIGNED)
    with pytest.raises(WorkflowError, match="不能早于上一步"):
        workflow.take(case.pk, by=people.clerk, at=case.state_since - dt.timedelta(minutes=1))
    with pytest.raises(WorkflowError, match="不能晚于现在"):
        workflow.take(case.pk, by=people.clerk, at=case.state_since + dt.timedelta(hours=1))


def race(*calls):
    """Run ``calls`` at the same moment, each in a thread with a connection of its own; their results or errors."""
    barrier, results = threading.Barrier(len(calls)), [None] * len(calls)

    def run(index, call):
        barrier.wait()
        try:
            results[index] = call()
        except Exception as error:
            results[index] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_people_press_assign_at_once_and_one_reads_why_not():
    people = factories.cast()
    case = factories.case_in(people, State.REGISTERED)

    def press(user, department):
        return lambda: workflow.assign(case.pk, lead=department, by=user, version=case.version)

    results = race(press(people.town_staff, people.town_department), press(people.hub_staff, people.town_second))
    losers = [result for result in results if isinstance(result, Exception)]
    assert len(losers) == 1 and isinstance(losers[0], Stale)
    assert "现在是“已交办”" in losers[0].messages[0]
    assert Assignment.objects.filter(is_current=True, role="lead").count() == 1
    assert Event.objects.filter(chain=case.chain, action="assign").count() == 1


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_twenty_registrations_at_once_get_twenty_numbers_in_a_row():
    people = factories.cast()
    results = race(*[lambda: factories.register(people) for _ in range(20)])
    assert sorted(case.seq for case in results) == list(range(1, 21))


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_the_same_form_sent_twice_at_once_makes_one_case():
    people = factories.cast()
    results = race(*[lambda: factories.register(people, token="t-1") for _ in range(4)])
    assert len({case.pk for case in results}) == 1


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_events_of_a_countys_chain_written_at_once_form_one_chain():
    land: County = factories.cast().county
    race(*[lambda: log.append(land.chain, action="export") for _ in range(8)])
    assert list(Event.objects.filter(chain=land.chain).values_list("seq", flat=True)) == list(range(1, 9))
    assert not list(log.broken_links(land.chain))
