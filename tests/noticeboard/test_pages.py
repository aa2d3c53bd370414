import datetime as dt

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from noticeboard.models import Notice, NoticeState
from tests import factories
from tests.noticeboard.test_changes import checking, draft, picture, released

pytestmark = pytest.mark.django_db


def text(response):
    return response.content.decode()


def filled(people, **fields):
    return {
        "station": people.town.pk,
        "kind": "plan",
        "title": "十二月工作计划",
        "body": "第一段。\r\n\r\n第二段。",
        "deputies": "张为民、李建设",
        **fields,
    }


def test_a_notice_is_written_with_deputies_and_files_and_goes_to_its_review(people, as_user):
    client = as_user(people.town_staff)
    client.post(reverse("noticeboard:write"), filled(people, submit="1", attachments=picture()))
    notice = Notice.objects.get()
    assert notice.state == NoticeState.CHECKING and notice.files.get().name == "现场.jpg"
    assert {deputy.name for deputy in notice.deputies.all()} == {"张为民", "李建设"}
    page = text(client.get(reverse("noticeboard:detail", args=[notice.pk])))
    assert "<p>第一段。</p>" in page and "由别人审核" in page and people.hub_staff.name in page


def test_markup_in_a_notice_is_shown_as_it_was_typed(people, as_user):
    notice = released(people, body="<script>alert(1)</script>")
    for url in (reverse("noticeboard:detail", args=[notice.pk]), reverse("portal:notice", args=[notice.pk])):
        page = text(as_user(people.town_staff).get(url))
        assert "<script>alert(1)" not in page and "&lt;script&gt;alert(1)" in page


@pytest.mark.parametrize(
    ("typed", "said"),
    [("王五", "没有找到在任代表“王五”"), ("张为民、张为民（不知道）", "没有找到在任代表“张为民”")],
)
def test_a_deputy_who_is_not_there_is_said_by_name(people, as_user, typed, said):
    answer = as_user(people.town_staff).post(reverse("noticeboard:write"), filled(people, deputies=typed))
    assert said in text(answer) and not Notice.objects.exists()


def test_of_two_deputies_of_one_name_the_constituency_decides(people, as_user):
    from deputies.models import Constituency, Deputy

    place = Constituency.objects.create(county=people.county, level="county", name="第三选区")
    other = Deputy.objects.create(
        county=people.county, name="张为民", level="county", constituency=place, home_station=people.other_town
    )
    client = as_user(people.town_staff)
    answer = text(client.post(reverse("noticeboard:write"), filled(people, deputies="张为民")))
    assert "有 2 名代表叫“张为民”" in answer and "张为民（第三选区）" in answer
    client.post(reverse("noticeboard:write"), filled(people, deputies="张为民（第三选区）"))
    notice = Notice.objects.get()
    assert notice.deputies.get() == other
    assert "张为民（第三选区）" in text(client.get(reverse("noticeboard:edit", args=[notice.pk])))


def test_a_station_out_of_reach_cannot_be_chosen(people, as_user):
    answer = as_user(people.town_staff).post(reverse("noticeboard:write"), filled(people, station=people.other_town.pk))
    assert answer.status_code == 200 and not Notice.objects.exists()


def test_a_file_that_is_refused_keeps_what_was_typed(people, as_user):
    bad = SimpleUploadedFile("坏图.png", b"\x89PNG\r\n\x1a\n0000")
    answer = text(as_user(people.town_staff).post(reverse("noticeboard:write"), filled(people, attachments=bad)))
    assert "“坏图.png”打不开" in answer and "十二月工作计划" in answer and not Notice.objects.exists()


def test_editing_changes_text_captions_and_files(people, as_user):
    notice = draft(people, files=[picture("一.png"), picture("二.png")])
    first, second = notice.files.all()
    fields = filled(
        people,
        title="改过的标题",
        version=notice.version,
        **{f"caption_{first.pk}": "走访现场", f"remove_{second.pk}": "on"},
    )
    as_user(people.town_staff).post(reverse("noticeboard:edit", args=[notice.pk]), fields)
    notice.refresh_from_db()
    assert notice.title == "改过的标题" and notice.files.get().caption == "走访现场"


def test_an_edit_from_a_stale_page_is_refused_with_what_was_typed(people, as_user):
    notice = draft(people)
    for version in (notice.version - 1, ""):
        fields = filled(people, title="迟到的标题", version=version)
        answer = text(as_user(people.town_staff).post(reverse("noticeboard:edit", args=[notice.pk]), fields))
        assert "有了变动" in answer and "迟到的标题" in answer
    notice.refresh_from_db()
    assert notice.title == "十二月工作计划"


def test_the_reviewer_sees_what_looks_like_personal_data_marked_and_must_confirm_it(people, as_user):
    notice = checking(people, body="请拨打 13800001234 联系。")
    client, url = as_user(people.hub_staff), reverse("noticeboard:release", args=[notice.pk])
    page = text(client.get(url))
    assert '<mark title="手机号">13800001234</mark>' in page and "已核对标出的内容" in page
    assert "勾选确认" in text(client.post(url, {"version": notice.version, "when": "now"}))
    assert client.post(url, {"version": notice.version, "when": "now", "confirmed": "on"}).status_code == 302
    assert Notice.objects.public().exists()


def test_a_time_is_chosen_for_the_release(people, as_user):
    notice = checking(people)
    client, url = as_user(people.hub_staff), reverse("noticeboard:release", args=[notice.pk])
    assert "请选定时发布的时间" in text(client.post(url, {"version": notice.version, "when": "later"}))
    at = timezone.localtime() + dt.timedelta(days=2)
    client.post(url, {"version": notice.version, "when": "later", "at": f"{at:%Y-%m-%dT%H:%M}"})
    notice.refresh_from_db()
    assert notice.state == NoticeState.SCHEDULED and timezone.localtime(notice.release_at).minute == at.minute


def test_the_wrong_moment_is_a_sentence_not_an_error(people, as_user):
    notice = released(people)
    page = text(as_user(people.hub_staff).get(reverse("noticeboard:release", args=[notice.pk])))
    assert "现在是“已发布”，不能“审核发布”" in page


def test_presses_from_a_stale_page_say_so(people, as_user):
    notice = released(people)
    client = as_user(people.town_staff)
    for version in (notice.version - 1, ""):
        answer = client.post(reverse("noticeboard:pin", args=[notice.pk]), {"version": version, "on": "1"}, follow=True)
        assert "有了变动" in text(answer)
    client.post(reverse("noticeboard:pin", args=[notice.pk]), {"version": notice.version, "on": "1"})
    notice.refresh_from_db()
    assert notice.pinned


def test_the_list_shows_ones_own_stations_and_filters_them(people, as_user):
    draft(people, title="草稿一则")
    released(people, title="计划一则")
    factories.notice(people, station=people.other_town, title="乙镇一则")
    client, url = as_user(people.town_staff), reverse("noticeboard:list")
    page = text(client.get(url))
    assert "草稿一则" in page and "计划一则" in page and "乙镇一则" not in page
    assert "草稿一则" not in text(client.get(url, {"state": "released"}))
    assert "乙镇一则" in text(client.get(url, {"station": "all"}))
    assert "草稿一则" not in text(client.get(url, {"q": "计划一"})) and "草稿一则" not in text(
        client.get(url, {"kind": "summary"})
    )
    assert "草稿一则" not in text(as_user(people.other_town_staff).get(url, {"station": people.town.pk}))
    assert "草稿一则" not in text(as_user(people.deputy_user).get(url))


def test_the_list_costs_the_same_however_many_notices(people, as_user, django_assert_max_num_queries):
    client, url = as_user(people.hub_staff), reverse("noticeboard:list")
    for number in range(60):
        factories.notice(people, title=f"公示{number}")
    with django_assert_max_num_queries(12):
        page = text(client.get(url))
    assert "下一页" in page and "公示59" in page and "公示0<" not in page


def test_a_withdrawn_notice_shows_who_and_why_to_the_staff_only(people, as_user):
    notice = released(people)
    as_user(people.town_staff).post(
        reverse("noticeboard:withdraw", args=[notice.pk]), {"version": notice.version, "reason": "时间有变"}
    )
    url = reverse("noticeboard:detail", args=[notice.pk])
    assert "时间有变" in text(as_user(people.hub_staff).get(url))
    assert as_user(people.deputy_user).get(url).status_code == 404
