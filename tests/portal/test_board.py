import datetime as dt
import io
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from deputies.models import Constituency, Deputy, Status
from noticeboard import changes
from noticeboard.models import Notice, NoticeFile, NoticeState
from stations.models import Station
from tests import factories

pytestmark = pytest.mark.django_db

SECRETS = ("13711112222", "13733334444", "13755556666", "柳藏名", "13777778888")


def text(response):
    return response.content.decode()


def jpeg():
    stream = io.BytesIO()
    Image.new("RGB", (60, 80), "green").save(stream, "JPEG")
    return stream.getvalue()


def with_file(notice, name="安排.pdf", media_type="application/pdf", content=b"%PDF-1.4"):
    row = NoticeFile(notice=notice, name=name, media_type=media_type, size=len(content))
    row.file.save(f"stored-{notice.pk}.bin", ContentFile(content))
    return row


@pytest.fixture
def board(people):
    """Notices in every state, with marked names and phones wherever the public has no business."""
    people.deputy.phone = SECRETS[0]
    people.deputy.constituency = Constituency.objects.create(county=people.county, level="county", name="第一选区")
    people.deputy.trade = "law"
    people.deputy.photo.save("portrait.jpg", ContentFile(jpeg()))
    people.officer.phone = SECRETS[1]
    people.officer.save()
    Station.objects.filter(pk=people.town.pk).update(
        head_phone=SECRETS[2], contact=SECRETS[3], contact_phone=SECRETS[4]
    )
    notices = {
        state: factories.notice(
            people,
            title=f"标题{state}",
            body=f"正文{state}",
            state=state,
            release_at=timezone.now() + dt.timedelta(days=1),
            withdraw_reason="原因保密",
        )
        for state in NoticeState.values
    }
    notices["released"].deputies.add(people.deputy)
    for notice in notices.values():
        with_file(notice)
    day = factories.reception_day(people)
    factories.on_duty(day, people.deputy)
    return notices


def addresses(people, notice):
    return [
        reverse("portal:home"),
        reverse("portal:station", args=[people.town.pk]),
        reverse("portal:station_notices", args=[people.town.pk]),
        reverse("portal:county_notices", args=[people.county.code]),
        reverse("portal:notice", args=[notice.pk]),
        reverse("portal:leave_message", args=[people.town.pk]),
    ]


def test_only_what_is_released_is_seen_anywhere(client, people, board):
    for url in addresses(people, board["released"]):
        page = text(client.get(url))
        assert not [state for state in NoticeState.values if state != "released" and f"标题{state}" in page], url
        assert "原因保密" not in page
    assert "标题released" in text(client.get(addresses(people, board["released"])[2]))
    for state, notice in board.items():
        expected = 200 if state == "released" else 404
        assert client.get(reverse("portal:notice", args=[notice.pk])).status_code == expected, state
        file = reverse("portal:notice_file", args=[notice.pk, notice.files.get().pk])
        assert client.get(file).status_code == expected, state


def test_names_and_phones_that_are_nobodys_business_are_on_no_page(client, people, board):
    file = reverse("portal:notice_file", args=[board["released"].pk, board["released"].files.get().pk])
    for url in [*addresses(people, board["released"]), file, reverse("portal:deputy_photo", args=[people.deputy.pk])]:
        response = client.get(url)
        body = b"".join(response.streaming_content) if response.streaming else response.content
        whole = body.decode(errors="replace") + str(response.headers)
        assert not [secret for secret in SECRETS if secret in whole], url


def test_a_notice_shows_its_deputies_with_photo_level_field_and_constituency(client, people, board):
    page = text(client.get(reverse("portal:notice", args=[board["released"].pk])))
    assert all(words in page for words in ("张为民", "县代表", "政法", "第一选区"))
    assert reverse("portal:deputy_photo", args=[people.deputy.pk]) in page


def test_the_deputies_of_a_notice_lead_to_their_pages_while_they_have_one(client, people, board):
    notice = reverse("portal:notice", args=[board["released"].pk])
    link = f'href="{reverse("portal:deputy", args=[people.deputy.pk])}"'
    assert link in text(client.get(notice))
    Deputy.objects.filter(pk=people.deputy.pk).update(status=Status.ENDED)
    page = text(client.get(notice))
    assert link not in page and people.deputy.name in page


def test_a_deputy_without_a_photo_shows_the_surname(client, people):
    page = text(client.get(reverse("portal:station", args=[people.town.pk])))
    assert '<span class="face face-none" aria-hidden="true">张</span>' in page


def test_the_station_page_shows_the_next_days_and_the_pinned_notices_first(client, people, board):
    old = factories.notice(
        people, title="置顶的旧公示", pinned=True, released_at=timezone.now() - dt.timedelta(days=90)
    )
    factories.reception_day(people, timezone.localdate() - dt.timedelta(days=1), place="过去的地点")
    page = text(client.get(reverse("portal:station", args=[people.town.pk])))
    assert page.index(old.title) < page.index("标题released")
    assert "联络站接待室" in page and "接待代表" in page and "张为民" in page and "过去的地点" not in page


def test_a_scheduled_notice_appears_with_its_minute(client, people, board):
    notice = board["scheduled"]
    Notice.objects.filter(pk=notice.pk).update(release_at=timezone.now() - dt.timedelta(seconds=1))
    assert client.get(reverse("portal:notice", args=[notice.pk])).status_code == 200
    assert notice.title in text(client.get(reverse("portal:station_notices", args=[people.town.pk])))


def test_notices_of_a_closed_station_are_gone(client, people, board):
    Station.objects.filter(pk=people.town.pk).update(is_active=False)
    assert client.get(reverse("portal:notice", args=[board["released"].pk])).status_code == 404
    assert "标题released" not in text(client.get(reverse("portal:county_notices", args=[people.county.code])))


def test_another_countys_notices_are_not_in_the_list(client, people, strangers):
    factories.notice(strangers, title="禹州的公示")
    assert "禹州的公示" not in text(client.get(reverse("portal:county_notices", args=[people.county.code])))


def test_the_archive_goes_by_year(client, people):
    for year in (2024, 2025):
        factories.notice(
            people,
            title=f"{year}年的事",
            released_at=dt.datetime(year, 1, 1, 0, 30, tzinfo=timezone.get_current_timezone()),
        )
    url = reverse("portal:county_notices", args=[people.county.code])
    page = text(client.get(url, {"year": "2024"}))
    assert "2024年的事" in page and "2025年的事" not in page and 'href="?year=2025"' in page
    for odd in ("1999", "²", "x" * 5000, "-1"):
        assert "2025年的事" in text(client.get(url, {"year": odd}))


def test_the_years_of_an_archive_are_those_with_notices(client, people, django_assert_num_queries):
    url, here = reverse("portal:station_notices", args=[people.town.pk]), timezone.get_current_timezone()
    assert client.get(url).context["years"] == []
    found = []
    for year, queries in ((2025, 1), (2024, 1), (2019, 2), (2021, 2)):  # what lies between is looked for
        factories.notice(people, released_at=dt.datetime(year, 12, 31, 23, 30, tzinfo=here))
        factories.notice(people, state="draft", released_at=dt.datetime(2022, 5, 1, tzinfo=here))
        found = sorted([*found, year], reverse=True)
        with django_assert_num_queries(queries):
            assert client.get(url).context["years"] == found


def test_long_lists_have_pages_that_keep_the_year(client, people):
    for number in range(45):
        moment = dt.datetime(2025, 5, 1, tzinfo=dt.UTC) + dt.timedelta(hours=number)
        factories.notice(people, title=f"第{number:02d}号", released_at=moment)
    url, seen = reverse("portal:station_notices", args=[people.town.pk]) + "?year=2025", []
    while url:
        response = client.get(url)
        seen += [notice["title"] for notice in response.context["page"].rows]
        cursor = response.context["page"].next_cursor
        url = f"{reverse('portal:station_notices', args=[people.town.pk])}?year=2025&after={cursor}" if cursor else ""
    assert seen == [f"第{number:02d}号" for number in reversed(range(45))]


def test_public_pages_cost_eight_queries_at_most_whatever_the_number_of_notices(
    client, people, board, django_assert_max_num_queries
):
    for number in range(60):
        notice = factories.notice(people, title=f"公示{number}", pinned=number < 3)
        notice.deputies.add(people.deputy, people.other_deputy)
    for number in range(5):
        day = factories.reception_day(people, timezone.localdate() + dt.timedelta(days=20 + number))
        factories.on_duty(day, people.deputy, people.other_deputy)
    for url in addresses(people, notice):
        with django_assert_max_num_queries(8):
            assert client.get(url).status_code == 200


def test_files_come_with_their_own_type_and_can_be_kept(client, people, board):
    notice = board["released"]
    url = reverse("portal:notice_file", args=[notice.pk, notice.files.get().pk])
    answer = client.get(url)
    assert answer["Content-Type"] == "application/pdf" and answer["X-Content-Type-Options"] == "nosniff"
    assert "public" in answer["Cache-Control"] and "Set-Cookie" not in answer.headers
    again = client.get(url, headers={"if-none-match": answer["ETag"]})
    assert again.status_code == 304 and again["ETag"] == answer["ETag"]
    word = with_file(
        notice, "总结.docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", b"PK"
    )
    answer = client.get(reverse("portal:notice_file", args=[notice.pk, word.pk]))
    assert answer["Content-Disposition"].startswith("attachment")


def test_a_file_is_not_served_through_another_notice(client, people, board):
    other = factories.notice(people)
    assert client.get(reverse("portal:notice_file", args=[other.pk, board["draft"].files.get().pk])).status_code == 404


def test_a_photo_is_public_only_where_the_deputy_is(client, people, board):
    url = reverse("portal:deputy_photo", args=[people.deputy.pk])
    answer = client.get(url)
    assert answer["Content-Type"] == "image/jpeg" and answer["X-Content-Type-Options"] == "nosniff"
    assert "Content-Disposition" not in answer.headers
    people.deputy.status = "ended"
    people.deputy.save()
    assert client.get(url).status_code == 200  # the notice still shows the deputy
    changes.withdraw(board["released"].pk, by=people.hub_staff, reason="撤")
    assert client.get(url).status_code == 404
    assert client.get(reverse("portal:deputy_photo", args=[people.other_deputy.pk])).status_code == 404


def test_what_is_gone_from_the_disk_is_not_found(client, people, board):
    row = board["released"].files.get()
    Path(row.file.path).unlink()
    assert client.get(reverse("portal:notice_file", args=[row.notice_id, row.pk])).status_code == 404
