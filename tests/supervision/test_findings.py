"""Findings: noted on the phone, sent, put right, checked again, and coming back."""

import datetime as dt
import io

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from history.models import Event
from messaging.models import OutboxRow
from supervision import clock, findings
from supervision.models import Answer, Finding, FindingState
from tests.supervision import factories as make

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate
DAY = dt.timedelta(days=1)
SAID = {"title": "窨井盖松动", "place": "人民路", "field": "construction", "problem": "车过就响。"}


def url(name, one):
    return reverse(f"supervision:{name}", args=[one.pk])


def told(one, what=""):
    rows = OutboxRow.objects.filter(key__startswith=f"{one.chain}:{what}")
    return set(rows.values_list("person__username", flat=True))


def photo(name="现场.jpg"):
    out = io.BytesIO()
    Image.new("RGB", (40, 30), "grey").save(out, "JPEG")
    return SimpleUploadedFile(name, out.getvalue())


@pytest.fixture
def inspection(people):
    return make.held(people, make.group(people), people.deputy, people.other_deputy)


def test_a_deputy_notes_a_problem_with_photos_and_the_office_is_told(people, as_user, inspection):
    client = as_user(people.other_deputy_user)
    answer = client.post(url("note_finding", inspection), {**SAID, "files": [photo(), photo("近照.jpg")]}, follow=True)
    one = Finding.objects.get()
    assert "已记下这个问题" in answer.text and one.state == FindingState.NOTED and one.photos.count() == 2
    assert told(one) == {"BA-hub_staff"}
    picture = client.get(reverse("supervision:finding_photo", args=[one.pk, one.photos.first().pk]))
    assert picture["Content-Type"] == "image/jpeg"


def test_what_is_no_picture_is_refused_and_nothing_is_kept(people, as_user, inspection):
    files = [photo(), SimpleUploadedFile("说明.txt", "文字".encode())]
    answer = as_user(people.deputy_user).post(url("note_finding", inspection), {**SAID, "files": files})
    assert "不是图片" in answer.text and not Finding.objects.exists()


def test_who_asked_for_leave_or_takes_no_part_notes_nothing(people, inspection):
    inspection.participants.filter(deputy=people.other_deputy).update(answer=Answer.LEAVE)
    for user in (people.other_deputy_user, people.other_town_staff, people.county_clerk):
        with pytest.raises(PermissionDenied):
            findings.note(inspection.pk, by=user, **SAID)


def test_before_the_day_there_is_nothing_to_note(people):
    one = make.inspection(people, make.group(people), people.deputy, date=TODAY() + DAY)
    with pytest.raises(ValidationError, match="还没有到视察的日期"):
        findings.note(one.pk, by=people.deputy_user, **SAID)


def test_the_whole_way_from_noted_to_passed(people, as_user, inspection):
    one = make.finding(inspection)
    due = TODAY() + 10 * DAY
    data = {"department": people.county_department.pk, "due_on": due.isoformat(), "text": "请加固。"}
    as_user(people.hub_staff).post(url("send_finding", one), data)
    assert told(one, "sent") == {"BA-county_clerk"}
    clerk = as_user(people.county_clerk)
    assert "窨井盖松动" in clerk.get(reverse("supervision:home")).text
    clerk.post(url("report_finding", one), {"text": "已换 3 座。", "files": [photo()]})
    assert told(one, "reported") == {"BA-hub_staff", "BA-deputy_user"}  # the office, the group's leader
    back = {"passed": "no", "text": "还有一座没换。", "due_on": (due + DAY).isoformat()}
    as_user(people.deputy_user).post(url("check_finding", one), back)
    one.refresh_from_db()
    assert (one.state, one.rounds, one.due_on) == (FindingState.SENT, 1, due + DAY)
    findings.report(one.pk, by=people.county_clerk, text="最后一座也换了。")
    as_user(people.hub_staff).post(url("check_finding", one), {"passed": "yes", "text": "都稳固了。"})
    one.refresh_from_db()
    assert (one.state, one.closed_on, one.overran) == (FindingState.CLOSED, TODAY(), False)
    kinds = list(one.steps.values_list("kind", flat=True))
    assert kinds == ["sent", "reported", "back", "reported", "passed"]
    actions = Event.objects.filter(chain=one.chain).order_by("seq").values_list("action", flat=True)
    assert list(actions) == ["finding_send", *["finding_report", "finding_check"] * 2]


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"due_on": TODAY().isoformat()}, "整改时限要在今天以后"),
        ({"due_on": (TODAY() + 400 * DAY).isoformat()}, "不能超过一年"),
        ({"department": ""}, "请选责任单位"),
        ({"text": ""}, "请填写"),
    ],
)
def test_what_cannot_be_sent_is_said_in_words(people, as_user, inspection, fields, said):
    one = make.finding(inspection)
    data = {"department": people.county_department.pk, "due_on": (TODAY() + DAY).isoformat(), "text": "请加固。"}
    assert said in as_user(people.hub_staff).post(url("send_finding", one), {**data, **fields}).text
    one.refresh_from_db()
    assert one.state == FindingState.NOTED


def test_a_closed_department_gets_nothing(people, as_user, inspection):
    one, department = make.finding(inspection), people.county_department
    department.is_active = False
    department.save()
    data = {"department": department.pk, "due_on": (TODAY() + DAY).isoformat(), "text": "请加固。"}
    assert "这个单位已停用" in as_user(people.hub_staff).post(url("send_finding", one), data).text
    with pytest.raises(ValidationError, match="已停用，不能交办"):
        findings.send(one.pk, by=people.hub_staff, department=department, due_on=TODAY() + DAY, text="请加固。")


def test_a_township_sends_to_its_own_departments_alone(people):
    one = make.finding(make.held(people, None, people.deputy))
    said = {"by": people.town_staff, "due_on": TODAY() + DAY, "text": "请加固。"}
    with pytest.raises(ValidationError, match="不是您可以交办的单位"):
        findings.send(one.pk, department=people.county_department, **said)
    assert findings.send(one.pk, department=people.town_department, **said).state == FindingState.SENT


def test_out_of_turn_is_a_sentence_and_not_a_step(people, as_user, inspection):
    one = make.sent(inspection, people.county_department)
    said = {"department": people.county_department, "due_on": TODAY() + DAY, "text": "再发"}
    with pytest.raises(ValidationError, match="现在是“整改中”"):
        findings.send(one.pk, by=people.hub_staff, **said)
    with pytest.raises(ValidationError, match="现在是“整改中”"):
        findings.check(one.pk, by=people.hub_staff, passed=True, text="好")
    findings.report(one.pk, by=people.county_clerk, text="好了")
    answer = as_user(people.county_clerk).post(url("report_finding", one), {"text": "又报"})
    assert "现在是“待复查”" in answer.text


def test_a_department_does_not_check_itself_whatever_other_seat_its_clerk_has(people, inspection):
    one = make.sent(inspection, people.county_department, state=FindingState.REPORTED)
    people.county_department.staff.create(user=people.hub_staff)
    with pytest.raises(PermissionDenied, match="不能复查自己"):
        findings.check(one.pk, by=people.hub_staff, passed=True, text="好")


def test_back_without_a_new_limit_is_refused(people, as_user, inspection):
    one = make.sent(inspection, people.county_department, state=FindingState.REPORTED)
    answer = as_user(people.hub_staff).post(url("check_finding", one), {"passed": "no", "text": "不行"})
    assert "请定新的整改时限" in answer.text


def test_dropped_with_a_reason_and_sent_after_all(people, as_user, inspection):
    one = make.finding(inspection)
    as_user(people.hub_staff).post(url("drop_finding", one), {"reason": "现场已经改正"})
    one.refresh_from_db()
    assert one.state == FindingState.DROPPED
    said = {"department": people.county_department, "due_on": TODAY() + DAY, "text": "还是要改"}
    assert findings.send(one.pk, by=people.hub_staff, **said).state == FindingState.SENT


def test_a_problem_that_comes_back_shows_each_time_it_was_there(people, as_user, inspection):
    first = make.sent(inspection, people.county_department, state=FindingState.CLOSED, closed_on=TODAY())
    second = make.finding(inspection, previous=first)
    client = as_user(people.deputy_user)
    client.post(url("note_finding", inspection), {**SAID, "previous": second.pk})
    third = Finding.objects.latest("pk")
    assert findings.line(first) == findings.line(third) == [first, second, third]
    assert "出现过 3 次，这是第 2 次" in client.get(url("finding", second)).text
    assert "反复" in client.get(url("inspection", inspection)).text


def test_nothing_is_the_return_of_what_came_after_it_or_of_another_countys(people, strangers, inspection):
    first, second = make.finding(inspection), make.finding(inspection)
    said = {**SAID, "by": people.hub_staff}
    with pytest.raises(ValidationError, match="在它以前发现"):
        findings.edit(first.pk, previous=second, **said)
    theirs = make.finding(make.held(strangers, None, strangers.deputy))
    with pytest.raises(ValidationError, match="本县"):
        findings.edit(second.pk, previous=theirs, **said)
    assert findings.edit(second.pk, previous=first, **said).previous == first


def test_once_sent_the_words_stay_and_only_the_link_is_made(people, inspection):
    first, one = make.finding(inspection), make.sent(inspection, people.county_department)
    said = {"title": one.title, "place": one.place, "field": one.field, "problem": one.problem}
    assert findings.edit(one.pk, by=people.hub_staff, previous=first, **said).previous == first
    with pytest.raises(ValidationError, match="文字不能再改"):
        findings.edit(one.pk, by=people.hub_staff, previous=first, **{**said, "title": "没有问题"})


def test_due_today_is_not_overdue_and_late_stays_late(people, as_user, inspection):
    one = make.sent(inspection, people.county_department, due_on=TODAY())
    assert not Finding.objects.overdue().exists() and not one.is_overdue
    Finding.objects.update(due_on=TODAY() - DAY)
    assert Finding.objects.overdue().get() == one
    assert "整改逾期" in as_user(people.county_clerk).get(url("finding", one)).text
    assert findings.report(one.pk, by=people.county_clerk, text="好了").overran


def test_overdue_is_told_once_and_again_after_five_working_days(people, inspection):
    make.sent(inspection, people.county_department, due_on=dt.date(2026, 11, 23))
    assert clock.tell_overdue_findings(dt.date(2026, 11, 23)) == 0
    assert clock.tell_overdue_findings(dt.date(2026, 11, 24)) == 2  # the department, the group's leader
    assert clock.tell_overdue_findings(dt.date(2026, 11, 24)) == 0
    assert clock.tell_overdue_findings(dt.date(2026, 12, 1)) == 3  # the office, too


def test_a_department_sees_what_was_sent_to_it_and_no_more(people, as_user, inspection):
    noted = make.finding(inspection, department=people.county_department)
    one = make.sent(inspection, people.county_department)
    client = as_user(people.county_clerk)
    assert client.get(url("finding", noted)).status_code == 404
    assert client.get(url("finding", one)).status_code == 200
    assert client.get(url("inspection", inspection)).status_code == 404
    assert as_user(people.clerk).get(url("finding", one)).status_code == 404
