"""Large imports: handed to a worker, looked at while they run, all or nothing whatever becomes of the worker."""

import datetime as dt
import os
import signal
import time

import pytest
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connections
from django.urls import reverse
from django.utils import timezone

from deputies.models import Deputy
from history.models import Event
from imports import changes, jobs, progress, tasks, undoing
from imports.kinds import KINDS
from imports.models import Import, State
from imports.stages import Stage
from liaison.lib import jobs as lib
from messaging.models import OutboxRow
from stations.models import StationStaff
from tests.imports.files import deputies
from tests.imports.test_pages import send

NAMES = ("赵一", "钱二", "孙三")


@pytest.fixture
def large(settings):
    """Two rows are at once; three are a worker's."""
    settings.IMPORT_ROWS_AT_ONCE = 2


def rows(people, count=3):
    return [(name, "县代表", "", people.town.name) for name in NAMES[:count]]


def uploaded(people, count=3):
    content = deputies(*rows(people, count))
    return changes.upload(KINDS["deputies"], people.hub, actor=people.hub_staff, name="代表.xlsx", content=content)


def worked(one):
    """A worker takes it; the import as it is then."""
    job = jobs.claim(one.pk)
    assert job is not None
    jobs.carry_out(job)
    return Import.objects.get(pk=one.pk)


def checked(people):
    return worked(uploaded(people))


def confirmed(people):
    return changes.confirm(checked(people).pk, actor=people.hub_staff)


def fall_silent():
    Import.objects.update(alive_at=timezone.now() - lib.SILENT - dt.timedelta(seconds=1))


def imported():
    return set(Deputy.objects.filter(name__in=NAMES).values_list("name", flat=True))


def messages_to(person):
    return list(OutboxRow.objects.filter(person=person, channel="in_app").order_by("pk").values_list("subject", "link"))


# --- handed over -------------------------------------------------------------------------------


def test_few_rows_are_done_at_once_and_many_are_handed_over(people, large):
    assert uploaded(people, 2).state == State.WAITING
    one = uploaded(people)
    assert (one.state, one.rows, changes.preview(one)) == (State.CHECKING, 3, None)


def test_from_the_upload_to_the_undo_by_a_worker(people, large, as_user):
    client = as_user(people.hub_staff)
    send(client, deputies(*rows(people)))
    one = Import.objects.get()
    address = reverse("imports:show", args=[one.pk])
    page = client.get(address).content.decode()
    assert "排队中，马上开始" in page and "every 2s" in page and "确认导入" not in page
    worked(one)
    assert "确认导入 3 行" in client.get(address).content.decode() and not imported()
    page = client.post(reverse("imports:confirm", args=[one.pk]), follow=True).content.decode()
    assert "全部写完才算数" in page and not imported()
    worked(one)
    assert imported() == set(NAMES) and "撤销这次导入" in client.get(address).content.decode()
    page = client.post(reverse("imports:undo", args=[one.pk]), follow=True).content.decode()
    assert "正在撤销" in page and imported()
    assert worked(one).state == State.UNDONE and not imported()
    assert messages_to(people.hub_staff) == [
        ("请确认导入：代表", address),
        ("导入已完成：代表", address),
        ("已撤销导入：代表", address),
    ]
    assert [event.actor for event in Event.objects.filter(action__in=("import", "import_undo"))] == [
        people.hub_staff,
        people.hub_staff,
    ]


def test_a_worker_takes_it_from_the_queue(people, large, worker):
    one = uploaded(people)
    until = time.monotonic() + 30
    while Import.objects.get().is_running and time.monotonic() < until:
        time.sleep(0.05)
    assert Import.objects.get(pk=one.pk).new == 3


def test_the_sweep_begins_what_the_broker_lost(people, large, queue):
    uploaded(people)
    assert tasks.sweep_imports() == 1 and queue() == 1


def test_one_is_done_at_a_time_and_the_next_is_begun_after_it(people, large, queue):
    first, second = uploaded(people), uploaded(people)
    job = jobs.claim(first.pk)
    assert jobs.claim(second.pk) is None
    jobs.carry_out(job)
    assert tasks.carry_out(second.pk) and queue() == 0


# --- how far -----------------------------------------------------------------------------------


def test_the_page_says_how_far_it_is(people, large, as_user, monkeypatch):
    monkeypatch.setattr(lib, "TOLD_EVERY", 0.0)
    one = confirmed(people)
    said = []
    monkeypatch.setattr(cache, "set", lambda key, value, timeout: said.append((key, value)))
    job = jobs.claim(one.pk)
    jobs.carry_out(job)
    assert [value["stage"] for _, value in said] == [Stage.MATCH.value, Stage.WRITE.value]
    monkeypatch.undo()
    Import.objects.update(state=State.WRITING, rows=100_000)
    key, value = said[-1]
    cache.set(key, {**value, "done": 50_000, "percent": 67}, 60)
    part = as_user(people.hub_staff).get(reverse("imports:show", args=[one.pk]), headers={"HX-Request": "true"})
    html = part.content.decode()
    assert "正在写入：50,000 / 100,000 行" in html and 'style="width: 67%"' in html and "<html" not in html


def test_the_stages_are_shares_of_a_hundred(people, large, monkeypatch):
    monkeypatch.setattr(lib, "TOLD_EVERY", 0.0)
    job = jobs.claim(confirmed(people).pk)
    job.rows = 1000
    tell = progress.Progress(job)
    for stage, done, percent in (
        (Stage.READ, 500, 5),
        (Stage.MATCH, 0, 10),
        (Stage.WRITE, 0, 35),
        (Stage.WRITE, 1000, 99),
    ):
        tell(stage, done)
        assert progress.shown(job).percent == percent


def test_a_page_that_waited_is_shown_anew_once_it_is_done(people, large, as_user):
    one = checked(people)
    answer = as_user(people.hub_staff).get(reverse("imports:show", args=[one.pk]), headers={"HX-Request": "true"})
    assert answer["HX-Refresh"] == "true"


# --- twice, killed, stopped --------------------------------------------------------------------


def test_a_task_that_comes_twice_writes_once(people, large):
    one = confirmed(people)
    assert tasks.carry_out(one.pk) and not tasks.carry_out(one.pk)
    assert Deputy.objects.filter(name=NAMES[0]).count() == 1 and Event.objects.filter(action="import").count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_worker_killed_while_it_writes_leaves_nothing_and_another_does_it(people, large, monkeypatch):
    one = confirmed(people)
    events = Event.objects.count()
    connections.close_all()
    pid = os.fork()
    if not pid:  # the worker

        def die(made):
            assert imported() == set(NAMES)  # in its transaction they are there
            os.kill(os.getpid(), signal.SIGKILL)

        monkeypatch.setattr("imports.rows.Written.stamp_created", lambda self, made: die(made))
        try:
            jobs.carry_out(jobs.claim(one.pk))
        finally:
            os._exit(1)
    assert os.WTERMSIG(os.waitpid(pid, 0)[1]) == signal.SIGKILL
    assert not imported() and Event.objects.count() == events
    assert jobs.claim(one.pk) is None  # it may live
    fall_silent()
    assert worked(one).state == State.DONE and imported() == set(NAMES)


@pytest.mark.parametrize("stage", [uploaded, confirmed])
def test_who_was_taken_for_dead_writes_nothing_more(people, large, stage):
    one = stage(people)
    first = jobs.claim(one.pk)
    fall_silent()
    second = jobs.claim(one.pk)
    assert not jobs.carry_out(first) and not imported()
    assert Import.objects.get(pk=one.pk).state == one.state
    assert jobs.carry_out(second)


@pytest.mark.parametrize(
    ("stage", "back"), [(uploaded, State.DROPPED), (confirmed, State.WAITING)], ids=["checking", "writing"]
)
def test_what_was_broken_off_three_times_is_said(people, large, stage, back):
    one = stage(people)
    for _ in range(lib.PATIENCE):
        assert jobs.claim(one.pk)
        fall_silent()
    assert jobs.claim(one.pk) is None
    one.refresh_from_db()
    assert one.state == back and one.decided_by is None and "多次中断" in one.error
    assert messages_to(people.hub_staff)[-1][0] == "导入没有完成：代表"


def test_stopping_it_stops_the_worker(people, large, as_user):
    for one in (uploaded(people), confirmed(people)):
        job = jobs.claim(one.pk)
        page = as_user(people.hub_staff).post(reverse("imports:drop", args=[one.pk]), follow=True).content.decode()
        assert "没有导入" in page
        assert not jobs.carry_out(job) and not imported()
        assert Import.objects.get(pk=one.pk).state == State.DROPPED


def test_what_was_written_is_not_stopped_any_more(people, large):
    one = worked(confirmed(people))
    with pytest.raises(ValidationError, match="已经处理过"):
        changes.drop(one.pk, actor=people.hub_staff)


# --- what goes wrong ---------------------------------------------------------------------------


def test_a_county_that_changed_meanwhile_is_looked_at_again(people, large, as_user):
    one = confirmed(people)
    Deputy.objects.create(county=people.county, name=NAMES[0], level="county", home_station=people.town)
    one = worked(one)
    assert (one.state, one.new, one.same) == (State.WAITING, 2, 1) and imported() == {NAMES[0]}
    page = as_user(people.hub_staff).get(reverse("imports:show", args=[one.pk])).content.decode()
    assert "预览已经更新" in page and "确认导入 2 行" in page
    changes.confirm(one.pk, actor=people.hub_staff)
    assert worked(one).error == "" and imported() == set(NAMES)


def test_an_error_half_way_leaves_nothing_and_is_said(people, large, as_user, monkeypatch):
    one = confirmed(people)

    def fail(*args, **kwargs):
        raise DatabaseError("the disk is full")

    with monkeypatch.context() as patch:
        patch.setattr(changes, "note_down", fail)
        one = worked(one)
    assert one.state == State.WAITING and not imported()
    page = as_user(people.hub_staff).get(reverse("imports:show", args=[one.pk])).content.decode()
    assert "程序出错，什么都没有写入" in page and "确认导入 3 行" in page


def test_an_undo_that_something_depends_on_says_so(people, large):
    one = worked(confirmed(people))
    undoing.undo(one.pk, actor=people.hub_staff)
    Deputy.objects.filter(name=NAMES[0]).update(post="校长")
    one = worked(one)
    assert one.state == State.DONE and one.undone_by is None and "资料改过" in one.error
    assert imported() == set(NAMES)


def test_a_seat_that_was_lost_ends_it(people, large):
    one = confirmed(people)
    StationStaff.objects.filter(user=people.hub_staff).update(station=people.other_town)
    one = worked(one)
    assert one.state == State.WAITING and "岗位" in one.error and not imported()


def test_a_check_that_no_worker_took_is_forgotten_after_a_day(people, large):
    one = uploaded(people)
    assert changes.erase_expired(timezone.now() + dt.timedelta(days=1, minutes=1)) == 1
    one.refresh_from_db()
    assert one.state == State.DROPPED and not one.payload.sheet
