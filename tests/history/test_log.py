import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.db.utils import DatabaseError

from history import log
from history.models import Event
from suggestions.choices import State
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def case():
    return factories.case_in(factories.cast(), State.CLOSED)


def tamper(sql, *params):
    """As somebody with the database's password would, past the application and (PostgreSQL) past the trigger."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # no trigger may wait while the table is altered
            cursor.execute("ALTER TABLE history_event DISABLE TRIGGER history_append_only")
        cursor.execute(sql, params)
        if connection.vendor == "postgresql":
            cursor.execute("ALTER TABLE history_event ENABLE TRIGGER history_append_only")


def verify(capsys):
    with pytest.raises(CommandError, match="处问题"):
        call_command("verify_events")
    return capsys.readouterr().err


def test_an_untouched_history_verifies(case, capsys):
    call_command("verify_events")
    assert "没有问题" in capsys.readouterr().out


def test_a_changed_event_is_found(case, capsys):
    tamper("UPDATE history_event SET action = 'refuse' WHERE chain = %s AND seq = 3", case.chain)
    assert f"{case.chain} #3: 内容被改动" in verify(capsys)


@pytest.mark.parametrize("column", ["before", "after"])
def test_a_changed_value_is_found(case, capsys, column):
    tamper(f"UPDATE history_event SET {column} = '{{}}' WHERE chain = %s AND seq = 3", case.chain)
    assert "#3: 内容被改动" in verify(capsys)


def test_a_changed_note_is_found(case, capsys):
    tamper("UPDATE history_event SET note = '改了' WHERE chain = %s AND seq = 2", case.chain)
    assert "#2: 说明被改动" in verify(capsys)


def test_an_event_taken_out_of_the_middle_is_found(case, capsys):
    tamper("DELETE FROM history_event WHERE chain = %s AND seq = 3", case.chain)
    assert "#4" in verify(capsys)


def test_a_removed_tail_is_found(case, capsys):
    tamper("DELETE FROM history_event WHERE chain = %s AND seq = %s", case.chain, case.event_seq)
    assert f"{case.number}: 记录到第 {case.event_seq - 1} 条，应有 {case.event_seq} 条" in verify(capsys)


def test_a_state_moved_behind_the_historys_back_is_found(case, capsys):
    type(case).objects.filter(pk=case.pk).update(state=State.REPLIED, due_on="2026-01-01")
    assert "状态为 replied，最后一条记录为 closed" in verify(capsys)


def test_events_of_a_case_that_is_gone_are_found(case, capsys):
    log.append("case:999999", action="register")
    assert "case:999999: 有记录而没有这件意见" in verify(capsys)


def test_an_erased_note_still_verifies(case):
    assert log.erase_notes(case.chain) >= 0
    call_command("verify_events")


def test_the_application_never_changes_or_deletes_an_event(case):
    event = Event.objects.first()
    with pytest.raises(TypeError):
        event.save()
    with pytest.raises(TypeError):
        event.delete()
    with pytest.raises(TypeError):
        Event.objects.update(action="x")
    with pytest.raises(TypeError):
        Event.objects.all().delete()


@pytest.mark.postgres
@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE history_event SET action = 'x'",
        "UPDATE history_event SET note = '', note_erased = true, action = 'x'",
        "DELETE FROM history_event",
    ],
)
def test_the_database_itself_refuses_to_change_or_delete(case, sql):
    with pytest.raises(DatabaseError, match="never changed or deleted"), transaction.atomic():
        connection.cursor().execute(sql)


def test_an_event_says_who_in_which_seat_and_what_changed(case):
    event = Event.objects.get(chain=case.chain, action="assign")
    assert event.actor.username == "BA-town_staff" and event.seat == "博爱县甲镇联络站"
    assert event.before["state"] == "registered" and event.after["state"] == "assigned"
    assert event.after["co"] == ["农业服务中心"]
