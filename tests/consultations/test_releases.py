"""The public chain: each step on the noticeboard by itself, masked, by a second person's decision."""

import io

import pytest
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from consultations import conduct, promises, releases
from consultations.models import Consultation, StepRelease
from noticeboard import changes
from noticeboard.models import Notice, NoticeKind, NoticeState
from stations.models import StationStaff
from tests import factories
from tests.consultations import talks


def url(one, step):
    return reverse("consultations:release", args=[one.pk, step])


def sent(client, one, step, **fields):
    start = client.get(url(one, step)).context["form"].initial
    return client.post(url(one, step), {**start, "version": Consultation.objects.get(pk=one.pk).version, **fields})


def picture():
    out = io.BytesIO()
    Image.new("RGB", (40, 30), "green").save(out, "PNG")
    return SimpleUploadedFile("现场.png", out.getvalue())


def stored():
    root = settings.STORAGES["default"]["OPTIONS"]["location"]
    return {path for path in root.rglob("*") if path.is_file()}


@pytest.fixture
def colleague(people):
    one = factories.user("BA-colleague", name="第二人")
    StationStaff.objects.create(user=one, station=people.town)
    return one


def test_a_step_waits_for_a_second_person_and_is_public_then(people, as_user, client, colleague):
    one = talks.told(people)
    answer = sent(as_user(people.town_staff), one, "before")
    notice = Notice.objects.get()
    assert answer.status_code == 302 and notice.state == NoticeState.CHECKING
    assert (notice.kind, notice.station, notice.event_on) == (NoticeKind.CONSULTATION, people.town, one.date)
    assert client.get(reverse("portal:notice", args=[notice.pk])).status_code == 404
    as_user(colleague).post(
        reverse("noticeboard:release", args=[notice.pk]), {"when": "now", "version": notice.version}
    )
    page = client.get(reverse("portal:notice", args=[notice.pk])).text
    assert "甲村文化大院" in page and "甲镇人大主席团" in page and "张为民" in page


def test_each_step_has_a_notice_of_its_own(people):
    promise = talks.promised(people)
    one = promise.consultation
    for step in ("before", "during", "after"):
        title, body = releases.proposal(one, step)
        releases.release(one.pk, step, by=people.hub_staff, title=title, body=body, with_photos=False)
    texts = {row.step: row.notice for row in StepRelease.objects.all()}
    assert {notice.state for notice in texts.values()} == {NoticeState.RELEASED}
    assert talks.RESULT["agreement"] in texts["during"].body and talks.RESULT["minutes"] not in texts["during"].body
    assert "清淤并硬化排水沟（村镇建设中心" in texts["during"].body
    assert "：在办" in texts["after"].body


def test_names_and_numbers_are_masked_before_and_looked_for_after(people, as_user):
    case = factories.register(people)
    one = talks.told(people, background="住户李大妈电话 13800001234 多次反映。", table={"cases": [case]})
    client = as_user(people.town_staff)
    body = client.get(url(one, "before")).context["form"].initial["body"]
    assert "13800001234" not in body and "李大妈" not in body
    page = sent(client, one, "before", body="赵小满反映，电话 13800001234。").text
    assert "来访人姓名" in page and "手机号" in page and not Notice.objects.exists()


def test_the_public_page_of_a_step_leads_to_the_others_that_are_public(people, client):
    one = talks.promised(people).consultation
    text = {"by": people.hub_staff, "body": "内容。", "with_photos": False}
    before, during = (releases.release(one.pk, step, title=f"公示 {step}", **text) for step in ("before", "during"))
    page = client.get(reverse("portal:notice", args=[during.pk])).text
    assert reverse("portal:notice", args=[before.pk]) in page and '协商后 <span class="muted">还没有公示' in page
    changes.withdraw(before.pk, by=people.hub_staff, reason="写错了")
    page = client.get(reverse("portal:notice", args=[during.pk])).text
    assert reverse("portal:notice", args=[before.pk]) not in page
    plain = factories.notice(people)
    assert "全程公开" not in client.get(reverse("portal:notice", args=[plain.pk])).text


def test_what_is_on_the_board_is_renewed_at_its_address(people):
    promise = talks.promised(people)
    one = promise.consultation
    text = {"by": people.hub_staff, "title": "承诺兑现情况", "with_photos": False}
    first = releases.release(one.pk, "after", body="正在办。", **text)
    promises.end(promise.pk, by=people.town_staff, kept=True, ended_on=talks.today(), ending="好了。")
    again = releases.release(one.pk, "after", body="已经兑现。", **text)
    first.refresh_from_db()
    assert again.pk == first.pk and first.body == "已经兑现。" and StepRelease.objects.count() == 1


def test_a_notice_taken_off_makes_way_for_another(people, as_user):
    one = talks.told(people)
    text = {"by": people.hub_staff, "title": "协商公告", "body": "明天协商。", "with_photos": False}
    first = releases.release(one.pk, "before", **text)
    changes.withdraw(first.pk, by=people.hub_staff, reason="写错了")
    second = releases.release(one.pk, "before", **text)
    assert second.pk != first.pk and StepRelease.objects.get().notice == second
    assert "已公示" in as_user(people.deputy_user).get(reverse("consultations:detail", args=[one.pk])).text


def test_photos_go_with_it_only_where_that_is_said(people):
    one = talks.underway(people)
    conduct.conclude(one.pk, by=people.town_staff, files=[picture()], **talks.RESULT)
    text = {"by": people.hub_staff, "title": "结果", "body": "商定了。"}
    notice = releases.release(one.pk, "during", with_photos=False, **text)
    assert not notice.files.exists()
    notice = releases.release(one.pk, "during", with_photos=True, **text)
    assert notice.files.get().name == "现场.jpg"


def test_photos_of_a_release_that_fails_are_not_left_behind(people, monkeypatch):
    one = talks.told(people)
    conduct.add_files(one.pk, "before", [picture()], by=people.town_staff)

    def fails(pk, *, by):
        raise ValidationError("不能送审。")

    monkeypatch.setattr(changes, "submit", fails)
    before = stored()
    with pytest.raises(ValidationError):
        releases.release(one.pk, "before", by=people.town_staff, title="x", body="y", with_photos=True)
    assert before and stored() == before


def test_not_before_there_is_something_to_say(people, as_user):
    one = talks.told(people)
    page = as_user(people.town_staff).get(url(one, "during")).text
    assert "登记协商纪要和结果以后，才能公示" in page
    with pytest.raises(conduct.ConductError, match="才能公示"):
        releases.release(one.pk, "during", by=people.town_staff, title="x", body="x", with_photos=False)
    assert as_user(people.town_staff).get(url(one, "nonsense")).status_code == 404


def test_a_village_point_is_reviewed_by_the_office_above(people):
    one = conduct.create(
        by=people.point_staff,
        station=people.point,
        table={"deputies": [people.deputy], "departments": [], "others": ["村委会"], "cases": []},
        topic="荒地",
        background="荒地怎么用。",
        date=talks.today(),
        starts_at="09:00",
        place="村部",
        office="甲镇人大主席团",
    )
    notice = releases.release(one.pk, "before", by=people.point_staff, title="x", body="x", with_photos=False)
    assert notice.state == NoticeState.CHECKING
