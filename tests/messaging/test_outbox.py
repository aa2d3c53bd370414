import threading
import time

import pytest
from django.core.cache import cache
from django.db import connection, transaction
from django.utils import timezone

from messaging import outbox
from messaging.claims import CLAIM_EXPIRES, claim
from messaging.models import Channel, OutboxRow, RowState
from messaging.tasks import BACK_OFF, sweep
from suggestions import workflow
from suggestions.choices import State
from tests import factories
from tests.locks import second_waits
from tests.suggestions.test_atomicity import race


@pytest.fixture
def people(db):
    cache.clear()
    people = factories.cast()
    people.clerk.email = "clerk@example.test"
    people.clerk.save()
    return people


def row():
    return OutboxRow.objects.get(channel=Channel.EMAIL)


def test_an_assignment_reaches_the_department_by_mail_with_a_link(people, mailbox):
    case = factories.case_in(people, State.ASSIGNED)
    assert sweep() == 1
    text = mailbox.received[0].content.decode()
    assert mailbox.received[0].rcpt_tos == ["clerk@example.test"]
    assert row().state == RowState.SENT and f"/cases/{case.pk}/" in row().link
    assert "Subject:" in text


def test_nothing_is_sent_for_a_step_that_was_rolled_back(people, mailbox):
    case = factories.case_in(people, State.REGISTERED)
    with transaction.atomic():
        workflow.assign(case.pk, lead=people.town_department, by=people.town_staff)
        transaction.set_rollback(True)
    assert sweep() == 0 and not mailbox.received


@pytest.mark.django_db(transaction=True)
def test_the_sender_is_woken_only_after_the_commit(queue):
    people = factories.cast()
    people.clerk.email = "clerk@example.test"
    people.clerk.save()
    case = factories.case_in(people, State.REGISTERED)
    with transaction.atomic():
        workflow.assign(case.pk, lead=people.town_department, by=people.town_staff)
        assert queue() == 0 and row().state == RowState.WAITING
    assert queue() == 1


@pytest.mark.django_db(transaction=True)
def test_a_worker_sends_what_a_step_told(worker, mailbox):
    people = factories.cast()
    people.clerk.email = "clerk@example.test"
    people.clerk.save()
    factories.case_in(people, State.ASSIGNED)
    for _ in range(100):
        if mailbox.received:
            break
        time.sleep(0.1)
    assert [envelope.rcpt_tos for envelope in mailbox.received] == [["clerk@example.test"]]


def test_the_same_told_twice_is_one_row(people):
    written = [outbox.tell(key="k", people=[people.clerk, people.clerk], subject="一次") for _ in range(2)]
    assert written == [2, 0] and OutboxRow.objects.filter(key="k").count() == 2  # in-app and e-mail


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_the_same_told_by_two_at_once_is_one_row_and_neither_fails():
    person = factories.user("somebody", email="one@example.test")

    def tell():
        return outbox.tell(key="k", people=[person], subject="一次")

    assert isinstance(second_waits(tell, tell), int)
    assert OutboxRow.objects.filter(key="k").count() == 2


def test_what_is_no_longer_true_is_dropped(people, mailbox):
    case = factories.case_in(people, State.ASSIGNED)
    workflow.take(case.pk, by=people.clerk)
    assert sweep() == 0 and row().state == RowState.DROPPED and not mailbox.received


def test_nobody_disabled_is_written_to(people, mailbox):
    factories.case_in(people, State.ASSIGNED)
    people.clerk.is_active = False
    people.clerk.save()
    assert sweep() == 0 and row().state == RowState.DROPPED


def test_a_refusing_server_is_tried_again_later_and_finally_shown_as_failed(people, mailbox):
    factories.case_in(people, State.ASSIGNED)
    mailbox.answer = "451 try later"
    for attempt in range(1, len(BACK_OFF) + 1):
        assert sweep() == 0
        assert row().state == RowState.WAITING and row().attempts == attempt and row().next_try_at > timezone.now()
        assert sweep() == 0 and row().attempts == attempt  # not before its time
        OutboxRow.objects.filter(pk=row().pk).update(next_try_at=timezone.now())
    sweep()
    assert row().state == RowState.FAILED and "451" in row().error


def test_a_missing_mail_server_is_said_in_words(people, settings):
    settings.EMAIL_HOST = ""
    factories.case_in(people, State.ASSIGNED)
    sweep()
    assert row().state == RowState.FAILED and "没有配置邮件服务器" in row().error


def test_rows_of_a_killed_worker_are_taken_over_after_a_while(people, mailbox):
    factories.case_in(people, State.ASSIGNED)
    OutboxRow.objects.filter(pk=row().pk).update(state=RowState.SENDING, claimed_at=timezone.now())
    assert sweep() == 0
    OutboxRow.objects.filter(pk=row().pk).update(claimed_at=timezone.now() - CLAIM_EXPIRES * 1.1)
    assert sweep() == 1 and len(mailbox.received) == 1


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_rows_that_one_worker_is_claiming_are_passed_over_by_the_next():
    person = factories.user("somebody", email="one@example.test")
    outbox.tell(key="k", people=[person], subject="一封")

    def impatient():
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '2s'")
        return claim(Channel.EMAIL)

    with transaction.atomic():
        assert len(claim(Channel.EMAIL)) == 1
        assert race(impatient) == [[]]


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_send_each_row_once(mailbox):
    person = factories.user("somebody", email="one@example.test")
    for number in range(30):
        outbox.tell(key=f"k{number}", people=[person], subject=f"第{number}封")
    OutboxRow.objects.filter(channel=Channel.EMAIL).update(state=RowState.WAITING, attempts=0)
    already = len(mailbox.received)

    def work():
        try:
            sweep()
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert len(mailbox.received) - already == 30
    assert not OutboxRow.objects.exclude(state=RowState.SENT).exists()


@pytest.mark.django_db(transaction=True)
def test_a_dead_broker_delays_and_loses_nothing(settings, mailbox):
    from liaison.celery import app

    old = app.conf.broker_url
    app.conf.broker_url = "redis://127.0.0.1:1/0"
    try:
        people = factories.cast()
        people.clerk.email = "clerk@example.test"
        people.clerk.save()
        case = factories.case_in(people, State.ASSIGNED)
    finally:
        app.conf.broker_url = old
    assert case.state == State.ASSIGNED
    sweep()
    assert row().state == RowState.SENT


def test_what_is_carried_in_from_long_ago_tells_nobody(people):
    with outbox.muted():
        factories.case_in(people, State.ASSIGNED)
    assert not OutboxRow.objects.exists()
