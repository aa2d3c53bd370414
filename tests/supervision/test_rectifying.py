"""What is under the line at year end: explained, put right within a month, accepted or returned, voted on again."""

import datetime as dt
import io

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from history.log import broken_links
from history.models import Event
from messaging.models import OutboxRow
from stations.changes import set_department_active
from stations.models import Department
from supervision import ballots, publishing, rectifying, reminding
from supervision.models import Rectification, RectificationState, Round, RoundKind
from supervision.rounds import RoundError
from tests.supervision import voting
from tests.supervision.voting import BAD, BASIC, GOOD
from workdays.calendar import Calendar

pytestmark = pytest.mark.django_db
R = RectificationState


def at(name, one):
    return reverse(f"supervision:{name}", args=[one.pk])


def told(user, words):
    return OutboxRow.objects.filter(person=user, subject__contains=words).count()


# --- opens by itself ----------------------------------------------------------------------


def test_under_the_line_at_year_end_it_opens_by_itself_with_its_two_limits(people):
    water = Department.objects.create(station=people.hub, name="水利局")
    one = voting.published(people, GOOD, GOOD, GOOD, BAD, BAD, subjects=[people.county_department, water])
    made = Rectification.objects.all()
    assert {row.subject.department for row in made} == {people.county_department, water}
    today, calendar = timezone.localdate(), Calendar.current()
    for row in made:
        assert (row.state, row.opened_on) == (R.ASKED, today)
        assert row.explain_due == calendar.add(today, 10) and row.rectify_due == calendar.add_months(today, 1)
    assert told(people.county_clerk, "请作书面说明并整改") == 1
    assert Event.objects.get(chain=one.chain, action="round_publish").after["rectifications"]


@pytest.mark.parametrize(
    ("kind", "choices", "opens"),
    [
        (RoundKind.YEAR_END, (GOOD, GOOD, GOOD, BASIC, BAD), False),  # 80 % exactly
        (RoundKind.YEAR_END, (GOOD, GOOD, GOOD, BAD), True),
        (RoundKind.MID_YEAR, (BAD, BAD, BAD), False),
    ],
)
def test_only_under_the_line_and_only_at_year_end(people, kind, choices, opens):
    voting.published(people, *choices, kind=kind)
    assert Rectification.objects.exists() is opens


def test_a_sealed_result_that_is_not_published_opens_nothing(people):
    voting.sealed(people, BAD, BAD, BAD)
    assert not Rectification.objects.exists() and not told(people.county_clerk, "")


# --- the way ------------------------------------------------------------------------------


def test_the_department_explains_with_a_file_and_reports_what_it_did(people, as_user):
    one, client = voting.rectification(people), as_user(people.county_clerk)
    paper = SimpleUploadedFile("说明.pdf", b"%PDF-1.4 ")
    client.post(at("explain", one), {"text": "排查不细。", "files": [paper]})
    one.refresh_from_db()
    assert (one.state, one.explanation, one.files.get().name) == (R.WORKING, "排查不细。", "说明.pdf")
    assert told(people.hub_staff, "已交书面说明") == 1
    client.post(at("report_result", one), {"text": "已全部更换。"})
    one.refresh_from_db()
    assert one.state == R.REPORTED and told(people.hub_staff, "请认定整改") == 1
    page = as_user(people.hub_staff).get(at("rectification", one)).text
    assert "排查不细。" in page and "已全部更换。" in page and "说明.pdf" in page and "认定整改完成" in page
    file = reverse("supervision:rectification_file", args=[one.pk, one.files.get().pk])
    assert b"".join(client.get(file).streaming_content) == b"%PDF-1.4 "


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({"text": ""}, "请填写"),
        ({"text": "字" * 3001}, "请删减 1 字"),
        ({"text": "联系人 410822199001011234"}, "身份证号"),
        ({"text": "好", "files": [SimpleUploadedFile("a.exe", b"MZ")]}, "不能上传"),
    ],
)
def test_what_cannot_be_handed_in_is_refused_in_words_and_nothing_is_kept(people, as_user, sent, words):
    one = voting.rectification(people)
    page = as_user(people.county_clerk).post(at("explain", one), sent).text
    one.refresh_from_db()
    assert words in page and one.state == R.ASKED and not one.files.exists()


def test_the_office_returns_it_with_a_reason_and_the_limit_stays(people, as_user):
    one, client = voting.rectification(people, R.REPORTED), as_user(people.hub_staff)
    due = one.rectify_due
    assert "请填写" in client.post(at("return_result", one), {"reason": ""}).text
    client.post(at("return_result", one), {"reason": "东关路还有三处没有换。"})
    one.refresh_from_db()
    assert (one.state, one.rectify_due) == (R.WORKING, due)
    assert told(people.county_clerk, "整改退回") == 1
    assert "东关路还有三处没有换。" in as_user(people.county_clerk).get(at("rectification", one)).text
    rectifying.report_result(one.pk, by=people.county_clerk, text="三处已换。")
    rectifying.send_back(one.pk, by=people.hub_staff, reason="还差一处。")
    assert told(people.county_clerk, "整改退回") == 2


def test_that_it_was_reported_to_the_committee_is_noted_with_its_day(people, as_user):
    one, client, today = voting.rectification(people), as_user(people.hub_staff), timezone.localdate()
    for wrong in (today + dt.timedelta(days=1), one.opened_on - dt.timedelta(days=1)):
        assert "日期应在" in client.post(at("note_committee", one), {"on": wrong, "note": ""}).text
    client.post(at("note_committee", one), {"on": today, "note": "要求三个月内回头看。"})
    one.refresh_from_db()
    assert (one.committee_on, one.state) == (today, R.ASKED)
    assert "要求三个月内回头看。" in client.get(at("rectification", one)).text


def test_accepted_it_is_voted_on_again_and_passes(people, as_user):
    one, client = voting.rectification(people, R.REPORTED), as_user(people.hub_staff)
    client.post(at("accept_result", one))
    sent = {"title": "复评", "held_on": timezone.localdate(), "way": "codes", "present": 5}
    answer = client.post(at("vote_again", one), sent)
    again = Round.objects.get(kind=RoundKind.AGAIN)
    assert answer.url == at("round", again) and again.again_for == one
    assert [subject.department for subject in again.subjects.all()] == [people.county_department]
    assert "复评已经发起" in client.post(at("vote_again", one), sent).text
    vote_and_publish(people, again, GOOD, GOOD, GOOD, BASIC, BAD)
    one.refresh_from_db()
    assert one.state == R.PASSED and Rectification.objects.count() == 1
    assert not list(broken_links(one.chain))


def vote_and_publish(people, one, *choices):
    codes = ballots.issue(one.pk, by=people.hub_staff)
    ballots.open_round(one.pk, by=people.hub_staff)
    voting.vote(one, codes, *choices)
    ballots.close(one.pk, by=people.hub_staff)
    return publishing.publish(one.pk, by=people.hub_staff)


def again_for(people, one):
    said = {"title": "复评", "held_on": timezone.localdate(), "way": "codes", "present": 5}
    return rectifying.vote_again(one.pk, by=people.hub_staff, **said)


def test_under_the_line_again_it_begins_anew(people):
    one = voting.rectification(people, R.ACCEPTED)
    vote_and_publish(people, again_for(people, one), BAD, BAD, GOOD)
    one.refresh_from_db()
    later = Rectification.objects.exclude(pk=one.pk).get()
    assert (one.state, later.state, later.subject.round.again_for) == (R.FAILED, R.ASKED, one)


def test_a_void_re_vote_may_be_begun_once_more(people):
    from supervision import rounds

    one = voting.rectification(people, R.ACCEPTED)
    rounds.void(again_for(people, one).pk, by=people.hub_staff, reason="人数不够")
    assert again_for(people, one).again_for == one


def test_a_re_vote_is_changed_without_losing_its_subject(people, as_user):
    one = voting.rectification(people, R.ACCEPTED)
    again = again_for(people, one)
    sent = {"title": "整改复评", "held_on": timezone.localdate(), "way": "paper", "present": 4}
    as_user(people.hub_staff).post(at("edit_round", again), sent)
    again.refresh_from_db()
    assert (again.title, again.way, again.subjects.count()) == ("整改复评", "paper", 1)


# By hand: what each state allows, and whose step it is.
ALLOWED = {
    R.ASKED: {"explain", "note_committee"},
    R.WORKING: {"explain", "report_result", "note_committee"},
    R.REPORTED: {"accept", "send_back", "note_committee"},
    R.ACCEPTED: {"note_committee", "vote_again"},
}
DEPARTMENTS = {"explain", "report_result"}


@pytest.mark.parametrize("state", ALLOWED)
def test_each_state_allows_these_steps_to_these_seats(people, state):
    one = voting.rectification(people, state)
    assert set(rectifying.open_to(people.county_clerk, one)) == ALLOWED[state] & DEPARTMENTS
    assert set(rectifying.open_to(people.hub_staff, one)) == ALLOWED[state] - DEPARTMENTS
    assert rectifying.open_to(people.town_staff, one) == []


def test_a_step_at_the_wrong_moment_is_refused_in_words(people):
    one = voting.rectification(people)
    with pytest.raises(RoundError, match="待书面说明"):
        rectifying.report_result(one.pk, by=people.county_clerk, text="改好了")
    with pytest.raises(PermissionDenied):
        rectifying.explain(one.pk, by=people.hub_staff, text="代写")
    with pytest.raises(PermissionDenied):
        rectifying.accept(one.pk, by=people.county_clerk)


def test_the_database_refuses_a_step_without_its_text(people):
    voting.rectification(people)
    for state in (R.WORKING, R.REPORTED):
        with pytest.raises(IntegrityError), transaction.atomic():
            Rectification.objects.update(state=state)


def test_a_department_is_not_closed_while_it_has_something_to_put_right(people):
    one = voting.rectification(people, R.ACCEPTED)
    close = {"active": False, "actor": people.hub_staff}
    with pytest.raises(ValidationError, match="满意度测评整改没有完成"):
        set_department_active(people.county_department, **close)
    vote_and_publish(people, again_for(people, one), GOOD, GOOD, GOOD)
    set_department_active(people.county_department, **close)
    people.county_department.refresh_from_db()
    assert not people.county_department.is_active


# --- reminders ----------------------------------------------------------------------------


def test_reminded_three_working_days_before_and_not_earlier(people):
    one = voting.rectification(people)
    due, calendar = one.explain_due, Calendar.current()
    days = [day for day in (due - dt.timedelta(days=n) for n in range(12)) if calendar.is_workday(day)]
    assert reminding.remind(days[4]) == 0
    assert reminding.remind(days[3]) == 1 and told(people.county_clerk, "快到期") == 1
    assert reminding.remind(days[3]) == reminding.remind(due) == 0
    assert not told(people.hub_staff, "快到期")


def test_once_it_is_over_both_are_told_and_again_each_week(people):
    one = voting.rectification(people)
    assert reminding.remind(one.explain_due) == 1  # due today: not over, and missed until now
    late = one.explain_due + dt.timedelta(days=1)
    assert reminding.remind(late) == 2 and reminding.remind(late + dt.timedelta(days=5)) == 0
    assert told(people.county_clerk, "已逾期 1 天") == told(people.hub_staff, "已逾期 1 天") == 1
    assert reminding.remind(late + dt.timedelta(days=6)) == 2


def test_the_limit_of_the_rectification_is_reminded_of_once_it_is_explained(people):
    one = voting.rectification(people, R.WORKING)
    assert reminding.remind(one.explain_due) == 0
    assert reminding.remind(one.rectify_due) == 1 and told(people.county_clerk, "整改并报告情况") == 1
    rectifying.report_result(one.pk, by=people.county_clerk, text="改好了。")
    assert reminding.remind(one.rectify_due + dt.timedelta(days=9)) == 0


def test_a_result_that_nobody_published_is_asked_about_once(people):
    voting.sealed(people)
    today = timezone.localdate()
    assert reminding.remind(today + dt.timedelta(days=2)) == 0
    assert reminding.remind(today + dt.timedelta(days=3)) == 1 == told(people.hub_staff, "还没有公布")
    assert reminding.remind(today + dt.timedelta(days=9)) == 0


def test_what_is_told_is_no_longer_true_once_the_step_is_taken(people):
    one = voting.rectification(people)
    reminding.remind(one.explain_due)
    row = OutboxRow.objects.get(subject__contains="快到期")
    module, _, arguments = row.relevance.partition(":")
    assert module == "supervision.rectifying.still" and rectifying.still(*arguments.split(":"))
    rectifying.explain(one.pk, by=people.county_clerk, text="说明。")
    assert not rectifying.still(*arguments.split(":"))


# --- where it shows -----------------------------------------------------------------------


def test_what_waits_is_on_the_first_page_of_those_whose_step_it_is(people, as_user):
    one = voting.rectification(people)
    clerk, office = as_user(people.county_clerk), as_user(people.hub_staff)
    assert at("explain", one) in clerk.get("/work/").text and "满意度测评整改" not in office.get("/work/").text
    rectifying.explain(one.pk, by=people.county_clerk, text="说明。")
    assert at("report_result", one) in clerk.get("/work/").text
    rectifying.report_result(one.pk, by=people.county_clerk, text="改好了。")
    assert "认定整改" in office.get("/work/").text and "满意度测评整改" not in clerk.get("/work/").text


def test_the_export_has_a_row_for_each_subject_of_a_counted_round_and_none_of_an_open_one(people, as_user):
    voting.published(people)
    voting.opened(people, title="正在投票")
    answer = as_user(people.hub_staff).get(reverse("reports:export_rounds"))
    sheet = load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active
    heads, *rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=3)]
    (row,) = (dict(zip(heads, values, strict=True)) for values in rows)
    told = {"承办单位": "住房和城乡建设局", "满意": 3, "不满意": 2, "有效": 5, "满意率": "60%", "是否达标": "未达标"}
    assert told.items() <= row.items() and row["整改状态"] == "待书面说明"
