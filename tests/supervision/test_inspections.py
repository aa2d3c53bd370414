"""视察、调研、执法检查: planned, answered on the phone, held with who came."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from django.utils import timezone

from history.models import Event
from messaging.models import OutboxRow
from supervision import clock, inspecting, tasks
from supervision.models import Answer, Inspection, InspectionState
from tests.supervision import factories as make

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate
DAY = dt.timedelta(days=1)


def url(name, one):
    return reverse(f"supervision:{name}", args=[one.pk])


def told(one, what=""):
    rows = OutboxRow.objects.filter(key__startswith=f"{one.chain}:{what}")
    return set(rows.values_list("person__username", flat=True))


def form(**fields):
    date = (TODAY() + 7 * DAY).isoformat()
    return {"kind": "inspection", "title": "窨井盖现场查看", "date": date, "place": "县人大门口", **fields}


def events(one):
    return list(Event.objects.filter(chain=one.chain).order_by("seq").values_list("action", flat=True))


def test_the_county_office_plans_for_a_group_and_its_deputies_are_told(people, as_user):
    group = make.group(people)
    make.member(group, people.other_deputy)
    expert = make.expert(group)
    client = as_user(people.hub_staff)
    page = client.get(url("plan_for_group", group)).text
    assert "李建设" in page and "郭**" in page and "郭石匠" not in page
    data = form(members=[people.deputy.pk, people.other_deputy.pk], experts=[expert.pk], starts_at="09:30")
    client.post(url("plan_for_group", group), data)
    one = Inspection.objects.get()
    assert (one.group, one.state, one.participants.count()) == (group, InspectionState.PLANNED, 3)
    assert told(one) == {"BA-deputy_user", "BA-other_deputy_user"} and events(one) == ["inspection_plan"]


def test_a_township_plans_for_its_own_station_alone(people, as_user):
    client = as_user(people.town_staff)
    assert client.post(url("plan_for_station", people.town), form(others=[people.deputy.pk])).status_code == 302
    assert Inspection.objects.get().station == people.town
    assert client.get(url("plan_for_station", people.other_town)).status_code == 403
    assert client.get(url("plan_for_group", make.group(people))).status_code == 403


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"date": "2026-01-05"}, "补登已经开展的视察，请勾选“已经开展”"),
        ({"date": "2026-01-05", "held": "on"}, "补登时请写明视察情况"),
        ({"held": "on", "summary": "看了"}, "还没有到日期"),
        ({"others": []}, "请至少选一名"),
        ({"starts_at": "九点"}, "时间不对"),
    ],
)
def test_what_cannot_be_planned_is_said_in_words(people, as_user, fields, said):
    data = {**form(others=[people.deputy.pk]), **fields}
    assert said in as_user(people.hub_staff).post(url("plan_for_station", people.town), data).text
    assert not Inspection.objects.exists()


def test_an_inspection_in_the_past_is_entered_with_who_came_and_nobody_is_told(people, as_user):
    data = form(date=(TODAY() - DAY).isoformat(), held="on", summary="看了 40 座。", others=[people.deputy.pk])
    as_user(people.hub_staff).post(url("plan_for_station", people.town), data)
    one = Inspection.objects.get()
    assert one.state == InspectionState.HELD and one.participants.get().attended and not told(one)


def test_without_anybody_who_came_the_past_is_refused(people):
    said = {"kind": "inspection", "title": "一", "place": "二", "date": TODAY() - DAY, "summary": "三"}
    with pytest.raises(ValidationError, match="没有到场人员"):
        inspecting.record_past(people.county, by=people.hub_staff, station=people.town, deputies=[], **said)
    assert not Inspection.objects.exists()


def test_a_deputy_answers_with_one_press_and_may_change_it(people, as_user):
    one = make.inspection(people, None, people.deputy)
    client = as_user(people.deputy_user)
    assert "请答复能否参加" in client.get(url("inspection", one)).text
    assert "请我参加" in client.get(reverse("supervision:home")).text
    client.post(url("answer_inspection", one), {"coming": "yes"})
    assert one.participants.get().answer == Answer.COMING
    assert "请写明请假的原因" in client.post(url("answer_inspection", one), {"coming": "no"}).text
    client.post(url("answer_inspection", one), {"coming": "no", "reason": "外出学习"})
    assert one.participants.get().answer == Answer.LEAVE and told(one, "leave") == {"BA-town_staff"}
    assert events(one) == ["inspection_answer", "inspection_answer"]


def test_nobody_answers_for_somebody_else_or_when_the_day_is_over(people):
    one = make.inspection(people, None, people.deputy)
    with pytest.raises(PermissionDenied):
        inspecting.answer(one.pk, by=people.other_deputy_user, coming=True)
    Inspection.objects.update(date=TODAY() - DAY)
    with pytest.raises(ValidationError, match="日期已经过了"):
        inspecting.answer(one.pk, by=people.deputy_user, coming=True)
    Inspection.objects.update(date=TODAY())
    assert inspecting.answer(one.pk, by=people.deputy_user, coming=True).answer == Answer.COMING


def test_a_change_of_day_or_place_is_told_and_answered_anew_a_change_of_words_is_not(people, as_user):
    one = make.inspection(people, None, people.deputy)
    inspecting.answer(one.pk, by=people.deputy_user, coming=True)
    client = as_user(people.town_staff)
    client.post(url("edit_inspection", one), form(date=one.date.isoformat(), title="换个题目"))
    assert one.participants.get().answer == Answer.COMING and not told(one, "r2")
    client.post(url("edit_inspection", one), form(place="城管局门口"))
    assert one.participants.get().answer == Answer.ASKED and told(one, "r2") == {"BA-deputy_user"}
    assert not inspecting.still(str(one.pk), "1", "planned") and inspecting.still(str(one.pk), "2", "planned")


def test_more_people_are_asked_once(people):
    one = make.inspection(people, None, people.deputy)
    assert inspecting.invite(one.pk, [people.deputy, people.other_deputy], by=people.town_staff) == 1
    assert told(one) == {"BA-other_deputy_user"}


def test_a_cancelled_inspection_is_told_with_its_reason_and_stays_cancelled(people, as_user):
    one = make.inspection(people, None, people.deputy)
    as_user(people.town_staff).post(url("cancel_inspection", one), {"reason": "下大雨"})
    assert told(one, "cancelled") == {"BA-deputy_user"}
    for act in (
        lambda: inspecting.hold(one.pk, by=people.town_staff, attended=[1], summary="看了"),
        lambda: inspecting.cancel(one.pk, by=people.town_staff, reason="又"),
        lambda: inspecting.answer(one.pk, by=people.deputy_user, coming=True),
    ):
        with pytest.raises(ValidationError, match="已取消"):
            act()


def test_who_came_is_ticked_on_the_day_and_put_right_later(people, as_user):
    one = make.inspection(people, None, people.deputy, people.other_deputy, date=TODAY())
    first, second = one.participants.order_by("pk")
    client = as_user(people.town_staff)
    client.post(url("hold_inspection", one), {"attended": [first.pk], "summary": "看了 40 座。"})
    one.refresh_from_db()
    assert one.state == InspectionState.HELD
    assert dict(one.participants.values_list("pk", "attended")) == {first.pk: True, second.pk: False}
    client.post(url("hold_inspection", one), {"attended": [first.pk, second.pk], "summary": "看了 40 座。"})
    assert one.participants.filter(attended=True).count() == 2


def test_nobody_came_is_no_inspection_and_tomorrow_is_not_held_today(people, as_user):
    one = make.inspection(people, None, people.deputy, date=TODAY())
    answer = as_user(people.town_staff).post(url("hold_inspection", one), {"summary": "看了"})
    assert "没有人到场就不是一次视察" in answer.text
    Inspection.objects.update(date=TODAY() + DAY)
    row = one.participants.get()
    with pytest.raises(ValidationError, match="还没有到日期"):
        inspecting.hold(one.pk, by=people.town_staff, attended=[row.pk], summary="看了")


def test_who_came_is_asked_for_once_when_the_day_is_over(people, as_user):
    one = make.inspection(people, None, people.deputy, date=TODAY())
    assert clock.ask_who_came() == 0
    Inspection.objects.update(date=TODAY() - DAY)
    assert (clock.ask_who_came(), clock.ask_who_came()) == (1, 0) and told(one, "unheld") == {"BA-town_staff"}
    assert "待登记到场" in as_user(people.town_staff).get(reverse("supervision:inspections")).text


def test_a_leave_at_a_station_without_anybody_is_told_to_the_county_office(people):
    one = make.inspection(people, None, people.deputy)
    people.town_staff.station_seats.all().delete()
    inspecting.answer(one.pk, by=people.deputy_user, coming=False, reason="出差")
    assert told(one, "leave") == {"BA-hub_staff"}


def test_the_hourly_task_asks_who_came(people):
    make.inspection(people, None, people.deputy, date=TODAY() - DAY)
    assert tasks.tell_late()["inspections"] == 1


def test_who_came_of_an_inspection_to_come_is_refused_on_the_page(people, as_user):
    one = make.inspection(people, None, people.deputy, date=TODAY() + DAY)
    sent = {"attended": [one.participants.get().pk], "summary": "看了"}
    assert "还没有到日期" in as_user(people.town_staff).post(url("hold_inspection", one), sent).text


def test_who_sees_an_inspection(people, strangers):
    group = make.group(people)
    of_group = make.inspection(people, group, people.other_deputy)
    of_station = make.inspection(people, None)

    def seen(user):
        return set(Inspection.objects.visible_to(user))

    assert seen(people.hub_staff) == seen(people.town_staff) == {of_group, of_station}  # 甲镇 helps the group
    assert seen(people.deputy_user) == {of_group}  # leads it
    assert seen(people.other_deputy_user) == {of_group}  # is asked
    for name in ("other_town_staff", "point_staff", "clerk", "county_clerk", "officer_user"):
        assert seen(getattr(people, name)) == set(), name
    assert seen(strangers.hub_staff) == set()


def test_the_sheet_names_who_came_and_what_was_found(people, as_user):
    one = make.held(people, make.group(people), people.deputy)
    make.sent(one, people.county_department)
    text = as_user(people.hub_staff).get(url("inspection_sheet", one)).text
    assert "张为民" in text and "人民路窨井盖松动" in text and "住房和城乡建设局" in text
