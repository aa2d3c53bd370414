"""The day itself: open, sign in, count, close, correct; who may, when, and what stays in the history."""

from __future__ import annotations

import datetime as dt
import io
import threading

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from deputies.models import Deputy, Level
from history import log
from history.models import Event
from noticeboard import changes
from noticeboard.models import Notice, NoticeKind, NoticeState
from receptions import invitations, photos, rosters, sittings
from receptions.models import DayPhoto, DayState, Duty, OfficerSignIn, ReceptionDay
from receptions.sittings import SittingError, Stale
from suggestions.models import Suggestion
from tests import factories
from tests.suggestions.acts import again, said

pytestmark = pytest.mark.django_db
SUMMARY = "接待群众反映路灯、排水等事，当场答复一件，其余带回办理。"


@pytest.fixture
def day(people):
    day = factories.reception_day(people, timezone.localdate())
    factories.on_duty(day, people.deputy, people.other_deputy)
    return day


@pytest.fixture
def opened(people, day):
    return sittings.open_day(day.pk, by=people.town_staff)


def fresh(day):
    return ReceptionDay.objects.select_related("station").get(pk=day.pk)


def duty_of(day, deputy):
    return Duty.objects.get(day=day, deputy=deputy)


def close(day, by, **what):
    reasons = {duty.pk: "外出开会" for duty in day.duties.filter(signed_in_at=None)}
    return sittings.close(day.pk, by=by, **{"summary": SUMMARY, "visitors": 0, "absences": reasons, **what})


def on(day, date, **fields):
    ReceptionDay.objects.filter(pk=day.pk).update(date=date, **fields)


# --- open ---------------------------------------------------------------------------------


def test_a_day_is_opened_on_its_date(people, day):
    sittings.open_day(day.pk, by=people.town_staff)
    day.refresh_from_db()
    assert day.state == DayState.OPEN and day.opened_at is not None
    (event,) = Event.objects.filter(chain=day.chain)
    assert (event.action, event.before, event.after) == ("open", {"state": "planned"}, {"state": "open"})
    assert event.seat == "博爱县甲镇联络站工作人员"


def test_a_future_day_is_not_opened(people, day):
    on(day, timezone.localdate() + dt.timedelta(days=1))
    with pytest.raises(SittingError, match="到那一天才能开始接待"):
        sittings.open_day(day.pk, by=people.town_staff)
    assert fresh(day).state == DayState.PLANNED


def test_a_cancelled_day_is_not_opened(people, day):
    on(day, day.date, state=DayState.CANCELLED, cancel_reason="暴雨")
    with pytest.raises(SittingError, match="已经取消（暴雨）"):
        sittings.open_day(day.pk, by=people.town_staff)


def test_opening_late_says_why(people, day):
    on(day, timezone.localdate() - dt.timedelta(days=2))
    with pytest.raises(SittingError, match="补开请写明原因"):
        sittings.open_day(day.pk, by=people.town_staff)
    sittings.open_day(day.pk, by=people.town_staff, reason="停电，按纸质登记表补录")
    event = Event.objects.get(chain=day.chain)
    assert event.after["late"] and event.note == "停电，按纸质登记表补录"


def test_a_day_long_past_is_not_opened(people, day):
    on(day, timezone.localdate() - dt.timedelta(days=32))
    with pytest.raises(SittingError, match="不能再补开"):
        sittings.open_day(day.pk, by=people.town_staff, reason="忘了")


def test_who_opens_second_reads_that_it_is_open(people, opened):
    with pytest.raises(Stale, match="开始接待"):
        sittings.open_day(opened.pk, by=people.hub_staff)


def test_a_closed_day_goes_on_until_midnight(people, opened):
    close(opened, people.town_staff)
    sittings.reopen(opened.pk, by=people.town_staff)
    assert fresh(opened).state == DayState.OPEN
    close(opened, people.town_staff)
    ReceptionDay.objects.filter(pk=opened.pk).update(closed_at=timezone.now() - dt.timedelta(days=1))
    with pytest.raises(SittingError, match="过了零点"):
        sittings.reopen(opened.pk, by=people.town_staff)


# --- action × seat ------------------------------------------------------------------------

ACTS = {
    "open": lambda day, by: sittings.open_day(day.pk, by=by),
    "go_on": lambda day, by: sittings.reopen(day.pk, by=by),
    "sign_in": lambda day, by: sittings.sign_in(day.pk, 0, badge=True, by=by),
    "undo_sign_in": lambda day, by: sittings.undo_sign_in(day.pk, 0, by=by),
    "officer": lambda day, by: sittings.sign_in_officer(day.pk, 0, by=by),
    "undo_officer": lambda day, by: sittings.undo_officer(day.pk, 0, by=by),
    "count": lambda day, by: sittings.count(day.pk, 1, by=by),
    "close": lambda day, by: sittings.close(day.pk, by=by, summary="", visitors=0, absences={}),
    "correct": lambda day, by: sittings.correct(
        day.pk, by=by, seen_seq=0, summary="", visitors=0, absences={}, reason="x"
    ),
    "add_photos": lambda day, by: photos.add(day.pk, [], by=by),
    "remove_photo": lambda day, by: photos.remove(day.pk, 0, by=by),
}
# hub, own town, other town, point below, department, deputy on duty, officer: y may (and reads why not now), n may not
MAY = "yynnnnn"
SEATS = ("hub_staff", "town_staff", "other_town_staff", "point_staff", "clerk", "deputy_user", "officer_user")


@pytest.mark.parametrize("action", ACTS)
def test_who_may(people, day, action):
    found = ""
    for seat in SEATS:
        on(day, day.date, state=DayState.PLANNED)
        try:
            ACTS[action](day, again(getattr(people, seat)))
        except PermissionDenied:
            found += "n"
        except SittingError:
            found += "y"
        else:
            found += "y"
    assert found == MAY


@pytest.mark.parametrize("action", [action for action in ACTS if action not in ("open", "undo_officer")])
def test_what_may_not_be_done_now_leaves_no_trace(people, day, action):
    with pytest.raises(SittingError):
        ACTS[action](day, people.town_staff)
    assert not Event.objects.filter(chain=day.chain).exists()


# --- sign in ------------------------------------------------------------------------------


@pytest.mark.parametrize("badge", [True, False])
def test_a_deputy_signs_in_with_or_without_badge(people, opened, badge):
    duty = sittings.sign_in(opened.pk, duty_of(opened, people.deputy).pk, badge=badge, by=people.town_staff)
    duty.refresh_from_db()
    assert duty.signed_in_at is not None and duty.badge_worn is badge


def test_signing_in_again_keeps_the_time_and_changes_the_badge(people, opened):
    pk = duty_of(opened, people.deputy).pk
    first = sittings.sign_in(opened.pk, pk, badge=False, by=people.town_staff)
    second = sittings.sign_in(opened.pk, pk, badge=True, by=people.town_staff)
    assert (second.signed_in_at, second.badge_worn) == (first.signed_in_at, True)


def test_a_sign_in_that_was_forgotten_is_made_up_for_after_the_close(people, opened):
    close(opened, people.town_staff)
    sittings.sign_in(opened.pk, duty_of(opened, people.deputy).pk, badge=True, by=people.town_staff)
    duty = duty_of(opened, people.deputy)
    assert duty.signed_in_at is not None and duty.absent_reason == ""
    assert Event.objects.filter(chain=opened.chain).latest("seq").after["late"]


def test_a_sign_in_is_undone(people, opened):
    pk = duty_of(opened, people.deputy).pk
    sittings.sign_in(opened.pk, pk, badge=True, by=people.town_staff)
    sittings.undo_sign_in(opened.pk, pk, by=people.town_staff)
    duty = Duty.objects.get(pk=pk)
    assert (duty.signed_in_at, duty.badge_worn) == (None, False)
    with pytest.raises(Stale, match="已经撤销"):
        sittings.undo_sign_in(opened.pk, pk, by=people.town_staff)


def test_who_received_voters_stays_signed_in(people, opened):
    pk = duty_of(opened, people.deputy).pk
    sittings.sign_in(opened.pk, pk, badge=True, by=people.town_staff)
    factories.register(people, reception_day=opened)
    with pytest.raises(SittingError, match="已经接待了选民"):
        sittings.undo_sign_in(opened.pk, pk, by=people.town_staff)


def test_a_duty_that_is_gone_is_said_to_be(people, opened):
    pk = duty_of(opened, people.deputy).pk
    Duty.objects.filter(pk=pk).delete()
    with pytest.raises(Stale, match="值班表刚刚有变动"):
        sittings.sign_in(opened.pk, pk, badge=True, by=people.town_staff)


def test_officers_sign_in_and_are_taken_back(people, opened):
    sittings.sign_in_officer(opened.pk, people.officer.pk, by=people.town_staff)
    sittings.sign_in_officer(opened.pk, people.officer.pk, by=people.town_staff)
    assert OfficerSignIn.objects.count() == 1
    sittings.undo_officer(opened.pk, people.officer.pk, by=people.town_staff)
    assert not OfficerSignIn.objects.exists()


# --- count --------------------------------------------------------------------------------


def test_visitors_are_counted_by_one(people, opened):
    assert [sittings.count(opened.pk, step, by=people.town_staff) for step in (1, 1, -1)] == [1, 2, 1]


def test_visitors_are_never_fewer_than_were_taken_down(people, opened):
    factories.register(people, reception_day=opened)
    with pytest.raises(SittingError, match="已经登记了 1 位"):
        sittings.count(opened.pk, -1, by=people.town_staff)
    assert fresh(opened).visitors == 1


def test_the_press_shows_only_the_side_to_htmx_and_the_problem_in_it(people, opened, as_user):
    client, url = as_user(people.town_staff), reverse("receptions:count", args=[opened.pk])
    page = client.post(url, {"step": "more"}, headers={"HX-Request": "true"})
    assert page.text.lstrip().startswith("<aside") and ">1</strong>" in page.text
    client.post(url, {"step": "fewer"})
    refused = client.post(url, {"step": "fewer"}, headers={"HX-Request": "true"})
    assert "来访人次不能再少" in refused.text


# --- close --------------------------------------------------------------------------------


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


def post_close(as_user, user, day, **data):
    form = {f"absent_{duty.pk}": "外出开会" for duty in day.duties.filter(signed_in_at=None)}
    return as_user(user).post(
        reverse("receptions:close", args=[day.pk]), {"visitors": 0, "summary": SUMMARY, **form, **data}
    )


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


# --- correct ------------------------------------------------------------------------------


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


# --- photos -------------------------------------------------------------------------------


def picture(name="现场.jpg"):
    content = io.BytesIO()
    exif = Image.Exif()
    exif[0x010E] = "GPS 35.17 113.05"
    Image.new("RGB", (40, 30), "red").save(content, "JPEG", exif=exif)
    return SimpleUploadedFile(name, content.getvalue(), "image/jpeg")


def test_photos_lose_what_the_phone_wrote_into_them(people, opened, as_user):
    post_close(as_user, people.town_staff, opened, photos=[picture()])
    photo = DayPhoto.objects.get()
    answer = as_user(people.clerk).get(reverse("receptions:photo", args=[opened.pk, photo.pk]))
    content = b"".join(answer.streaming_content)
    assert answer["Content-Type"] == "image/jpeg" and b"GPS 35.17" not in content
    assert b"GPS 35.17" in picture().read()


def test_what_is_not_a_picture_is_refused_and_the_day_stays_open(people, opened, as_user):
    page = post_close(as_user, people.town_staff, opened, photos=[SimpleUploadedFile("说明.txt", b"abc")])
    assert page.status_code == 200 and "不是照片" in page.text
    assert fresh(opened).state == DayState.OPEN and not DayPhoto.objects.exists()


def test_photos_go_to_the_board_where_that_is_ticked_and_once(people, opened, as_user):
    post_close(as_user, people.town_staff, opened, photos=[picture()], release="on", with_photos="on")
    notice = Notice.objects.get()
    assert notice.files.count() == 1
    assert photos.show_on(opened, notice) == 0


def test_a_photo_is_taken_off_again(people, opened):
    photos.add(opened.pk, [picture()], by=people.town_staff)
    photos.remove(opened.pk, DayPhoto.objects.get().pk, by=people.town_staff)
    assert not DayPhoto.objects.exists()


# --- two at once --------------------------------------------------------------------------


def at_once(*acts):
    """Run each in a thread of its own, started together; returns what each gave or raised."""
    barrier, found = threading.Barrier(len(acts)), [None] * len(acts)

    def run(index, act):
        try:
            barrier.wait(10)
            found[index] = act()
        except Exception as error:
            found[index] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(index, act)) for index, act in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return found


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_two_closes_at_once_one_reads_that_it_is_closed(people, opened):
    found = at_once(*(lambda by=by: close(opened, again(by)) for by in (people.town_staff, people.hub_staff)))
    assert sorted(type(one).__name__ for one in found) == ["ReceptionDay", "Stale"]
    assert Event.objects.filter(chain=opened.chain, action="close").count() == 1


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_presses_at_once_are_all_counted(people, opened):
    at_once(*(lambda: [sittings.count(opened.pk, 1, by=again(people.town_staff)) for _ in range(5)] for _ in range(4)))
    assert fresh(opened).visitors == 20
    assert list(log.broken_links(opened.chain)) == []


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_an_entry_and_the_close_at_once_leave_no_entry_uncounted(people, opened):
    sittings.sign_in(opened.pk, duty_of(opened, people.deputy).pk, badge=True, by=people.town_staff)
    at_once(
        lambda: close(opened, again(people.hub_staff)),
        lambda: factories.register(people, reception_day=fresh(opened), by=again(people.deputy_user)),
    )
    day = fresh(opened)
    assert day.visitors >= Suggestion.objects.filter(reception_day=day).count()


# --- a deputy who came unasked --------------------------------------------------------------


def test_a_deputy_is_added_while_the_day_is_held_and_the_way_leads_back_to_the_desk(people, opened, as_user):
    extra = Deputy.objects.create(county=people.county, home_station=people.town, name="赵一诺", level=Level.COUNTY)
    client = as_user(people.town_staff)
    assign = reverse("receptions:assign", args=[opened.pk]) + "?back=desk"
    assert assign in client.get(reverse("suggestions:desk", args=[opened.pk])).content.decode()
    done = client.post(assign, {"deputy": extra.pk}, follow=True)
    assert "赵一诺已排到" in done.content.decode() and "回到接待台" in done.content.decode()
    assert done.context["back_url"] == reverse("suggestions:desk", args=[opened.pk])
    sittings.sign_in(opened.pk, duty_id=duty_of(opened, extra).pk, badge=True, by=people.town_staff)


def test_only_who_was_added_at_the_desk_by_a_slip_is_taken_off_again(people, opened):
    extra = Deputy.objects.create(county=people.county, home_station=people.town, name="赵一诺", level=Level.COUNTY)
    rosters.assign(opened.pk, extra.pk, by=people.town_staff)
    with pytest.raises(ValidationError, match="已经开始"):
        rosters.unassign(opened.pk, people.deputy.pk, by=people.town_staff)
    assert rosters.unassign(opened.pk, extra.pk, by=people.town_staff)
    rosters.assign(opened.pk, extra.pk, by=people.town_staff)
    sittings.sign_in(opened.pk, duty_id=duty_of(opened, extra).pk, badge=True, by=people.town_staff)
    with pytest.raises(ValidationError, match="已经开始"):
        rosters.unassign(opened.pk, extra.pk, by=people.town_staff)


def test_nobody_is_added_to_a_day_that_is_closed(people, opened):
    close(opened, people.town_staff)
    extra = Deputy.objects.create(county=people.county, home_station=people.town, name="赵一诺", level=Level.COUNTY)
    with pytest.raises(ValidationError, match="不能再改"):
        rosters.assign(opened.pk, extra.pk, by=people.town_staff)
