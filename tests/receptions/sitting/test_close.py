"""The day is closed: summary, absences, and the notice of it."""

from __future__ import annotations

import pytest
from django.urls import reverse

from history import log
from history.models import Event
from noticeboard import changes
from noticeboard.models import Notice, NoticeKind, NoticeState
from receptions import sittings
from receptions.models import DayState
from receptions.sittings import SittingError, Stale
from tests import factories
from tests.receptions.sitting.scene import SUMMARY, close, duty_of, fresh, post_close
from tests.suggestions.acts import again, said

pytestmark = pytest.mark.django_db


def test_a_day_is_closed_with_what_came_of_it(people, opened):
    sittings.sign_in(opened.pk, duty_of(opened, people.deputy).pk, badge=True, by=people.town_staff)
    factories.register(people, reception_day=opened)
    day = close(opened, people.town_staff, visitors=5)
    day.refresh_from_db()
    assert (day.state, day.visitors, day.summary, day.closed_by) == ("closed", 5, SUMMARY, people.town_staff)
    assert duty_of(day, people.other_deputy).absent_reason == "外出开会"
    event = Event.objects.filter(chain=day.chain, action="close").get()
    assert {name: event.after[name] for name in ("visitors", "cases", "present", "absent")} == {
        "visitors": 5,
        "cases": 1,
        "present": 1,
        "absent": 1,
    }
    assert list(log.broken_links(day.chain)) == []


def test_who_did_not_come_has_a_reason(people, opened):
    with pytest.raises(SittingError, match=r"请写明缺席原因：.*李建设"):
        close(opened, people.town_staff, absences={})
    assert fresh(opened).state == DayState.OPEN


def test_who_received_voters_was_not_absent(people, opened):
    factories.register(people, reception_day=opened)
    with pytest.raises(SittingError, match="张为民今天接待了选民，请先补签到"):
        close(opened, people.town_staff, visitors=1)


def test_fewer_visitors_than_were_taken_down_are_refused(people, opened):
    factories.register(people, reception_day=opened, deputy=None)
    with pytest.raises(SittingError, match="已经登记了 1 位"):
        close(opened, people.town_staff, visitors=0)


def test_a_closed_day_says_since_when(people, opened):
    close(opened, people.town_staff)
    with pytest.raises(Stale, match=r"已于 \d\d:\d\d 结束"):
        close(opened, people.hub_staff)


def test_the_summary_goes_to_the_board_where_that_is_ticked(people, opened, as_user, client):
    answer = post_close(as_user, people.hub_staff, opened, release="on")
    assert answer.status_code == 302 and "小结已公示" in said(answer)
    notice = Notice.objects.get(kind=NoticeKind.SUMMARY)
    assert notice.state == NoticeState.RELEASED and SUMMARY in notice.body and notice.station == people.town
    assert fresh(opened).summary_notice == notice


def test_of_a_township_a_second_person_releases_the_summary_as_any_notice(people, opened, as_user):
    answer = post_close(as_user, people.town_staff, opened, release="on")
    notice = Notice.objects.get(kind=NoticeKind.SUMMARY)
    assert notice.state == NoticeState.CHECKING and "另一名工作人员审核" in said(answer)
    assert not Notice.objects.public().exists()
    changes.release(notice.pk, by=again(people.hub_staff))
    assert Notice.objects.public().get() == notice


def test_a_correction_before_the_review_is_what_is_reviewed(people, opened, as_user):
    post_close(as_user, people.town_staff, opened, release="on")
    form = {f"absent_{duty.pk}": "外出开会" for duty in opened.duties.all()}
    data = {**form, "visitors": 3, "summary": "改过的小结。", "reason": "漏记", "seen": sittings.seen(opened)}
    as_user(people.town_staff).post(reverse("receptions:correct", args=[opened.pk]), {**data, "release": "on"})
    notice = Notice.objects.get()
    assert notice.state == NoticeState.CHECKING and "改过的小结。" in notice.body


def test_without_the_tick_nothing_is_public(people, opened, as_user):
    post_close(as_user, people.town_staff, opened)
    assert fresh(opened).state == DayState.CLOSED and not Notice.objects.exists()


@pytest.mark.parametrize(
    "text", ["请联系 13800001234 处理。", "赵小满反映的路灯已经修好。"], ids=["a number", "a visitor's name"]
)
def test_what_looks_personal_is_shown_and_must_be_confirmed(people, opened, as_user, text):
    sittings.sign_in(opened.pk, duty_of(opened, people.deputy).pk, badge=True, by=people.town_staff)
    factories.register(people, reception_day=opened)
    page = post_close(as_user, people.town_staff, opened, release="on", summary=text, visitors=1)
    assert page.status_code == 200 and "<mark>" in page.text and text in page.text
    assert fresh(opened).state == DayState.OPEN and not Notice.objects.exists()
    post_close(as_user, people.town_staff, opened, release="on", summary=text, visitors=1, confirmed="on")
    assert fresh(opened).state == DayState.CLOSED and Notice.objects.exists()


def test_what_was_written_stays_when_the_close_is_refused(people, opened, as_user):
    page = post_close(as_user, people.town_staff, opened, visitors="")
    assert page.status_code == 200 and SUMMARY in page.text and "外出开会" in page.text
