import datetime as dt
import io

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from history import log
from history.models import Event
from messaging.models import OutboxRow
from noticeboard import changes, review
from noticeboard.models import Notice, NoticeFile, NoticeState
from noticeboard.tasks import release_due
from stations.models import StationStaff
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def colleague(people):
    user = factories.user("colleague", name="同事")
    StationStaff.objects.create(user=user, station=people.town)
    return user


def draft(people, **fields):
    return changes.write(
        **{
            "by": people.town_staff,
            "station": people.town,
            "kind": "plan",
            "title": "十二月工作计划",
            "body": "本月组织代表走访。",
            "event_on": None,
            **fields,
        }
    )


def checking(people, **fields):
    return changes.submit(draft(people, **fields).pk, by=people.town_staff)


def released(people, **fields):
    return changes.release(checking(people, **fields).pk, by=people.hub_staff, confirmed=True)


def picture(name="现场.png", size=(40, 30)):
    stream = io.BytesIO()
    Image.new("RGB", size, "red").save(stream, "PNG")
    return SimpleUploadedFile(name, stream.getvalue(), "image/png")


def actions(notice):
    return list(Event.objects.filter(chain=notice.chain).order_by("seq").values_list("action", flat=True))


def test_a_notice_is_public_only_after_somebody_else_released_it(people):
    notice = checking(people)
    assert not Notice.objects.public().exists()
    changes.release(notice.pk, by=people.hub_staff)
    notice.refresh_from_db()
    assert list(Notice.objects.public()) == [notice]
    assert (notice.written_by, notice.released_by) == (people.town_staff, people.hub_staff)
    assert actions(notice) == ["write", "submit", "release"]
    assert not list(log.broken_links(notice.chain))


def test_the_writer_does_not_release_the_own_notice(people):
    with pytest.raises(PermissionDenied, match="自己起草"):
        changes.release(checking(people).pk, by=people.town_staff)


def test_who_edited_last_counts_as_the_writer(people, colleague):
    notice = draft(people)
    changes.edit(notice.pk, by=colleague, kind="plan", title="改", body="改过。", event_on=None, deputies=[])
    changes.submit(notice.pk, by=people.town_staff)
    with pytest.raises(PermissionDenied):
        changes.release(notice.pk, by=colleague)
    assert changes.release(notice.pk, by=people.town_staff).state == NoticeState.RELEASED


def test_the_county_office_releases_its_own(people):
    notice = draft(people, by=people.hub_staff, station=people.hub)
    changes.submit(notice.pk, by=people.hub_staff)
    assert changes.release(notice.pk, by=people.hub_staff).state == NoticeState.RELEASED


def test_neighbours_and_people_without_a_staff_seat_do_nothing(people):
    for user in (people.other_town_staff, people.point_staff, people.clerk, people.deputy_user):
        with pytest.raises(PermissionDenied):
            changes.submit(draft(people).pk, by=user)
    with pytest.raises(PermissionDenied):
        draft(people, by=people.other_town_staff)


def test_colleagues_are_asked_to_review_and_only_where_there_are_none_the_office_above(people, colleague):
    notice = checking(people)
    assert review.reviewers(notice) == [colleague]
    assert list(OutboxRow.objects.filter(key__startswith=notice.chain).values_list("person", flat=True)) == [
        colleague.pk
    ]
    StationStaff.objects.filter(user=colleague).delete()
    assert review.reviewers(notice) == [people.hub_staff]


def test_the_request_to_review_is_dropped_once_somebody_did(people):
    notice = checking(people)
    path = OutboxRow.objects.get(key__startswith=notice.chain).relevance.split(":")
    assert review.still_waits(*path[1:])
    changes.release(notice.pk, by=people.hub_staff)
    assert not review.still_waits(*path[1:])


def test_the_writer_is_told_of_release_sending_back_and_withdrawal(people):
    notice = checking(people)
    changes.send_back(notice.pk, by=people.hub_staff, note="请补上时间")
    changes.submit(notice.pk, by=people.town_staff)
    changes.release(notice.pk, by=people.hub_staff)
    changes.withdraw(notice.pk, by=people.hub_staff, reason="改期")
    rows = OutboxRow.objects.filter(person=people.town_staff).order_by("pk")
    assert [row.subject.partition("：")[0] for row in rows] == [
        "您起草的公示被退回修改",
        "您起草的公示已审核发布",
        "您起草的公示已撤下",
    ]
    assert "请补上时间" in rows[0].body


def test_sending_back_wants_a_reason_unless_one_takes_back_the_own(people):
    notice = checking(people)
    with pytest.raises(ValidationError, match="退回的原因"):
        changes.send_back(notice.pk, by=people.hub_staff)
    assert changes.send_back(notice.pk, by=people.town_staff).state == NoticeState.DRAFT


def test_a_page_opened_before_somebody_elses_act_is_stale(people):
    notice = draft(people)
    opened = notice.version
    changes.edit(notice.pk, by=people.hub_staff, kind="plan", title="新", body="新。", event_on=None, deputies=[])
    with pytest.raises(changes.Stale, match="有了变动"):
        changes.submit(notice.pk, by=people.town_staff, version=opened)


@pytest.mark.parametrize("text", ["请拨打13800001234", "车牌豫H12345", "身份证410822199001011234"])
def test_what_looks_like_personal_data_must_be_confirmed(people, text):
    notice = checking(people, body=f"联系人：{text}。")
    with pytest.raises(ValidationError, match="勾选确认"):
        changes.release(notice.pk, by=people.hub_staff)
    assert changes.release(notice.pk, by=people.hub_staff, confirmed=True).state == NoticeState.RELEASED


def test_the_detector_reads_names_of_files_too(people):
    notice = checking(people, files=[picture("13800001234.png")])
    with pytest.raises(ValidationError, match="勾选确认"):
        changes.release(notice.pk, by=people.hub_staff)


def test_a_scheduled_notice_is_public_from_the_minute_on_though_no_task_ran(people, monkeypatch):
    at = timezone.now() + dt.timedelta(hours=2)
    notice = changes.release(checking(people).pk, by=people.hub_staff, at=at)
    assert notice.state == NoticeState.SCHEDULED and not Notice.objects.public().exists()
    assert release_due() == 0
    monkeypatch.setattr(timezone, "now", lambda: at)
    assert list(Notice.objects.public()) == [notice]
    assert release_due() == 1 and release_due() == 0
    notice.refresh_from_db()
    assert (notice.state, notice.released_at) == (NoticeState.RELEASED, at)
    assert actions(notice)[-1] == "publish"


def test_what_is_due_can_be_pinned_before_the_task_ran(people, monkeypatch):
    at = timezone.now() + dt.timedelta(hours=2)
    notice = changes.release(checking(people).pk, by=people.hub_staff, at=at)
    with pytest.raises(ValidationError, match="不能“置顶”"):
        changes.pin(notice.pk, by=people.town_staff, on=True)
    monkeypatch.setattr(timezone, "now", lambda: at)
    assert changes.pin(notice.pk, by=people.town_staff, on=True).pinned


def test_the_time_to_release_lies_ahead_and_within_a_year(people):
    notice = checking(people)
    for days in (-1, 500):
        with pytest.raises(ValidationError, match="定时发布"):
            changes.release(notice.pk, by=people.hub_staff, at=timezone.now() + dt.timedelta(days=days))


def test_a_schedule_can_be_taken_back(people):
    at = timezone.now() + dt.timedelta(hours=2)
    notice = changes.release(checking(people).pk, by=people.hub_staff, at=at)
    notice = changes.send_back(notice.pk, by=people.town_staff)
    assert (notice.state, notice.release_at, notice.released_at) == (NoticeState.DRAFT, None, None)


def test_a_station_pins_few_notices_and_unpins_them(people):
    notices = [released(people, title=f"公示{number}") for number in range(changes.MOST_PINNED + 1)]
    for notice in notices[:-1]:
        changes.pin(notice.pk, by=people.town_staff, on=True)
    with pytest.raises(ValidationError, match="最多置顶"):
        changes.pin(notices[-1].pk, by=people.town_staff, on=True)
    changes.pin(notices[0].pk, by=people.town_staff, on=False)
    assert changes.pin(notices[-1].pk, by=people.town_staff, on=True).pinned


def test_withdrawing_wants_a_reason_and_leaves_its_trace(people):
    notice = released(people)
    with pytest.raises(ValidationError, match="撤下的原因"):
        changes.withdraw(notice.pk, by=people.town_staff, reason=" ")
    changes.withdraw(notice.pk, by=people.town_staff, reason="接待日改期")
    notice.refresh_from_db()
    assert not Notice.objects.public().exists() and notice.body
    assert (notice.withdrawn_by, notice.withdraw_reason) == (people.town_staff, "接待日改期")
    with pytest.raises(ValidationError, match="现在是“已撤下”"):
        changes.withdraw(notice.pk, by=people.town_staff, reason="再撤")


def test_a_new_version_takes_the_place_only_after_its_review(people):
    old = released(people, deputies=[people.deputy], files=[picture()])
    changes.pin(old.pk, by=people.town_staff, on=True)
    new = changes.revise(old.pk, by=people.town_staff)
    assert changes.revise(old.pk, by=people.town_staff) == new
    old_file, copied = old.files.get(), new.files.get()
    changes.edit(
        new.pk,
        by=people.town_staff,
        kind="plan",
        title="十二月工作计划（改）",
        body="走访改为下旬。",
        event_on=None,
        deputies=[people.other_deputy],
        removed=[copied.pk],
    )
    changes.submit(new.pk, by=people.town_staff)
    old.refresh_from_db()
    assert old.title == "十二月工作计划" and [*old.deputies.all()] == [people.deputy]
    with pytest.raises(PermissionDenied):
        changes.release(new.pk, by=people.town_staff)
    with pytest.raises(ValidationError, match="不能定时"):
        changes.release(new.pk, by=people.hub_staff, at=timezone.now() + dt.timedelta(days=1))
    assert changes.release(new.pk, by=people.hub_staff) == old
    old.refresh_from_db()
    new.refresh_from_db()
    assert (old.title, old.pinned, old.state) == ("十二月工作计划（改）", True, NoticeState.RELEASED)
    assert (new.title, new.state) == ("十二月工作计划", NoticeState.REPLACED)
    assert [*old.deputies.all()] == [people.other_deputy] and [*new.deputies.all()] == [people.deputy]
    assert not old.files.exists() and new.files.get().pk == old_file.pk
    assert list(Notice.objects.public()) == [old]


def test_a_stored_file_goes_with_its_last_notice_row(people, django_capture_on_commit_callbacks):
    old = released(people, files=[picture()])
    storage, name = old.files.get().file.storage, old.files.get().file.name
    new = changes.revise(old.pk, by=people.town_staff)
    content = {"kind": "plan", "title": "改", "body": "改。", "event_on": None, "deputies": []}
    with django_capture_on_commit_callbacks(execute=True):
        changes.edit(new.pk, by=people.town_staff, removed=[new.files.get().pk], **content)
    assert storage.exists(name)
    other = draft(people, files=[picture()])
    name = other.files.get().file.name
    with django_capture_on_commit_callbacks(execute=True):
        changes.edit(other.pk, by=people.town_staff, removed=[other.files.get().pk], **content)
    assert not storage.exists(name)


def test_withdrawing_a_notice_ends_the_new_version_under_way(people):
    old = released(people)
    new = changes.revise(old.pk, by=people.town_staff)
    changes.withdraw(old.pk, by=people.hub_staff, reason="不再需要")
    new.refresh_from_db()
    assert (new.state, new.withdraw_reason) == (NoticeState.WITHDRAWN, "原公示已撤下")


def test_what_the_system_wrote_is_withdrawn_but_not_edited(people):
    notice = factories.notice(people, key="reception:1", written_by=None, released_by=None)
    with pytest.raises(ValidationError, match="系统"):
        changes.revise(notice.pk, by=people.town_staff)
    assert changes.withdraw(notice.pk, by=people.town_staff, reason="停电").state == NoticeState.WITHDRAWN


def test_nothing_changes_when_the_event_cannot_be_written(people, monkeypatch):
    notice = checking(people)

    def refuse(*args, **kwargs):
        raise RuntimeError

    monkeypatch.setattr(log, "append", refuse)
    with pytest.raises(RuntimeError):
        changes.release(notice.pk, by=people.hub_staff)
    notice.refresh_from_db()
    assert notice.state == NoticeState.CHECKING


def test_a_picture_is_made_small_and_loses_where_it_was_taken(people):
    stream = io.BytesIO()
    exif = Image.Exif()
    exif[0x010F] = "CAMERA-MAKER"
    Image.new("RGB", (4000, 1000), "blue").save(stream, "JPEG", exif=exif)
    assert b"CAMERA-MAKER" in stream.getvalue()
    row = draft(people, files=[SimpleUploadedFile("a.jpg", stream.getvalue())]).files.get()
    with row.file.open("rb") as handle:
        content = handle.read()
    assert b"CAMERA-MAKER" not in content and b"Exif" not in content
    assert Image.open(io.BytesIO(content)).size == (1600, 400)


@pytest.mark.parametrize("name", ["录音.mp3", "程序.exe"])
def test_sound_and_programs_are_no_part_of_a_notice(people, name):
    with pytest.raises(ValidationError):
        draft(people, files=[SimpleUploadedFile(name, b"ID3" + b"0" * 40)])
    assert not Notice.objects.exists() and not NoticeFile.objects.exists()


def test_who_covers_the_station_opens_files_of_a_draft_and_others_do_not(people, as_user):
    notice = draft(people, files=[picture()])
    url = reverse("noticeboard:file", args=[notice.pk, notice.files.get().pk])
    assert as_user(people.hub_staff).get(url).status_code == 200
    assert as_user(people.other_town_staff).get(url).status_code == 404
