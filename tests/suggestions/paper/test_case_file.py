"""办理全卷: everything of a case in order, with the fingerprint of its history."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, models
from django.urls import reverse

from history.models import Event
from suggestions import workflow
from suggestions.choices import State
from suggestions.models import Suggestion
from tests import factories

pytestmark = pytest.mark.django_db


def paper(as_user, user, case, **query):
    return as_user(user).get(reverse("suggestions:case_file", args=[case.pk]), query)


def test_everything_is_there_in_order(people, as_user):
    picture = SimpleUploadedFile("路灯.png", b"\x89PNG\r\n\x1a\n0000")
    case = factories.case_in(people, State.CLOSED, files=[picture])
    text = paper(as_user, people.town_staff, case).text
    parts = ["一、登记", "二、交办和办理", "三、回复和评价", "四、附件目录", "五、经过", "六、经过的指纹"]
    places = [text.index(part) for part in parts]
    assert places == sorted(places)
    for words in (case.content, "村镇建设中心（主办）", "农业服务中心（协办）", "已修好，请您看看。", "选民本人评价"):
        assert words in text
    assert "路灯.png" in text and case.attachments.get().digest in text


def test_the_fingerprint_is_that_of_the_history_with_this_print_in_it(people, as_user):
    case = factories.case_in(people, State.CLOSED)
    text = paper(as_user, people.town_staff, case).text
    last = Event.objects.filter(chain=case.chain).order_by("-seq").first()
    assert last.action == "print" and last.after == {"form": "case_file"}
    case.refresh_from_db()
    assert (last.seq, last.hash) == (case.event_seq, case.event_hash)
    groups = " ".join(last.hash[start : start + 8] for start in range(0, 64, 8))
    assert f"记录 {last.seq} 条" in text and groups in text
    assert "各条首尾相接" in text and "核对发现问题" not in text


def test_a_state_moved_past_the_workflow_shows_on_paper(people, as_user):
    case = factories.case_in(people, State.REPLIED)
    models.QuerySet(Suggestion).filter(pk=case.pk).update(state=State.HANDED_OVER)
    text = paper(as_user, people.town_staff, case).text
    assert "核对发现问题" in text and "现在的状态与最后一条记录不符" in text


@pytest.mark.skipif(connection.vendor != "sqlite", reason="the trigger is switched off as SQLite does it")
def test_a_changed_event_shows_on_paper(people, as_user):
    case = factories.case_in(people, State.REPLIED)
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'history_event'")
        for (name,) in cursor.fetchall():
            cursor.execute(f"DROP TRIGGER {name}")
        cursor.execute("UPDATE history_event SET seat = '别人' WHERE chain = %s AND seq = 2", [case.chain])
    assert "第 2 条：内容被改动" in paper(as_user, people.town_staff, case).text


def test_looks_are_for_those_who_answer_for_the_case(people, as_user):
    case = factories.case_in(people, State.HANDLING)
    paper(as_user, people.town_staff, case)
    assert "查看、打印和下载</h3>" in paper(as_user, people.town_staff, case).text
    text = paper(as_user, people.clerk, case).text
    assert "查看、打印和下载</h3>" not in text and "另有查看、打印和下载记录 3 条" in text


def test_a_case_answered_on_the_spot_says_so(people, as_user):
    case = factories.register(people)
    workflow.answer(case.pk, text="路灯明天就修。", by=people.town_staff)
    text = paper(as_user, people.town_staff, case).text
    assert "当场答复" in text and "没有交办承办单位" in text and "没有附件。" in text


def test_printing_makes_no_open_page_stale(people, as_user):
    case = factories.case_in(people, State.HANDLING)
    paper(as_user, people.town_staff, case)
    assert Suggestion.objects.get(pk=case.pk).version == case.version


def test_it_is_a_bounded_number_of_queries(people, as_user, django_assert_max_num_queries):
    case = factories.case_in(people, State.CLOSED)
    for n in range(5):
        workflow.remark(case.pk, note=f"记事{n}", by=people.town_staff)
    client = as_user(people.town_staff)
    with django_assert_max_num_queries(40):
        client.get(reverse("suggestions:case_file", args=[case.pk]))
