"""我的导出: how far each is, with scripts and without."""

import pytest
from django.utils import timezone

from reports.exports import jobs
from reports.exports.models import ExportJob
from tests import factories


def test_it_says_how_far_each_is(people, as_user):
    job = factories.export_job(people.hub_staff, state="writing", total=100_000, done=34_000, alive_at=timezone.now())
    client = as_user(people.hub_staff)
    html = client.get("/reports/exports/").content.decode()
    assert "已写 34,000 / 100,000 行" in html and 'style="width: 34%"' in html
    ExportJob.objects.filter(pk=job.pk).update(state="failed", error="您的岗位有变化。", alive_at=None)
    assert "您的岗位有变化。" in client.get("/reports/exports/").content.decode()


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"state": "waiting"}, "排队中，马上开始"),
        ({"state": "writing"}, "正在统计行数"),
        ({"state": "writing", "total": 5, "done": 5}, "正在保存文件"),
        ({"state": "ready", "total": 1234, "done": 1234}, "1,234 行"),
    ],
)
def test_each_stage_has_its_words(fields, said):
    assert ExportJob(**fields).progress == said


def test_it_is_asked_again_only_while_something_runs(people, as_user):
    job = factories.ready_export(people.hub_staff)
    client = as_user(people.hub_staff)
    assert "every 2s" not in client.get("/reports/exports/").content.decode()
    factories.export_job(people.hub_staff)
    part = client.get("/reports/exports/", headers={"HX-Request": "true"}).content.decode()
    assert "every 2s" in part and "<html" not in part and f"/reports/exports/{job.pk}/file/" in part


@pytest.mark.django_db(transaction=True)
def test_the_bar_moves_and_the_file_appears_without_a_reload(people, page, live_server, log_in):
    factories.register(people)
    job = factories.export_job(people.hub_staff)
    log_in(people.hub_staff)
    page.goto(f"{live_server.url}/reports/exports/")
    page.get_by_text("排队中").wait_for()
    claimed = jobs.claim(job.pk)
    ExportJob.objects.filter(pk=job.pk).update(total=4, done=1)
    page.get_by_text("已写 1 / 4 行").wait_for()
    assert claimed is not None and jobs.write(claimed)
    with page.expect_download() as download:
        page.get_by_role("link", name="下载").click()
    assert download.value.suggested_filename.startswith("群众意见台账-博爱县-")
