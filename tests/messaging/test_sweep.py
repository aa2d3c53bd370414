"""What holds for all channels: bounded time, claims, kills, faults."""

import multiprocessing
import os
import signal
import time
from datetime import timedelta

import pytest
from django.db import connections
from django.utils import timezone

from messaging import tasks
from messaging.claims import CLAIM_EXPIRES, claim, finish
from messaging.models import Channel, OutboxRow, RowState
from messaging.tasks import BACK_OFF, sweep
from tests import factories
from tests.messaging.rows import group, to_deputy, to_group


def with_mail(deputy):
    deputy.user.email = "deputy@example.test"
    deputy.user.save()
    return deputy


def boom(pk):
    raise RuntimeError("secret 13800001234")


def test_mail_refused_for_ever_is_failed_at_once_with_a_reason(people, mailbox):
    row = to_deputy(with_mail(people.deputy), Channel.EMAIL)
    mailbox.refused["deputy@example.test"] = "550 no such user deputy@example.test"
    assert sweep() == 0
    row.refresh_from_db()
    assert row.state == RowState.FAILED and row.attempts == 1 and "没有这个邮箱" in row.error
    assert "550" in row.error and "@" not in row.error


def test_mail_refused_for_now_is_tried_again(people, mailbox):
    row = to_deputy(with_mail(people.deputy), Channel.EMAIL)
    mailbox.refused["deputy@example.test"] = "450 greylisted"
    sweep()
    row.refresh_from_db()
    assert row.state == RowState.WAITING and "450" in row.error and row.next_try_at > timezone.now()
    mailbox.refused.clear()
    OutboxRow.objects.update(next_try_at=timezone.now())
    assert sweep() == 1


def test_a_mail_whose_content_is_refused_fails(people, mailbox):
    row = to_deputy(with_mail(people.deputy), Channel.EMAIL)
    mailbox.answer = "554 looks like spam"
    sweep()
    row.refresh_from_db()
    assert row.state == RowState.FAILED and "554" in row.error


def test_a_mail_server_that_is_down_is_tried_again(people, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    row = to_deputy(with_mail(people.deputy), Channel.EMAIL)
    sweep()
    row.refresh_from_db()
    assert row.state == RowState.WAITING and "连不上邮件服务器" in row.error


def test_an_address_that_is_gone_or_is_none_is_said(people, mailbox):
    row = to_deputy(people.deputy, Channel.EMAIL)
    sweep()
    row.refresh_from_db()
    assert row.state == RowState.FAILED and row.error == "收件人没有填写邮箱。"
    people.deputy.user.email = "x\ny@example.test"
    people.deputy.user.save()
    other = to_deputy(people.deputy, Channel.EMAIL, key="day:2", subject="两行\n标题")
    sweep()
    other.refresh_from_db()
    assert other.state == RowState.FAILED and "格式不对" in other.error


def test_a_channel_that_hangs_keeps_the_others_waiting_no_longer_than_its_slice(
    people, robot, mailbox, settings, monkeypatch, queue
):
    """The robot stands before the mail here, and its time is up after the first message."""
    settings.HTTP_TIMEOUT = (0.3, 0.3)
    monkeypatch.setattr(tasks, "SENDERS", dict(reversed(tasks.SENDERS.items())))
    monkeypatch.setattr(tasks, "SLICE", 0)
    robot.say(hang=True)
    one = group(people, robot.webhook)
    rows = [to_group(one, number) for number in range(5)]
    to_deputy(with_mail(people.deputy), Channel.EMAIL)
    assert sweep() == 1
    assert len(robot.received) == 1 and len(mailbox.received) == 1
    kept = OutboxRow.objects.filter(pk__in=[row.pk for row in rows[1:]])
    assert set(kept.values_list("state", "attempts", "claimed_at")) == {(RowState.WAITING, 0, None)}


def test_what_was_left_over_is_asked_for_at_once(people, mailbox, monkeypatch):
    woken = []
    monkeypatch.setattr(tasks.outbox, "wake_sender", lambda: woken.append(1))
    monkeypatch.setattr(tasks, "SLICE", 0)
    with_mail(people.deputy)
    for number in range(3):
        to_deputy(people.deputy, Channel.EMAIL, key=f"day:{number}")
    for sent in range(1, 4):
        assert sweep() == 1 and len(mailbox.received) == sent == len(woken)
    assert sweep() == 0 and len(woken) == 3


def test_a_fault_in_one_row_stops_no_other_and_betrays_nothing(people, mailbox, caplog):
    with_mail(people.deputy)
    bad = to_deputy(people.deputy, Channel.EMAIL, relevance="tests.messaging.test_sweep.boom:1")
    gone = to_deputy(people.deputy, Channel.EMAIL, key="day:2", contact="no.such.room:1")
    to_deputy(people.deputy, Channel.EMAIL, key="day:3")
    assert sweep() == 1
    for row in (bad, gone):
        row.refresh_from_db()
        assert row.state == RowState.WAITING and row.error == "发送程序出错，请告诉系统管理员。"
    assert "RuntimeError" in caplog.text and "13800001234" not in caplog.text


def test_back_off_grows_and_ends(people, mailbox):
    row = to_deputy(with_mail(people.deputy), Channel.EMAIL)
    mailbox.answer = "451 later"
    waits = []
    for _ in BACK_OFF:
        before = timezone.now()
        sweep()
        row.refresh_from_db()
        waits.append(round((row.next_try_at - before).total_seconds() / 60))
        OutboxRow.objects.update(next_try_at=timezone.now())
    assert tuple(waits) == BACK_OFF
    sweep()
    row.refresh_from_db()
    assert row.state == RowState.FAILED


def test_a_worker_that_comes_back_late_cannot_undo_what_another_did(people, mailbox):
    row = to_deputy(with_mail(people.deputy), Channel.EMAIL)
    held = claim(Channel.EMAIL)[0]
    OutboxRow.objects.update(claimed_at=timezone.now() - CLAIM_EXPIRES * 1.1)
    assert sweep() == 1
    finish(held, state=RowState.FAILED, error="late")
    row.refresh_from_db()
    assert row.state == RowState.SENT and not row.error


def test_a_worker_that_comes_back_late_does_not_speak_for_the_one_that_holds_the_row_now(people, mailbox):
    row = to_deputy(with_mail(people.deputy), Channel.EMAIL)
    late = claim(Channel.EMAIL)[0]
    OutboxRow.objects.update(claimed_at=timezone.now() - CLAIM_EXPIRES * 1.1)
    claim(Channel.EMAIL)
    finish(late, state=RowState.FAILED, error="late")
    row.refresh_from_db()
    assert row.state == RowState.SENDING and row.attempts == 2


@pytest.mark.django_db(transaction=True)
def test_a_worker_killed_while_sending_is_stood_in_for(robot, settings):
    """A real SIGKILL while the robot lets the worker wait; then once more, by another, when the claim has run out."""
    people = factories.cast()
    row = to_group(group(people, robot.webhook))
    settings.HTTP_TIMEOUT = (5.0, 60.0)
    robot.say(hang=True)
    connections.close_all()
    process = multiprocessing.get_context("fork").Process(target=sweep)
    process.start()
    while not robot.received and process.is_alive():
        time.sleep(0.01)
    os.kill(process.pid, signal.SIGKILL)
    process.join()
    assert process.exitcode == -signal.SIGKILL
    robot.say(errcode=0)
    assert sweep() == 0
    row.refresh_from_db()
    assert row.state == RowState.SENDING and row.attempts == 1
    OutboxRow.objects.update(claimed_at=timezone.now() - CLAIM_EXPIRES - timedelta(seconds=1))
    assert sweep() == 1
    row.refresh_from_db()
    assert row.state == RowState.SENT and row.attempts == 2 and len(robot.received) == 2
