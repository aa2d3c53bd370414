"""The pages of whistles: the list, one, blowing, each side's step; and where they show on pages of other rooms."""

from __future__ import annotations

import datetime as dt

import pytest
from django.contrib.messages import get_messages
from django.urls import reverse
from django.utils import timezone

from consultations import whistle_waiting, whistling
from consultations.models import Call, CallState, Whistle
from stations.models import Department, Kind, Station, StationStaff
from suggestions.choices import State
from suggestions.faces import Faces
from tests.consultations.factories import call, whistle
from tests.factories import case_in
from tests.suggestions.acts import again

pytestmark = pytest.mark.django_db

LIST, BLOW = reverse("consultations:whistles"), reverse("consultations:whistle_blow")


def page(one):
    return reverse("consultations:whistle", args=[one.pk])


def step(name, one):
    return reverse(f"consultations:whistle_{name}", args=[one.pk])


def said(answer):
    return " ".join(map(str, get_messages(answer.wsgi_request)))


def sent(*departments, **change):
    return {
        "ground": "joint",
        "title": "主街污水管塌陷",
        "matter": "污水漫上主街。",
        "place": "主街路口",
        "departments": [one.pk for one in departments],
        "due_day": "",
        "due_time": "",
    } | change


def test_a_whistle_walks_through_its_pages(people, as_user):
    station, clerk = as_user(people.town_staff), as_user(people.clerk)
    assert "1 个单位" in said(station.post(BLOW, sent(people.town_department)))
    one = Call.objects.get()
    assert "主街污水管塌陷" in clerk.get(LIST).text and "到了，报到" in clerk.get(page(one.whistle)).text
    assert "已报到。请在" in said(clerk.post(step("check_in", one), {"who": "李建 副主任", "where": ""}))
    clerk.post(step("note", one), {"text": "今晚开挖"})
    assert "今晚开挖" in station.get(page(one.whistle)).text
    clerk.post(step("report", one), {"text": "换好了"})
    station.post(step("rate", one), {"response": "prompt", "solved": "yes", "content": "satisfied", "remark": ""})
    clerk.post(step("judge", one), {"justified": "yes", "remark": ""})
    shown = clerk.get(page(one.whistle)).text
    assert "及时 · 已解决 · 满意" in shown and "吹得准" in shown
    assert "主街污水管塌陷" in station.get(f"{LIST}?show=ended").text
    assert "主街污水管塌陷" not in station.get(LIST).text


def test_a_refusal_walks_through_its_pages(people, as_user):
    one = call(people)
    as_user(people.clerk).post(step("refuse", one), {"reason": "归县城管局"})
    station = as_user(people.town_staff)
    assert "写明为什么不同意" in station.post(step("answer", one), {"agree": "no", "text": ""}).text
    station.post(step("answer", one), {"agree": "no", "text": "移交单上写的是你们"})
    office = as_user(people.hub_staff)
    shown = office.get(step("decide", one)).text
    assert "归县城管局" in shown and "移交单上写的是你们" in shown
    office.post(step("decide", one), {"must_come": "yes", "text": "以移交单为准"})
    assert Call.objects.get().state == CallState.CALLED


def test_a_station_agrees_to_a_refusal(people, as_user):
    one = call(people, "refused")
    as_user(people.town_staff).post(step("answer", one), {"agree": "yes", "text": ""})
    assert Call.objects.get().state == CallState.EXCUSED


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"ground": ""}, "请选择一项"),
        ({"departments": []}, "请选择叫哪些单位来"),
        ({"due_day": "2020-01-01"}, "已经过去"),
        ({"due_day": "2999-01-01"}, "最多 90 天"),
        ({"due_time": "15:30"}, "还要写日期"),
        ({"due_day": "明天"}, "日期不对"),
        ({"matter": "联系人身份证 410822198001011234"}, "身份证号"),
        ({"title": ""}, "请填写"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_typed_is_lost(people, as_user, change, words):
    answer = as_user(people.town_staff).post(BLOW, sent(people.town_department, place="老戏台前", **change))
    assert words in answer.text and "老戏台前" in answer.text and not Whistle.objects.exists()


def test_a_closed_department_is_not_offered_and_refused_in_words(people, as_user):
    Department.objects.filter(pk=people.town_second.pk).update(is_active=False)
    client = as_user(people.town_staff)
    assert "农业服务中心" not in client.get(BLOW).text
    assert "有单位已停用" in client.post(BLOW, sent(people.town_department, people.town_second)).text
    assert not Whistle.objects.exists()


def test_a_second_whistle_for_the_same_is_explained_on_the_form(people, as_user):
    whistle(people)
    answer = as_user(people.town_staff).post(BLOW, sent(people.town_department, people.county_department))
    assert "已经向村镇建设中心吹过哨" in answer.text and Whistle.objects.count() == 1
    assert f'value="{people.county_department.pk}" id="department-{people.county_department.pk}" checked' in answer.text


def test_a_whistle_from_a_case_begins_with_what_is_known_of_it_masked(people, as_user):
    case = case_in(people, State.REGISTERED, content="联系 13800001234，村口路灯坏了。")
    client = as_user(people.town_staff)
    assert f"{BLOW}?case={case.pk}" in client.get(f"/cases/{case.pk}/").text
    shown = client.get(f"{BLOW}?case={case.pk}").text
    assert "村口路灯不亮" in shown and "13800001234" not in shown
    client.post(f"{BLOW}?case={case.pk}", sent(people.county_department))
    assert Whistle.objects.get().case == case
    assert "住房和城乡建设局" in client.get(f"/cases/{case.pk}/").text


@pytest.mark.parametrize("state", [State.CLOSED, State.MERGED])
def test_no_whistle_is_offered_for_a_case_that_has_ended(people, as_user, state):
    case = case_in(people, state)
    assert "叫部门来" not in as_user(people.town_staff).get(f"/cases/{case.pk}/").text


def test_a_case_one_does_not_see_is_no_reason_to_whistle(people, strangers, as_user):
    case = case_in(people, State.REGISTERED)
    assert as_user(people.other_town_staff).get(f"{BLOW}?case={case.pk}").status_code == 404
    assert as_user(people.town_staff).get(f"{BLOW}?case=x").status_code == 404
    assert as_user(people.town_staff).get(f"{BLOW}?station={people.hub.pk}").status_code == 403


def test_who_works_for_two_stations_chooses_in_whose_name(people, as_user):
    StationStaff.objects.create(user=people.town_staff, station=people.point)
    client = as_user(people.town_staff)
    assert client.get(BLOW).context["station"] == people.point
    assert client.get(f"{BLOW}?station={people.town.pk}").context["station"] == people.town


def test_a_stale_press_is_said_on_the_form(people, as_user):
    one = call(people, "here")
    answer = as_user(people.clerk).post(step("check_in", one), {"who": "王强", "where": ""})
    assert answer.status_code == 200 and "已经报到过了" in answer.text and "王强" in answer.text


def test_a_department_sees_itself_alone(people, as_user):
    one = whistle(people, people.town_department, people.county_department)
    mine, other = one.calls.get(department=people.town_department), one.calls.get(department=people.county_department)
    whistling.check_in(other.pk, by=people.county_clerk, who="赵局长")
    shown = as_user(people.clerk).get(page(one)).text
    assert "村镇建设中心" in shown and "赵局长" not in shown
    assert as_user(people.clerk).get(step("note", other)).status_code == 404
    assert as_user(people.town_staff).get(step("check_in", mine)).status_code == 403
    assert "赵局长" in as_user(people.town_staff).get(page(one)).text


def test_nobody_else_sees_a_whistle(people, strangers, as_user):
    one = whistle(people)
    for person in (people.second_clerk, people.other_town_staff, people.point_staff, people.officer_user):
        assert as_user(person).get(page(one)).status_code == 404
        assert "主街污水管塌陷" not in as_user(person).get(LIST).text
    assert as_user(strangers.hub_staff).get(page(one)).status_code == 404


def test_without_a_log_in_the_department_is_to_be_called(people, as_user):
    people.town_second.phone = "0391-8600101"
    people.town_second.save()
    people.second_clerk.is_active = False
    people.second_clerk.save()
    one = whistle(people, people.town_second)
    client = as_user(people.town_staff)
    assert "0391-8600101" in client.get(page(one)).text and "农业服务中心" in client.get("/work/").text
    client.post(step("check_in", one.calls.get()), {"who": "老周", "where": ""})
    assert one.calls.get().state == CallState.HERE


# --- what waits ---------------------------------------------------------------------------

WAITS = {  # state → seat → what the button says
    "called": {"clerk": "报到"},
    "here": {"clerk": "报告结果"},
    "refused": {"town_staff": "答复退哨"},
    "raised": {"hub_staff": "裁定"},
    "done": {"town_staff": "评价单位", "clerk": "评价吹哨"},
    "excused": {"clerk": "评价吹哨"},
    "withdrawn": {},
}


@pytest.mark.parametrize("state", WAITS)
def test_whose_turn_it_is(people, state):
    call(people, state)
    found = {}
    for seat in ("clerk", "town_staff", "hub_staff", "second_clerk", "point_staff", "other_town_staff", "deputy_user"):
        user = again(getattr(people, seat))
        (panel,) = whistle_waiting.for_user(user, Faces(user.seats.counties))
        found |= dict.fromkeys([seat] if panel.lines else [], "".join(line.step for line in panel.lines))
    assert found == WAITS[state]


def test_the_first_page_says_what_waits_and_leads_there(people, as_user):
    one = call(people)
    shown = as_user(people.clerk).get("/work/").text
    assert "主街污水管塌陷" in shown and f'href="{step("check_in", one)}"' in shown


def test_a_point_without_staff_is_answered_for_by_the_station_above(people, as_user):
    empty = Station.objects.create(county=people.county, kind=Kind.POINT, name="乙村联络点", parent=people.town)
    one = call(people)
    Whistle.objects.filter(pk=one.whistle_id).update(station=empty)
    whistling.refuse(one.pk, by=people.clerk, reason="不归我们")
    assert "答复退哨" in as_user(people.town_staff).get("/work/").text


def test_the_limit_is_said_in_hours_where_it_is_one(people, as_user):
    one = call(people, ground="emergency")
    moment = timezone.now()
    Call.objects.filter(pk=one.pk).update(due_at=moment + dt.timedelta(minutes=100, seconds=30))
    assert "还有 1 小时 40 分" in as_user(people.clerk).get(LIST).text
    Call.objects.filter(pk=one.pk).update(due_at=moment - dt.timedelta(hours=3, minutes=1))
    assert "超时 3 小时" in as_user(people.clerk).get(LIST).text


def test_the_list_costs_the_same_however_long(people, as_user, django_assert_max_num_queries):
    for number in range(5):
        whistle(people, people.town_department, people.county_department, title=f"第{number}件")
    client = as_user(people.clerk)
    client.get(LIST)
    with django_assert_max_num_queries(8):
        client.get(LIST)
