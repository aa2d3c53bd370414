"""Large exports: started by a press, written by one worker, fetched by their owner, forgotten after a week."""

import datetime as dt
import io
import os
import threading
import time

import pytest
from django.core.files.storage import default_storage
from django.db import connection
from django.utils import timezone
from openpyxl import load_workbook

from deputies.models import Deputy, Level
from history import log
from history.models import Event
from liaison.lib import jobs as lib
from messaging.models import OutboxRow
from reports import tasks
from reports.exports import jobs
from reports.exports.models import ExportJob, JobState
from stations.models import StationStaff
from suggestions import export
from tests import factories


@pytest.fixture
def large(settings):
    """More than one row is a large export."""
    settings.EXPORT_ROWS_AT_ONCE = 1


@pytest.fixture
def cases(people):
    return [factories.register(people, title=f"第{number}件") for number in range(5)]


def stored():
    return set(default_storage.listdir("exports")[1]) if default_storage.exists("exports") else set()


def write(job):
    claimed = jobs.claim(job.pk)
    assert claimed is not None
    return jobs.write(claimed)


def titles(answer):
    sheet = load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active
    return [row[4] for row in sheet.iter_rows(min_row=4, values_only=True)]


# --- started ---------------------------------------------------------------------------------


def test_many_rows_become_a_job_and_few_come_at_once(people, cases, as_user, settings, queue):
    client = as_user(people.hub_staff)
    settings.EXPORT_ROWS_AT_ONCE = 5
    assert client.get("/reports/exports/cases/")["Content-Type"].startswith("application/vnd.openxml")
    settings.EXPORT_ROWS_AT_ONCE = 4
    answer = client.get("/reports/exports/cases/?state=open&after=x")
    assert answer.status_code == 302 and answer["Location"] == "/reports/exports/"
    job = ExportJob.objects.get()
    assert (job.user, job.matters, job.query, job.state) == (people.hub_staff, ["cases"], "state=open", "waiting")
    assert job.seats == [f"station:{people.hub.pk}"] and job.words == "状态：在办（全部）；最新登记在前"


def test_two_presses_make_one_job(people, cases, large, as_user):
    client = as_user(people.hub_staff)
    for _ in range(2):
        client.get("/reports/exports/cases/?state=open")
    assert ExportJob.objects.count() == 1
    client.get("/reports/exports/cases/")
    assert ExportJob.objects.count() == 2


def test_nobody_has_more_than_five_waiting(people, cases, large, as_user):
    client = as_user(people.hub_staff)
    for sort in ("", "due", "number"):
        for state in ("", "open"):
            answer = client.get(f"/reports/exports/cases/?sort={sort}&state={state}", follow=True)
    assert ExportJob.objects.count() == 5 and "还没有完成" in answer.content.decode()


def test_the_worker_is_told_only_once_the_job_is_there(
    people, cases, large, as_user, queue, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        as_user(people.hub_staff).get("/reports/exports/cases/")
        assert queue() == 0
    assert queue() == 1


# --- written ---------------------------------------------------------------------------------


def test_it_is_written_told_and_fetched(people, cases, as_user):
    job = factories.export_job(people.hub_staff)
    assert write(job)
    job.refresh_from_db()
    assert (job.state, job.done, job.total, job.percent) == ("ready", 5, 5, 100)
    assert job.expires_at - job.finished_at == jobs.KEPT
    message = OutboxRow.objects.get(person=people.hub_staff, key=f"export:{job.pk}:ready")
    assert message.channel == "in_app" and message.subject == "导出已完成：群众意见台账"
    answer = as_user(people.hub_staff).get(f"/reports/exports/{job.pk}/file/")
    assert titles(answer) == [f"第{number}件" for number in (4, 3, 2, 1, 0)]
    assert "attachment" in answer["Content-Disposition"]


def test_writing_and_fetching_are_events(people, cases, as_user):
    job = factories.export_job(people.hub_staff, address="10.0.0.7", query="q=第3件", words="查找：第3件")
    write(job)
    event = Event.objects.get(action="export")
    assert event.actor == people.hub_staff and event.address == "10.0.0.7"
    assert event.after == {"ledger": "suggestions", "rows": 1, "in_full": 1} and "第3件" in event.note
    as_user(people.hub_staff).get(f"/reports/exports/{job.pk}/file/")
    fetched = Event.objects.get(action="export_fetch")
    assert fetched.after == {"export": job.pk, "matters": ["cases"], "rows": 1, "in_full": 1}
    assert not list(log.broken_links())


def test_a_worker_takes_it_from_the_queue(people, cases, settings, worker, as_user):
    settings.EXPORT_ROWS_AT_ONCE = 1
    as_user(people.hub_staff).get("/reports/exports/cases/")
    ends = time.monotonic() + 30
    while ExportJob.objects.running().exists() and time.monotonic() < ends:
        time.sleep(0.05)
    assert ExportJob.objects.get().state == JobState.READY


def test_each_seat_takes_out_its_own_rows_only(people, cases, as_user):
    job = factories.export_job(people.other_town_staff)
    write(job)
    assert titles(as_user(people.other_town_staff).get(f"/reports/exports/{job.pk}/file/")) == []


def test_nothing_leaves_when_its_event_cannot_be_written(people, cases, monkeypatch):
    def fail(*args, **kwargs):
        raise RuntimeError("no event")

    before = stored()
    job = factories.export_job(people.hub_staff)
    monkeypatch.setattr(log, "append", fail)
    assert not write(job)
    job.refresh_from_db()
    assert job.state == "failed" and not job.file and stored() == before


def test_progress_is_seen_while_it_is_written(people, monkeypatch):
    Deputy.objects.bulk_create(
        Deputy(county=people.county, name=f"代表{n}", pinyin=f"{n:04}", level=Level.COUNTY, home_station=people.town)
        for n in range(250)
    )
    monkeypatch.setattr(lib, "TOLD_EVERY", 0.0)
    seen = []
    of = lib.held

    def held(job):
        seen.append(ExportJob.objects.values_list("done", "total").get(pk=job.pk))
        return of(job)

    monkeypatch.setattr(lib, "held", held)
    job = factories.export_job(people.hub_staff, matters=["deputies"], title="代表名册")
    assert write(job)
    assert (100, 252) in seen


# --- twice, killed, stopped -------------------------------------------------------------------


def test_a_task_that_comes_twice_writes_one_file(people, cases):
    job = factories.export_job(people.hub_staff)
    before = stored()
    assert tasks.write_export(job.pk) and not tasks.write_export(job.pk)
    assert len(stored() - before) == 1 and Event.objects.filter(action="export").count() == 1


def test_a_claimed_job_is_nobody_elses_until_its_worker_falls_silent(people, cases):
    job = factories.export_job(people.hub_staff)
    assert jobs.claim(job.pk) and jobs.claim(job.pk) is None
    ExportJob.objects.update(alive_at=timezone.now() - lib.SILENT - dt.timedelta(seconds=1))
    again = jobs.claim(job.pk)
    assert again is not None and again.attempt == 2 and jobs.write(again)


def test_who_was_taken_for_dead_writes_nothing_more(people, cases):
    job = factories.export_job(people.hub_staff)
    first = jobs.claim(job.pk)
    ExportJob.objects.update(alive_at=timezone.now() - lib.SILENT - dt.timedelta(seconds=1))
    second, before = jobs.claim(job.pk), stored()
    assert not jobs.write(first)
    assert ExportJob.objects.get().state == "writing" and stored() == before
    assert jobs.write(second) and Event.objects.filter(action="export").count() == 1


def test_what_was_broken_off_three_times_is_said_as_failed(people, cases):
    job = factories.export_job(people.hub_staff)
    for _ in range(lib.PATIENCE):
        assert jobs.claim(job.pk)
        ExportJob.objects.update(alive_at=timezone.now() - lib.SILENT - dt.timedelta(seconds=1))
    assert jobs.claim(job.pk) is None
    job.refresh_from_db()
    assert job.state == "failed" and "多次中断" in job.error
    assert OutboxRow.objects.filter(key=f"export:{job.pk}:failed", person=people.hub_staff).exists()


def test_the_sweep_begins_what_the_broker_lost(people, cases, queue):
    factories.export_job(people.hub_staff)
    tasks.sweep_exports()
    assert queue() == 1


def test_two_are_written_at_a_time_and_the_next_is_begun_when_one_is_done(people, cases, queue):
    first, _, third = [factories.export_job(people.hub_staff, query=f"sort={n}") for n in range(3)]
    held, _ = jobs.claim(first.pk), jobs.claim(first.pk + 1)
    assert jobs.claim(third.pk) is None
    assert not tasks.write_export(third.pk) and queue() == 0
    assert jobs.write(held) and tasks.write_export(third.pk)


def test_stopping_it_stops_the_worker(people, cases, as_user, monkeypatch):
    monkeypatch.setattr(export, "CHUNK", 1)
    job = factories.export_job(people.hub_staff)
    claimed, before = jobs.claim(job.pk), stored()
    answer = as_user(people.hub_staff).post(f"/reports/exports/{job.pk}/discard/", follow=True)
    assert "已停止导出" in answer.content.decode()
    assert not jobs.write(claimed)
    assert not ExportJob.objects.exists() and stored() == before
    assert not Event.objects.filter(action="export").exists()


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_many_workers_one_gets_it(people):
    job = factories.export_job(people.hub_staff)
    found, barrier = [], threading.Barrier(4)

    def run():
        barrier.wait()
        found.append(jobs.claim(job.pk))
        connection.close()

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len([one for one in found if one]) == 1


# --- seats ------------------------------------------------------------------------------------


def test_nobody_else_fetches_or_deletes_it(people, cases, as_user):
    job = factories.ready_export(people.town_staff)
    for other in (people.hub_staff, people.other_town_staff, people.clerk):
        assert as_user(other).get(f"/reports/exports/{job.pk}/file/").status_code == 404
        assert as_user(other).post(f"/reports/exports/{job.pk}/discard/").status_code == 404
    assert job.title not in as_user(people.hub_staff).get("/reports/exports/").content.decode().split("我的导出")[-1]


def test_a_seat_that_changed_before_writing_ends_it(people, cases):
    job = factories.export_job(people.town_staff)
    StationStaff.objects.filter(user=people.town_staff).update(station=people.other_town)
    assert not write(ExportJob.objects.get(pk=job.pk))
    job.refresh_from_db()
    assert job.state == "failed" and "岗位" in job.error


def test_a_seat_that_was_lost_closes_the_file(people, cases, as_user):
    job = factories.ready_export(people.town_staff)
    address, client = f"/reports/exports/{job.pk}/file/", as_user(people.town_staff)
    StationStaff.objects.create(user=people.town_staff, station=people.other_town)
    assert client.get(address).status_code == 200  # more than then is no less
    StationStaff.objects.filter(user=people.town_staff, station=people.town).delete()
    answer = client.get(address)
    assert answer.status_code == 403 and "岗位有变化" in answer.content.decode()
    assert Event.objects.filter(action="export_fetch").count() == 1


def test_an_account_that_was_closed_gets_no_file(people, cases):
    job = factories.export_job(people.town_staff)
    type(people.town_staff).objects.filter(pk=people.town_staff.pk).update(is_active=False)
    assert not write(job)
    assert ExportJob.objects.get().state == "failed"


# --- forgotten --------------------------------------------------------------------------------


def test_after_a_week_row_and_file_are_gone(people, cases, as_user, django_capture_on_commit_callbacks):
    before = stored()
    job, kept = factories.ready_export(people.hub_staff), factories.ready_export(people.town_staff)
    ExportJob.objects.filter(pk=job.pk).update(expires_at=timezone.now())
    assert as_user(people.hub_staff).get(f"/reports/exports/{job.pk}/file/").status_code == 404  # before the sweep too
    with django_capture_on_commit_callbacks(execute=True):
        assert tasks.sweep_exports() == 1
    assert list(ExportJob.objects.all()) == [kept]
    assert stored() - before == {str(kept.file.name).removeprefix("exports/")}
    assert tasks.sweep_exports() == 0


def test_a_file_that_a_killed_worker_stored_without_its_row_is_deleted(people, cases):
    kept = factories.ready_export(people.hub_staff)
    lost = default_storage.save("exports/lost.xlsx", io.BytesIO(b"x"))
    assert tasks.sweep_exports() == 0  # its row may be about to come
    an_hour_ago = time.time() - jobs.OWNERLESS.total_seconds() - 1
    for name in (lost, kept.file.name):
        os.utime(default_storage.path(name), (an_hour_ago, an_hour_ago))
    assert tasks.sweep_exports() >= 1
    assert default_storage.exists(kept.file.name) and not default_storage.exists(lost)


def test_a_file_that_is_gone_is_said_so(people, cases, as_user):
    job = factories.ready_export(people.hub_staff)
    default_storage.delete(job.file.name)
    answer = as_user(people.hub_staff).get(f"/reports/exports/{job.pk}/file/")
    assert answer.status_code == 404 and not Event.objects.filter(action="export_fetch").exists()
