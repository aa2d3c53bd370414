"""A closed day is corrected, and its history tells so."""

from __future__ import annotations

import pytest
from django.urls import reverse

from history.models import Event
from noticeboard.models import Notice
from receptions import invitations, sittings
from tests.receptions.sitting.scene import close, duty_of, fresh, post_close

pytestmark = pytest.mark.django_db


def correct(day, by, **what):
    seen = sittings.seen(day)
    given = {"seen_seq": seen, "summary": "改过的小结。", "visitors": 7, "absences": {}, "reason": "漏记了两位", **what}
    given["absences"] = given["absences"] or {d.pk: "外出开会" for d in day.duties.filter(signed_in_at=None)}
    return sittings.correct(day.pk, by=by, **given)


def test_the_office_corrects_a_closed_day_and_the_history_says_why(people, opened):
    close(opened, people.town_staff)
    day = correct(opened, people.hub_staff)
    assert (day.summary, day.visitors) == ("改过的小结。", 7)
    event = Event.objects.filter(chain=day.chain).latest("seq")
    assert (event.action, event.note, event.actor) == ("correct", "漏记了两位", people.hub_staff)
    assert event.before["visitors"] == 0 and event.after["visitors"] == 7 and event.after["summary_changed"]


def test_a_correction_on_a_page_that_is_old_is_refused_once(people, opened, as_user):
    close(opened, people.town_staff)
    seen = sittings.seen(opened)
    correct(opened, people.hub_staff)
    form = {f"absent_{duty.pk}": "外出开会" for duty in opened.duties.all()}
    data = {**form, "visitors": 9, "summary": "第二次改。", "reason": "又漏了", "seen": seen}
    client, url = as_user(people.town_staff), reverse("receptions:correct", args=[opened.pk])
    page = client.post(url, data)
    assert "有了变动" in page.text and "第二次改。" in page.text and fresh(opened).visitors == 7
    assert client.post(url, {**data, "seen": sittings.seen(opened)}).status_code == 302
    assert fresh(opened).visitors == 9


def test_a_correction_brings_the_board_up_to_date(people, opened, as_user):
    post_close(as_user, people.hub_staff, opened, release="on")
    form = {f"absent_{duty.pk}": "外出开会" for duty in opened.duties.all()}
    data = {**form, "visitors": 3, "summary": "改过的小结。", "reason": "漏记", "seen": sittings.seen(opened)}
    as_user(people.hub_staff).post(reverse("receptions:correct", args=[opened.pk]), {**data, "release": "on"})
    notice = fresh(opened).summary_notice
    assert "改过的小结。" in notice.body and "3 人次" in notice.body
    assert list(Notice.objects.public()) == [notice]


def test_the_page_of_the_day_tells_all_that_was_done(people, opened, as_user):
    sittings.sign_in(opened.pk, duty_of(opened, people.deputy).pk, badge=True, by=people.town_staff)
    one = invitations.invite(
        opened.pk, by=people.town_staff, department=people.county_department, matter="解答主街路灯改造"
    )
    invitations.accept(one.pk, by=people.county_clerk, guest="李强 副局长")
    invitations.conclude(one.pk, by=people.town_staff, came=True, outcome="年底前完成")
    close(opened, people.town_staff, visitors=5)
    correct(opened, people.hub_staff)
    page = as_user(people.town_staff).get(reverse("receptions:day", args=[opened.pk])).text
    for words in (
        "代表签到",
        "张为民",
        "已佩戴代表证",
        "单位应邀",
        "到站了",
        "结束接待",
        "来访人次：5",
        "更正接待记录",
        "漏记了两位",
    ):
        assert words in page
