"""Files of a case: what may come in, and who gets it out."""

import zipfile
from io import BytesIO
from urllib.parse import unquote

import pytest
from django.conf import settings
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from history.models import Event
from suggestions.choices import State
from suggestions.models import Attachment
from tests import factories
from tests.suggestions.acts import events, fresh, photo, press

pytestmark = pytest.mark.django_db


@pytest.fixture
def people():
    return factories.cast()


@pytest.fixture
def case(people):
    return factories.case_in(people, State.HANDLING)


def sheet() -> bytes:
    held = BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/workbook.xml", "<workbook/>")
    return held.getvalue()


def store(client, people, case, *files):
    return press(client, people.clerk, "remark", case, note="附上。", files=list(files))


def fetch(client, user, case, file):
    client.force_login(user)
    return client.get(reverse("suggestions:attachment", args=[case.pk, file.pk]))


def test_a_picture_opens_in_the_browser_under_its_chinese_name(client, people, case):
    store(client, people, case, photo("现场 照片（1）.jpg"))
    answer = fetch(client, people.town_staff, case, Attachment.objects.get())
    assert answer.status_code == 200
    assert b"".join(answer.streaming_content).startswith(b"\xff\xd8\xff")
    disposition = answer["Content-Disposition"]
    assert disposition.startswith("inline; filename*=utf-8''")
    assert unquote(disposition.split("''")[1]) == "现场 照片（1）.jpg"
    assert answer["Content-Type"] == "image/jpeg"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in answer["Cache-Control"]


def test_what_a_browser_could_run_is_always_saved(client, people, case):
    store(client, people, case, SimpleUploadedFile("预算.xlsx", sheet()))
    answer = fetch(client, people.town_staff, case, Attachment.objects.get())
    assert answer["Content-Disposition"].startswith("attachment;")


def test_each_fetching_is_in_the_history_and_makes_no_page_stale(client, people, case):
    store(client, people, case, photo())
    version = fresh(case).version
    fetch(client, people.town_staff, case, Attachment.objects.get())
    event = Event.objects.filter(chain=case.chain).latest("seq")
    assert (event.action, event.actor, event.after["file"]) == ("download", people.town_staff, "照片.jpg")
    assert fresh(case).version == version


def test_nobody_who_may_not_see_the_case_gets_its_file(client, people, case):
    store(client, people, case, photo())
    file = Attachment.objects.get()
    for user in (people.other_town_staff, people.county_clerk, factories.other_cast().hub_staff):
        assert fetch(client, user, case, file).status_code == 404
    assert "download" not in events(case)


def test_a_file_is_not_reached_through_another_case(client, people, case):
    store(client, people, case, photo())
    own = factories.case_in(people, State.REGISTERED)
    assert fetch(client, people.town_staff, own, Attachment.objects.get()).status_code == 404


def test_without_a_log_in_there_is_only_the_log_in(client, people, case):
    store(client, people, case, photo())
    client.logout()
    answer = client.get(reverse("suggestions:attachment", args=[case.pk, Attachment.objects.get().pk]))
    assert answer.url.startswith("/accounts/login/")


def test_a_file_that_is_gone_from_the_disk_is_not_found(client, people, case):
    store(client, people, case, photo())
    file = Attachment.objects.get()
    file.file.storage.delete(file.file.name)
    assert fetch(client, people.town_staff, case, file).status_code == 404


@pytest.mark.parametrize("name", ["../../../../etc/cron.d/x.jpg", "..\\..\\x.jpg", "/etc/x.jpg", "a/../x.jpg"])
def test_a_name_that_climbs_stays_where_files_are_kept(client, people, case, name):
    store(client, people, case, photo(name))
    file = Attachment.objects.get()
    assert file.name == "x.jpg"
    assert file.file.name.startswith("suggestions/")
    assert ".." not in file.file.name
    assert default_storage.exists(file.file.name)


@pytest.mark.parametrize(
    ("file", "message"),
    [
        (SimpleUploadedFile("照片.jpg", b"MZ\x90\x00" + b"\x00" * 99), "内容不是jpg文件"),
        (SimpleUploadedFile("安装.exe", b"MZ\x90\x00" + b"\x00" * 99), "类型不能上传"),
        (SimpleUploadedFile("页面.html", b"<script>alert(1)</script>"), "类型不能上传"),
        (SimpleUploadedFile("图.svg", b"<svg onload='alert(1)'/>"), "类型不能上传"),
        (SimpleUploadedFile("没有扩展名", b"abc"), "类型不能上传"),
        (SimpleUploadedFile("空.jpg", b""), "空"),
    ],
)
def test_a_wrong_kind_is_explained_and_nothing_is_written(client, people, case, file, message):
    page = store(client, people, case, file)
    assert page.status_code == 200
    assert message in page.text
    assert "附上。" in page.text
    assert not Attachment.objects.exists()
    assert "remark" not in events(case)


def test_a_file_that_is_too_large_is_explained(client, people, case, settings):
    settings.ATTACHMENT_MAX_BYTES = 1024 * 1024
    page = store(client, people, case, photo(size=1024 * 1024 + 1))
    assert "每个文件不能超过 1 MB" in page.text
    assert not Attachment.objects.exists()


def test_eleven_files_are_one_too_many(client, people, case):
    page = store(client, people, case, *(photo(f"{n}.jpg") for n in range(11)))
    assert "一次最多上传 10 个文件" in page.text
    assert not Attachment.objects.exists()


def test_a_good_file_beside_a_bad_one_is_not_kept_either(client, people, case):
    before = set(stored())
    store(client, people, case, photo(), SimpleUploadedFile("安装.exe", b"MZ" + b"\x00" * 99))
    assert set(stored()) == before


def stored():
    root = settings.STORAGES["default"]["OPTIONS"]["location"]
    return [path for path in root.rglob("*") if path.is_file()] if root.exists() else []
