"""年度办理情况报告: its figures, what the office writes, what is kept when it is finished, and the Word document."""

from __future__ import annotations

import datetime as dt
import io
import zipfile

import docx
import pytest
from django.urls import reverse
from django.utils import timezone

from history.models import Event
from reports.yearly import changes
from reports.yearly.content import KEYS, content_of
from reports.yearly.document import to_word
from reports.yearly.models import Edition, HandlingReport, ReportPart
from suggestions.choices import State
from tests import factories

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()


def report_of(people, **fields):
    year = TODAY.year
    report = HandlingReport(
        county=people.county,
        year=year,
        edition=Edition.YEAR,
        first=dt.date(year, 1, 1),
        last=dt.date(year, 12, 31),
        **fields,
    )
    return changes.make(report, by=people.hub_staff)


def write_everything(people, report):
    for key in ("stories", "problems", "plans"):
        changes.write(report.pk, key, f"{key}：路灯修好了。", by=people.hub_staff, seen="")


def part(report, key):
    return next(one for one in content_of(report).parts if one.key == key)


def table(part):
    return {row[0]: row[1:] for row in part.tables[0].rows}


def url(name, report, *more):
    return reverse(f"reports:{name}", args=[report.pk, *more])


def test_the_report_says_what_the_cases_are(people):
    factories.case_in(people, State.CLOSED)
    factories.case_in(people, State.HANDLING)
    report = report_of(people)
    overview = part(report, "overview")
    assert "共收到群众意见建议2件" in overview.text and "上年同期没有数据" in overview.text
    assert table(overview)["收到"] == [2, 0] and table(overview)["已答复"] == [1, 0]
    assert "1个单位主办" in part(report, "departments").text
    assert table(part(report, "departments"))["村镇建设中心"][0] == 2


def test_the_same_days_of_last_year_stand_beside_it(people):
    factories.case_in(people, State.CLOSED, at=timezone.now() - dt.timedelta(days=365))
    assert table(part(report_of(people), "overview"))["收到"] == [0, 1]


def test_a_rate_of_few_cases_is_a_count(people):
    factories.case_in(people, State.CLOSED)
    assert "1/1件（件数较少，不计比率）" in part(report_of(people), "overview").text


def test_a_part_says_what_the_office_wrote_and_its_tables_follow_the_figures(people):
    report = report_of(people)
    changes.write(report.pk, "overview", "今年以来，收到意见若干。", by=people.hub_staff, seen="")
    factories.case_in(people, State.CLOSED)
    overview = part(report, "overview")
    assert overview.text == "今年以来，收到意见若干。" and overview.edited
    assert "共收到群众意见建议1件" in overview.automatic and table(overview)["收到"] == [1, 0]
    changes.restore(report.pk, "overview", by=people.hub_staff)
    assert part(report, "overview").text == overview.automatic


def test_a_finished_report_never_changes_until_it_is_opened_again(people):
    report = report_of(people)
    write_everything(people, report)
    factories.case_in(people, State.CLOSED)
    changes.finish(report.pk, by=people.hub_staff)
    report.refresh_from_db()
    before = content_of(report)
    factories.case_in(people, State.CLOSED)
    assert content_of(report) == before and table(before.parts[0])["收到"] == [1, 0]
    changes.reopen(report.pk, by=people.hub_staff)
    report.refresh_from_db()
    assert table(part(report, "overview"))["收到"] == [2, 0]


def test_a_report_with_a_part_that_nobody_wrote_is_not_finished(people, as_user):
    report = report_of(people)
    answer = as_user(people.hub_staff).post(url("finish_yearly", report), follow=True)
    assert "下一步打算" in answer.content.decode() and "还没有写" in answer.content.decode()
    report.refresh_from_db()
    assert not report.is_finished and not report.kept


def test_a_finished_report_takes_no_more_text(people, as_user):
    report = report_of(people)
    write_everything(people, report)
    changes.finish(report.pk, by=people.hub_staff)
    answer = as_user(people.hub_staff).post(url("write_part", report, "plans"), {"text": "改一改", "seen": ""})
    assert "已经定稿" in answer.content.decode() and "改一改" in answer.content.decode()
    assert ReportPart.objects.get(report=report, key="plans").text == "plans：路灯修好了。"


def test_a_part_that_somebody_else_wrote_meanwhile_is_not_overwritten(people, as_user):
    report, client = report_of(people), as_user(people.hub_staff)
    changes.write(report.pk, "plans", "同事写的\n两行", by=people.hub_staff, seen="")
    address = url("write_part", report, "plans")
    answer = client.post(address, {"text": "我写的", "seen": ""})
    said = answer.content.decode()
    assert "有人改过" in said and "同事写的" in said and "我写的" in said
    # The page now knows what is there; browsers end lines in their own way.
    assert client.post(address, {"text": "我写的", "seen": "同事写的\r\n两行"}).status_code == 302
    assert ReportPart.objects.get(report=report, key="plans").text == "我写的"


def test_an_edition_is_begun_once(people, as_user):
    client, asked = as_user(people.hub_staff), {"county": people.county.pk, "year": 2026, "edition": "midyear"}
    assert client.post(reverse("reports:yearly_list"), asked).status_code == 302
    report = HandlingReport.objects.get()
    assert (report.first, report.last) == (dt.date(2026, 1, 1), dt.date(2026, 7, 31))
    assert "已经建立" in client.post(reverse("reports:yearly_list"), asked).content.decode()
    assert HandlingReport.objects.count() == 1


@pytest.mark.parametrize(
    ("asked", "said"),
    [({"last": "2025-03-01"}, "要在 2026 年内"), ({"year": "二零二六"}, "整数"), ({"edition": "weekly"}, "有效")],
)
def test_a_report_of_a_wrong_span_is_refused_with_the_reason(people, as_user, asked, said):
    data = {"county": people.county.pk, "year": 2026, "edition": "year"} | asked
    assert said in as_user(people.hub_staff).post(reverse("reports:yearly_list"), data).content.decode()
    assert not HandlingReport.objects.exists()


def test_another_county_has_reports_of_its_own(people, strangers, as_user):
    report = report_of(people)
    client = as_user(strangers.hub_staff)
    assert report.title not in client.get(reverse("reports:yearly_list")).content.decode()
    assert client.get(report.get_absolute_url()).status_code == 404
    data = {"county": people.county.pk, "year": 2025, "edition": "year"}
    assert client.post(reverse("reports:yearly_list"), data).status_code == 200
    assert HandlingReport.objects.count() == 1


def test_the_word_document_holds_every_part_table_and_chart(people, as_user):
    factories.case_in(people, State.CLOSED)
    report = report_of(people)
    write_everything(people, report)
    content = content_of(report)
    answer = as_user(people.hub_staff).get(url("yearly_word", report))
    document = docx.Document(io.BytesIO(answer.content))
    text = "\n".join(paragraph.text for paragraph in document.paragraphs)
    assert content.title in text and "plans：路灯修好了。" in text
    assert all(one.heading in text for one in content.parts)
    assert [table.cell(1, 1).text for table in document.tables] == [
        str(one.rows[0][1]) for chapter in content.parts for one in chapter.tables
    ]
    charts = [chart for chapter in content.parts for chart in chapter.charts]
    names = zipfile.ZipFile(io.BytesIO(answer.content)).namelist()
    assert sum(name.startswith("word/charts/chart") for name in names) == len(charts) > 2
    assert Event.objects.filter(action="report_download").count() == 1


def test_words_that_a_document_cannot_hold_spoil_nothing(people):
    report = report_of(people)
    changes.write(report.pk, "plans", "一\x0b二<b>&三", by=people.hub_staff, seen="")
    document = docx.Document(io.BytesIO(to_word(content_of(report))))
    assert "<b>&三" in document.paragraphs[-1].text


def test_every_act_is_an_event_of_the_county(people):
    report = report_of(people)
    write_everything(people, report)
    changes.restore(report.pk, "stories", by=people.hub_staff)
    changes.write(report.pk, "stories", "再写", by=people.hub_staff, seen="")
    changes.finish(report.pk, by=people.hub_staff)
    changes.reopen(report.pk, by=people.hub_staff)
    actions = set(Event.objects.filter(chain=f"county:{people.county.pk}").values_list("action", flat=True))
    assert actions >= {"report_make", "report_write", "report_restore", "report_finish", "report_reopen"}


def test_the_parts_stand_in_one_order_each_with_its_numeral(people):
    headings = [one.heading for one in content_of(report_of(people)).parts]
    assert len(headings) == len(KEYS) and headings[0].startswith("一、") and headings[-1].startswith("十一、")


def test_the_page_draws_every_chart_of_the_document(people, as_user):
    factories.case_in(people, State.CLOSED)
    report = report_of(people)
    page = as_user(people.hub_staff).get(report.get_absolute_url()).content.decode()
    titles = [chart.title for part in content_of(report).parts for chart in part.charts]
    assert len(titles) > 2 and all(f">{title}</title>" in page for title in titles)
