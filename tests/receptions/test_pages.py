"""The schedule's pages: who sees what, and what a person reads on them."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from history.models import Event
from noticeboard.models import Notice
from receptions import changes, planning
from receptions.models import DayState, Leave, LeaveState, QuarterTheme, ReceptionDay, ReceptionRule
from tests import factories

SOON = timezone.localdate() + dt.timedelta(days=10)


def text(response):
    return response.content.decode()


def url(name, *args):
    return reverse(f"receptions:{name}", args=args)


# --- schedule -----------------------------------------------------------------------------


def test_each_seat_opens_the_schedule_of_its_own_station(people, as_user):
    for user, station in (
        (people.town_staff, people.town),
        (people.point_staff, people.town),  # the point holds none: that of its township
        (people.deputy_user, people.town),
        (people.officer_user, people.town),
        (people.clerk, people.town),
        (people.hub_staff, None),  # the county office has them all
    ):
        assert as_user(user).get(url("schedule")).context["station"] == station


def test_the_filters_are_in_the_address(people, as_user):
    factories.reception_day(people, dt.date(2027, 2, 25), station=people.other_town, place="会议室")
    client = as_user(people.town_staff)
    one = client.get(url("schedule"), {"station": people.other_town.pk, "year": 2027})
    assert [day.date for day in one.context["days"]] == [dt.date(2027, 2, 25)]
    every = client.get(url("schedule"), {"station": "all", "year": 2027, "month": 2})
    assert [day.station for day in every.context["days"]] == [people.other_town]
    assert not client.get(url("schedule"), {"station": "all", "year": 2027, "month": 3}).context["days"]


@pytest.mark.parametrize(
    "query", ["station=x", "station=99999999999999999999", "year=0", "year=99999", "month=13&station=all"]
)
def test_nonsense_in_the_address_shows_the_own_schedule_of_this_year(people, as_user, query):
    answer = as_user(people.town_staff).get(f"{url('schedule')}?{query}")
    assert answer.status_code == 200 and answer.context["year"] == timezone.localdate().year


def test_days_of_another_county_are_not_in_the_list(people, strangers, as_user):
    factories.reception_day(strangers, SOON)
    answer = as_user(people.hub_staff).get(url("schedule"), {"station": "all", "year": SOON.year, "month": SOON.month})
    assert not answer.context["days"]
    one = as_user(people.town_staff).get(url("schedule"), {"station": strangers.town.pk})
    assert one.context["station"] == people.town


def test_a_provisional_day_is_marked_and_explained(people, as_user):
    factories.reception_day(people, dt.date(2028, 3, 15), provisional=True)
    page = text(as_user(people.deputy_user).get(url("schedule"), {"year": 2028}))
    assert "日期暂定" in page and "节假日安排还没有公布" in page


def test_only_who_arranges_the_days_is_offered_to_add_one(people, as_user):
    add = url("add", people.town.pk)
    assert add in text(as_user(people.town_staff).get(url("schedule")))
    assert add not in text(as_user(people.deputy_user).get(url("schedule")))


def test_the_list_of_a_year_costs_the_same_for_many_days(people, as_user, django_assert_max_num_queries):
    client = as_user(people.town_staff)
    for month in range(1, 13):
        factories.on_duty(factories.reception_day(people, dt.date(2027, month, 25)), people.deputy)
    client.get(url("schedule"), {"year": 2027})
    with django_assert_max_num_queries(22):
        client.get(url("schedule"), {"year": 2027})


# --- a day --------------------------------------------------------------------------------


def test_the_day_shows_its_arrangement_and_why_it_is_that_date(people, as_user):
    QuarterTheme.objects.create(station=people.hub, year=2027, quarter=1, theme="春耕备播")
    day = factories.reception_day(people, dt.date(2027, 3, 26), planned_on=dt.date(2027, 3, 25), period="2027-03")
    ReceptionDay.objects.filter(pk=day.pk).update(why="3月25日是停电检修，顺延 1 天")
    factories.on_duty(day, people.deputy)
    page = text(as_user(people.officer_user).get(url("day", day.pk)))
    for words in ("春耕备播", "规则日：3月25日", "3月25日是停电检修，顺延 1 天", "张为民", "9:00—11:30"):
        assert words in page
    assert "改期" not in page.split("经过")[0].split("page-actions")[1].split("</div>")[0]


def test_a_cancelled_day_says_why(people, as_user):
    day = factories.reception_day(people, SOON, state=DayState.CANCELLED, cancel_reason="防汛值守")
    page = text(as_user(people.deputy_user).get(url("day", day.pk)))
    assert "这个接待日已取消：防汛值守" in page


def test_moving_through_the_page_keeps_the_history(people, as_user):
    day = factories.reception_day(people, SOON)
    to = SOON + dt.timedelta(days=3)
    client = as_user(people.town_staff)
    client.post(url("move", day.pk), {"to": to.isoformat(), "reason": "会议冲突", "seen": changes.stamp(day)})
    page = text(client.get(url("day", day.pk)))
    assert "会议冲突" in page and f"{SOON:%Y年%-m月%-d日}" in page and f"{to:%Y年%-m月%-d日}" in page


def test_a_stale_page_is_told_apart_from_a_wrong_one(people, as_user):
    day = factories.reception_day(people, SOON)
    client, seen = as_user(people.town_staff), changes.stamp(day)
    data = {"to": (SOON + dt.timedelta(days=3)).isoformat(), "reason": "会议冲突", "seen": seen}
    client.post(url("move", day.pk), data)
    answer = client.post(url("cancel", day.pk), {"reason": "下雨", "seen": seen})
    assert answer.status_code == 200 and changes.STALE in text(answer)
    day.refresh_from_db()
    assert day.state == DayState.PLANNED


def test_bad_dates_are_refused_in_words(people, as_user):
    day = factories.reception_day(people, SOON)
    other = factories.reception_day(people, SOON + dt.timedelta(days=5))
    client = as_user(people.town_staff)
    for to, words in (
        ("2020-01-01", "已经过去了"),
        (other.date.isoformat(), "已经有接待日"),
        (day.date.isoformat(), "本来就是"),
        ("2099-01-01", "太远了"),
        ("下个月", "日期不对"),
    ):
        assert words in text(client.post(url("move", day.pk), {"to": to, "reason": "会议"}))


def test_hours_that_end_before_they_start_are_refused(people, as_user):
    day = factories.reception_day(people, SOON)
    answer = as_user(people.town_staff).post(url("edit", day.pk), {"starts_at": "15:00", "ends_at": "14:00"})
    assert "结束时间要晚于开始时间" in text(answer)


def test_adding_a_day_leads_to_it(people, as_user):
    data = {"date": SOON.isoformat(), "starts_at": "14:30", "ends_at": "17:00", "reason": "代表接待月"}
    answer = as_user(people.town_staff).post(url("add", people.town.pk), data)
    day = ReceptionDay.objects.get()
    assert answer["Location"] == url("day", day.pk) and (day.period, day.by_hand) == ("", True)


# --- rule ---------------------------------------------------------------------------------


def rule_data(**fields):
    names = ("holds", "day", "move", "starts_at", "ends_at", "notice_days", "again_days", "on_duty", "min_duties")
    return {**dict.fromkeys(names, ""), **fields}


def test_the_rule_page_says_where_each_value_is_from(people, as_user):
    ReceptionRule.objects.create(station=people.hub, day=15)
    ReceptionRule.objects.create(station=people.town, on_duty=3)
    rows = {
        row["label"]: row for row in as_user(people.deputy_user).get(url("rule", people.town.pk)).context["form"].rows()
    }
    assert (rows["每月几日"]["value"], rows["每月几日"]["from"]) == ("15 日", people.hub)
    assert rows["每次值班代表（名）"]["own"] and rows["遇休息日"]["from"] is None
    assert all(row["source"] for row in rows.values())


def test_a_rule_changed_on_its_page_says_what_became_of_the_days(people, as_user):
    planning.generate()
    answer = as_user(people.hub_staff).post(url("rule", people.hub.pk), rule_data(day="14"), follow=True)
    assert "改期" in text(answer)
    assert ReceptionRule.objects.get(station=people.hub).day == 14


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"day": "32"}, "小于或等于31"),
        ({"day": "0"}, "大于或等于1"),
        ({"starts_at": "9:00"}, "要么都填"),
        ({"starts_at": "11:00", "ends_at": "10:00"}, "结束时间要晚于开始时间"),
        ({"again_days": "5"}, "比提前通知的天数小"),
        ({"notice_days": "2"}, "请一并填写"),
    ],
)
def test_a_rule_that_cannot_be_is_refused_in_words(people, as_user, fields, words):
    answer = as_user(people.hub_staff).post(url("rule", people.hub.pk), rule_data(**fields))
    assert answer.status_code == 200 and words in text(answer)
    assert not ReceptionRule.objects.filter(station=people.hub).exclude(day=None).exists()


def test_a_rule_page_opened_before_somebody_changed_it_is_stale(people, as_user):
    client = as_user(people.town_staff)
    seen = client.get(url("rule", people.town.pk)).context["form"]["seen"].value()
    client.post(url("rule", people.town.pk), rule_data(day="12", seen=seen))
    answer = client.post(url("rule", people.town.pk), rule_data(day="18", seen=seen))
    assert "刚刚被别人改动过" in text(answer)
    assert ReceptionRule.objects.get(station=people.town).day == 12


def test_an_emptied_value_is_again_as_at_the_station_above(people, as_user):
    ReceptionRule.objects.create(station=people.town, day=12, holds=True)
    as_user(people.town_staff).post(url("rule", people.town.pk), rule_data())
    own = ReceptionRule.objects.get(station=people.town)
    assert own.day is None and own.holds is None


# --- themes and plan ----------------------------------------------------------------------


def test_themes_and_activities_are_saved_and_shown(people, as_user):
    day = factories.reception_day(people, dt.date(2027, 2, 25), period="2027-02")
    client = as_user(people.town_staff)
    data = {"theme_1": "春耕备播", f"activity_{day.pk}": "走访种粮大户"}
    client.post(f"{url('themes', people.town.pk)}?year=2027", data)
    page = text(client.get(f"{url('themes', people.town.pk)}?year=2027"))
    assert 'value="春耕备播"' in page and 'value="走访种粮大户"' in page
    day.refresh_from_db()
    assert day.activity == "走访种粮大户" and QuarterTheme.objects.get().theme == "春耕备播"
    client.post(f"{url('themes', people.town.pk)}?year=2027", {f"activity_{day.pk}": "走访种粮大户"})
    assert not QuarterTheme.objects.exists()


def test_who_was_told_of_a_day_hears_of_its_new_theme(people, as_user):
    told = timezone.now()
    day = factories.reception_day(people, SOON, told_at=told, to_tell=False)
    number = (SOON.month + 2) // 3
    as_user(people.hub_staff).post(
        f"{url('themes', people.hub.pk)}?year={SOON.year}", {f"theme_{number}": "优化营商环境"}
    )
    day.refresh_from_db()
    assert day.to_tell and day.revision == 1


def test_the_plan_shows_the_year_by_quarter(people, as_user):
    QuarterTheme.objects.create(station=people.town, year=2027, quarter=1, theme="春耕备播")
    factories.reception_day(people, dt.date(2027, 2, 25), activity="走访种粮大户", provisional=True)
    factories.reception_day(people, dt.date(2027, 3, 25), state=DayState.CANCELLED, cancel_reason="防汛")
    page = text(as_user(people.deputy_user).get(f"{url('plan', people.town.pk)}?year=2027"))
    assert "春耕备播" in page and "走访种粮大户" in page and "（暂定）" in page and "3月25日" not in page


def test_the_plan_goes_on_the_board_once_a_year_and_is_brought_up_to_date(people, as_user):
    day = factories.reception_day(people, dt.date(2027, 2, 25))
    client = as_user(people.town_staff)
    post = f"{url('post_plan', people.town.pk)}?year=2027"
    client.post(post)
    ReceptionDay.objects.filter(pk=day.pk).update(activity="走访种粮大户")
    client.post(post)
    notice = Notice.objects.get(key=f"plan:{people.town.pk}:2027")
    assert (notice.kind, notice.state, notice.version) == ("plan", "released", 2)
    assert Event.objects.filter(action="plan_posted", actor=people.town_staff).count() == 2
    Notice.objects.update(state="withdrawn", withdraw_reason="有误")
    assert "已从公示栏撤下（有误）" in text(client.post(post, follow=True))
    assert "走访种粮大户" in notice.body and "2月25日（周四）9:00—11:30" in notice.body


def test_an_empty_year_is_no_plan_to_put_on_the_board(people, as_user):
    answer = as_user(people.town_staff).post(f"{url('post_plan', people.town.pk)}?year=2031", follow=True)
    assert "没有可以公示的计划" in text(answer)


# --- who cannot come on the new date --------------------------------------------------------


@pytest.fixture
def on_leave_later(people):
    """A day of 甲镇 on which 张为民 is on duty, who has leave on the date it is to be moved to."""
    day = factories.reception_day(people, SOON, period=f"{SOON:%Y-%m}")
    factories.on_duty(day, people.deputy)
    later = SOON + dt.timedelta(days=3)
    Leave.objects.create(deputy=people.deputy, starts_on=later, ends_on=later, reason="就医", state=LeaveState.GRANTED)
    return day, later


def test_moving_to_the_leave_of_somebody_on_duty_is_said_first_and_done_when_sent_once_more(
    people, as_user, on_leave_later
):
    day, later = on_leave_later
    client = as_user(people.town_staff)
    form = {"to": later.isoformat(), "reason": "会议冲突"}
    first = client.post(url("move", day.pk), form)
    assert "张为民（请假）" in text(first) and "就医" not in text(first)
    day.refresh_from_db()
    assert day.date == SOON
    despite = first.context["form"]["despite"].value()
    second = client.post(url("move", day.pk), {**form, "despite": despite}, follow=True)
    day.refresh_from_db()
    assert day.date == later
    assert "张为民（请假）。请在“安排值班”里换人" in text(second)  # said once more
    assert "不能到站：请假" in text(second)  # and marked among those on duty
    assert "这一天不能到站：请假" in text(client.get(url("assign", day.pk)))


def test_what_was_read_of_one_date_does_not_count_for_another(people, as_user, on_leave_later):
    day, later = on_leave_later
    other = later + dt.timedelta(days=1)
    factories.on_duty(factories.reception_day(people, other, station=people.other_town), people.deputy)
    form = {"to": other.isoformat(), "reason": "会议冲突", "despite": later.isoformat()}
    answer = as_user(people.town_staff).post(url("move", day.pk), form)
    assert f"张为民（在{people.other_town.name}值班）" in text(answer)
    day.refresh_from_db()
    assert day.date == SOON


def test_a_day_fixed_by_hand_shows_the_way_back_to_the_rule(people, as_user):
    day = factories.reception_day(people, SOON, period="2035-03", by_hand=True)
    client = as_user(people.town_staff)
    assert url("follow_rule", day.pk) in text(client.get(url("day", day.pk)))
    ReceptionDay.objects.filter(pk=day.pk).update(period=f"{SOON.year + 1}-03")
    assert f"按规则是<strong>{SOON.year + 1}年3月" in text(client.get(url("follow_rule", day.pk)))
    assert "已恢复按规则" in text(client.post(url("follow_rule", day.pk), {"seen": ""}, follow=True))
    assert url("follow_rule", day.pk) not in text(client.get(url("day", day.pk)))
