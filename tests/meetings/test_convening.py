"""Meetings of the standing committee: arranged, attended, counted."""

import datetime as dt

import pytest
from django.contrib.messages import get_messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from deputies.models import Deputy, Level
from history.models import Event
from meetings import convening, counts, ledgers, telling
from meetings.models import Answer, Attendee, Citizen, Meeting, MeetingState
from messaging.models import OutboxRow
from reports import duty_record
from tests.meetings.factories import citizen, invited, meeting

TODAY = timezone.localdate


@pytest.fixture
def coming(people):
    return meeting(people, held_on=TODAY() + dt.timedelta(days=5))


def said(answer):
    return " ".join(map(str, get_messages(answer.wsgi_request)))


def told(user):
    return list(
        OutboxRow.objects.filter(person=user, channel="in_app").order_by("pk").values_list("subject", flat=True)
    )


def the_form(**fields):
    what = {
        "session": 15,
        "number": 4,
        "held_on": "2026-12-24",
        "starts_at": "9:00",
        "place": "三楼会议室",
        "agenda": "一\n\n二",
    }
    return {**what, **fields}


def test_the_office_registers_a_meeting_and_its_title_is_written_out(people, as_user):
    answer = as_user(people.hub_staff).post(reverse("meetings:create"), the_form(session=16, number=22))
    one = Meeting.objects.get()
    assert answer.url == reverse("meetings:meeting", args=[one.pk])
    assert one.title == "第十六届人大常委会第二十二次会议" and one.items == ["一", "二"]


def test_the_same_number_twice_is_refused_and_what_was_typed_stays(people, as_user):
    meeting(people, number=4)
    answer = as_user(people.hub_staff).post(reverse("meetings:create"), the_form(place="新礼堂"))
    assert "已经登记过了" in answer.content.decode() and "新礼堂" in answer.content.decode()
    assert Meeting.objects.count() == 1


def test_an_invited_deputy_is_told_and_answers_on_the_phone(people, coming, as_user):
    client = as_user(people.hub_staff)
    client.post(reverse("meetings:invite", args=[coming.pk]), {"deputy": [people.deputy.pk, people.other_deputy.pk]})
    row = coming.attendees.get(deputy=people.deputy)
    assert told(people.deputy_user) == [f"请您列席{coming.title}"]
    mine = as_user(people.deputy_user)
    assert reverse("meetings:answer", args=[row.pk]) in mine.get(reverse("meetings:list")).content.decode()
    mine.post(reverse("meetings:answer", args=[row.pk]), {"coming": "yes"})
    row.refresh_from_db()
    assert row.answer == Answer.COMING and row.answered_at


def test_inviting_again_passes_over_who_is_invited_and_nobody_new_is_said(people, coming, as_user):
    url = reverse("meetings:invite", args=[coming.pk])
    client = as_user(people.hub_staff)
    client.post(url, {"deputy": [people.deputy.pk]})
    answer = client.post(url, {"deputy": [people.deputy.pk]})
    assert "请选要邀请的代表" in answer.content.decode()
    assert coming.attendees.count() == 1 and len(told(people.deputy_user)) == 1


def test_a_deputy_of_another_county_cannot_be_invited(people, strangers, coming):
    with pytest.raises(ValidationError, match="本县在任"):
        convening.invite(coming.pk, [strangers.deputy], by=people.hub_staff)


def test_a_no_wants_its_reason_and_the_office_hears_it(people, coming, as_user):
    row = invited(coming, people.deputy)
    client = as_user(people.deputy_user)
    answer = client.post(reverse("meetings:answer", args=[row.pk]), {"coming": "no"})
    assert "请写明不能参加的原因" in answer.content.decode()
    client.post(reverse("meetings:answer", args=[row.pk]), {"coming": "no", "reason": "在外地学习"})
    row.refresh_from_db()
    assert (row.answer, row.reason) == (Answer.DECLINED, "在外地学习")
    assert told(people.hub_staff) == [f"张为民代表不能列席{coming.title}"]


@pytest.mark.parametrize(("days", "works"), [(-1, False), (0, True)])
def test_answering_ends_with_the_day_of_the_meeting(people, days, works):
    row = invited(meeting(people, held_on=TODAY() + dt.timedelta(days=days)), people.deputy)
    if works:
        assert convening.answer(row.pk, by=people.deputy_user, coming=True).answer == Answer.COMING
    else:
        with pytest.raises(ValidationError, match="不用再答复"):
            convening.answer(row.pk, by=people.deputy_user, coming=True)


def test_nobody_else_answers_for_a_deputy(people, coming):
    row = invited(coming, people.deputy)
    for user in (people.other_deputy_user, people.town_staff):
        with pytest.raises(PermissionDenied):
            convening.answer(row.pk, by=user, coming=True)
    assert convening.answer(row.pk, by=people.hub_staff, coming=True).answer == Answer.COMING


def test_another_hour_is_told_again_but_not_to_who_said_no(people, coming):
    invited(coming, people.deputy)
    invited(coming, people.other_deputy, answer=Answer.DECLINED)
    convening.edit(coming.pk, by=people.hub_staff, starts_at=dt.time(14, 30))
    assert told(people.deputy_user) == [f"{coming.title}的时间地点有变"] and told(people.other_deputy_user) == []
    convening.edit(coming.pk, by=people.hub_staff, agenda="人事任免")
    assert len(told(people.deputy_user)) == 1


def test_what_was_told_at_an_earlier_hour_is_no_longer_true(people, coming):
    invited(coming, people.deputy)
    assert telling.is_invited(str(coming.pk), "1", str(people.deputy.pk))
    convening.edit(coming.pk, by=people.hub_staff, place="礼堂")
    assert not telling.is_invited(str(coming.pk), "1", str(people.deputy.pk))
    assert telling.is_invited(str(coming.pk), "2", str(people.deputy.pk))


def test_a_cancelled_meeting_is_told_and_takes_nobody_any_more(people, coming, as_user):
    invited(coming, people.deputy)
    as_user(people.hub_staff).post(reverse("meetings:cancel", args=[coming.pk]), {"reason": "改期"})
    coming.refresh_from_db()
    assert coming.state == MeetingState.CANCELLED and told(people.deputy_user) == [f"{coming.title}取消"]
    with pytest.raises(ValidationError, match="已经取消"):
        convening.add_citizen(coming.pk, by=people.hub_staff)


def test_one_press_signs_in_and_a_second_changes_nothing(people, as_user):
    one = meeting(people)
    row = invited(one, people.deputy)
    client, url = as_user(people.hub_staff), reverse("meetings:sign_in", args=[one.pk])
    client.post(url, {"attendee": row.pk})
    row.refresh_from_db()
    first = row.signed_in_at
    client.post(url, {"attendee": row.pk})
    row.refresh_from_db()
    assert first and row.signed_in_at == first
    client.post(url, {"attendee": row.pk, "undo": "1"})
    row.refresh_from_db()
    assert row.signed_in_at is None


def test_nobody_signs_in_before_the_day(people, coming, as_user):
    row = invited(coming, people.deputy)
    answer = as_user(people.hub_staff).post(reverse("meetings:sign_in", args=[coming.pk]), {"attendee": row.pk})
    assert "还没有到会议日期" in said(answer)
    assert not Attendee.objects.present().exists()


def test_a_guest_of_another_meeting_is_not_signed_in_here(people, as_user):
    other = invited(meeting(people, number=9), people.deputy)
    answer = as_user(people.hub_staff).post(
        reverse("meetings:sign_in", args=[meeting(people).pk]), {"attendee": other.pk}
    )
    assert answer.status_code == 404


def test_only_who_signed_in_at_a_meeting_that_is_closed_counts(people):
    one = meeting(people)
    for deputy in (people.deputy, people.other_deputy):
        invited(one, deputy)
    first, guest = one.attendees.first(), citizen(one)
    for row in (first, guest):
        convening.sign_in(row.pk, by=people.hub_staff)
    assert counts.between([people.county.pk], TODAY(), TODAY()) == counts.Totals(0, 0, 0)
    convening.conclude(one.pk, by=people.hub_staff)
    assert counts.between([people.county.pk], TODAY(), TODAY()) == counts.Totals(1, 1, 1)
    with pytest.raises(ValidationError, match="登记已经结束"):
        convening.sign_in(one.attendees.last().pk, by=people.hub_staff)
    convening.reopen(one.pk, by=people.hub_staff)
    assert counts.totals(Meeting.objects.all()) == counts.Totals(0, 0, 0)


def test_a_meeting_to_come_cannot_be_closed(people, coming):
    with pytest.raises(ValidationError, match="还没有召开"):
        convening.conclude(coming.pk, by=people.hub_staff)


@pytest.mark.parametrize("state", [MeetingState.PLANNED, MeetingState.HELD])
def test_a_meeting_where_people_signed_in_is_not_put_off(people, as_user, state):
    one = meeting(people, state=state)
    row = invited(one, people.deputy, signed_in_at=timezone.now())
    url, tomorrow = reverse("meetings:edit", args=[one.pk]), TODAY() + dt.timedelta(days=1)
    answer = as_user(people.hub_staff).post(url, the_form(held_on=tomorrow.isoformat()))
    assert "不能改到今天以后" in answer.content.decode()
    Attendee.objects.filter(pk=row.pk).update(signed_in_at=None)
    convening.edit(one.pk, by=people.hub_staff, held_on=TODAY(), place="二楼")
    if state == MeetingState.HELD:
        with pytest.raises(ValidationError, match="不能改到今天以后"):
            convening.edit(one.pk, by=people.hub_staff, held_on=tomorrow)
    else:
        assert convening.edit(one.pk, by=people.hub_staff, held_on=tomorrow).held_on == tomorrow


def test_who_was_just_taken_off_is_said_in_words(people, coming, monkeypatch):
    """By a colleague, while this press waited for the meeting."""
    row, hold = invited(coming, people.deputy), convening._hold

    def late(pk):
        Attendee.objects.filter(pk=row.pk).delete()
        return hold(pk)

    monkeypatch.setattr(convening, "_hold", late)
    with pytest.raises(ValidationError, match="已经移出名单"):
        convening.answer(row.pk, by=people.deputy_user, coming=True)


def test_a_number_that_is_no_deputys_is_not_looked_for(people, coming, as_user):
    answer = as_user(people.hub_staff).post(reverse("meetings:invite", args=[coming.pk]), {"deputy": "9" * 30})
    assert "请选要邀请的代表" in answer.content.decode()


def test_the_years_stand_apart(people):
    for year, number in ((2024, 1), (2024, 2), (2025, 3)):
        one = meeting(people, number=number, held_on=dt.date(year, 5, number), state=MeetingState.HELD)
        invited(one, people.deputy, signed_in_at=timezone.now())
    assert counts.by_year(Meeting.objects.all()) == {2025: counts.Totals(1, 1, 0), 2024: counts.Totals(2, 2, 0)}


def test_attending_stands_in_the_duty_record(people):
    one = meeting(people, state=MeetingState.HELD)
    invited(one, people.deputy, signed_in_at=timezone.now())
    sections = {part.label: part for part in duty_record.gather(people.deputy, TODAY().year, private=False)}
    (part,) = [part for label, part in sections.items() if "会议" in label]
    assert [item.title for item in part.items] == [f"列席{one.title}"] and part.facts[0][1] == "1 次"


def test_a_township_sees_its_deputies_and_no_citizen(people, as_user):
    one = meeting(people)
    invited(one, people.deputy)
    invited(one, people.other_deputy)
    citizen(one)
    seen = as_user(people.town_staff).get(reverse("meetings:meeting", args=[one.pk])).context
    assert [row.deputy.name for row in seen["deputies"]] == ["张为民"] and seen["citizens"] == []


def test_a_citizen_is_masked_on_the_page_named_at_the_door_and_encrypted_in_the_database(people, as_user):
    one = meeting(people)
    client = as_user(people.hub_staff)
    sent = {"name": "冯听会", "phone": "136 0000 7777", "address": "甲村"}
    client.post(reverse("meetings:add_citizen", args=[one.pk]), sent)
    page = client.get(reverse("meetings:meeting", args=[one.pk])).content.decode()
    assert "冯听会" not in page and "13600007777" not in page
    assert not Event.objects.filter(action="view_citizens").exists()
    assert "冯听会" in client.get(reverse("meetings:sign_in", args=[one.pk])).content.decode()
    assert "冯听会" in client.get(reverse("meetings:sheet", args=[one.pk])).content.decode()
    assert Event.objects.filter(action="view_citizens").count() == 1
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, phone FROM meetings_citizen")
        assert all(value.startswith("v1:") for value in cursor.fetchone())


def test_a_citizen_needs_no_name_and_gives_no_id_number(people, as_user):
    one = meeting(people)
    url, client = reverse("meetings:add_citizen", args=[one.pk]), as_user(people.hub_staff)
    client.post(url, {"name": ""})
    assert Citizen.objects.get().masked_name == "未留姓名"
    answer = client.post(url, {"name": "410822199001011234"})
    assert "不登记身份证号" in answer.content.decode() and Citizen.objects.count() == 1


def test_erased_a_citizen_still_counts(people, as_user):
    one = meeting(people, state=MeetingState.HELD)
    row = citizen(one)
    Attendee.objects.update(signed_in_at=timezone.now())
    as_user(people.hub_staff).post(reverse("meetings:erase_citizen", args=[row.pk]))
    person = Citizen.objects.get()
    assert (person.name, person.phone, person.phone_index, person.masked_name) == ("", "", "", "（已删除）")
    assert counts.totals(Meeting.objects.all()).citizens == 1


def test_taken_off_a_deputy_is_told_and_who_signed_in_stays(people):
    one = meeting(people)
    row, other = invited(one, people.deputy), invited(one, people.other_deputy)
    convening.take_off(row.pk, by=people.hub_staff)
    assert told(people.deputy_user) == [f"不用列席{one.title}了"]
    convening.sign_in(other.pk, by=people.hub_staff)
    with pytest.raises(ValidationError, match="已经签到"):
        convening.take_off(other.pk, by=people.hub_staff)
    with pytest.raises(ValidationError, match="已经移出"):
        convening.take_off(row.pk, by=people.hub_staff)


def test_the_database_refuses_a_deputy_twice_and_a_citizen_who_is_a_deputy(people):
    one = meeting(people)
    invited(one, people.deputy)
    with pytest.raises(IntegrityError), transaction.atomic():
        invited(one, people.deputy)
    with pytest.raises(IntegrityError), transaction.atomic():
        Attendee.objects.create(meeting=one, kind="citizen", deputy=people.other_deputy)


def test_what_is_done_is_in_the_history_without_a_name(people):
    one = convening.create(
        people.county, by=people.hub_staff, session=1, number=1, held_on=TODAY(), starts_at=dt.time(9), place="礼堂"
    )
    row = convening.add_citizen(one.pk, by=people.hub_staff, name="冯听会", phone="13600007777")
    convening.sign_in(row.pk, by=people.hub_staff)
    convening.conclude(one.pk, by=people.hub_staff)
    found = Event.objects.filter(chain=people.county.chain, action__startswith="meeting_")
    assert [event.action for event in found.order_by("pk")] == [
        "meeting_create",
        "meeting_citizen",
        "meeting_sign_in",
        "meeting_conclude",
    ]
    assert "冯听会" not in str([(event.after, event.note) for event in found])


def test_who_was_invited_less_stands_first(people, coming, as_user):
    new = Deputy.objects.create(county=people.county, name="赵新", level=Level.COUNTY, home_station=people.town)
    for number, deputy in ((1, people.deputy), (2, people.deputy), (3, people.other_deputy)):
        one = meeting(people, number=number + 10, state=MeetingState.HELD)
        invited(one, deputy)
    found = as_user(people.hub_staff).get(reverse("meetings:invite", args=[coming.pk])).context["deputies"]
    assert [(one.name, one.times) for one in found] == [(new.name, 0), ("李建设", 1), ("张为民", 2)]


def test_the_ledgers_hold_meetings_and_attendance(people, as_user):
    one = meeting(people, state=MeetingState.HELD)
    invited(one, people.deputy, signed_in_at=timezone.now())
    citizen(one)
    rows = list(ledgers.meetings(people.hub_staff, {}))
    assert rows[0][2] == one.title and rows[0][7:9] == [1, 0]
    extract = ledgers.attendance(people.hub_staff, {})
    assert [(row[2], row[3], row[6]) for row in extract] == [
        ("列席代表", "张为民", ""),
        ("旁听公民", "冯听会", "13600007777"),
    ]
    assert extract.in_full == 1
    assert [row[3] for row in ledgers.attendance(people.town_staff, {})] == ["张为民"]


# --- 我的待办 -----------------------------------------------------------------------------


def test_an_invitation_waits_on_the_first_page_until_it_is_answered(people, coming, as_user):
    row, client = invited(coming, people.deputy), as_user(people.deputy_user)
    page = client.get(reverse("suggestions:my_work")).content.decode()
    assert "请您列席的会议" in page and reverse("meetings:answer", args=[row.pk]) in page
    client.post(reverse("meetings:answer", args=[row.pk]), {"coming": "yes"})
    assert "请您列席的会议" not in client.get(reverse("suggestions:my_work")).content.decode()


@pytest.mark.parametrize(
    ("days", "state", "waits"),
    [
        (0, MeetingState.PLANNED, True),
        (-1, MeetingState.PLANNED, False),
        (5, MeetingState.CANCELLED, False),
        (0, MeetingState.HELD, False),
    ],
)
def test_an_invitation_waits_as_long_as_one_can_come(people, as_user, days, state, waits):
    invited(meeting(people, held_on=TODAY() + dt.timedelta(days=days), state=state), people.deputy)
    page = as_user(people.deputy_user).get(reverse("suggestions:my_work")).content.decode()
    assert ("请您列席的会议" in page) is waits


def test_the_invitation_of_another_deputy_waits_for_nobody_else(people, coming, as_user):
    invited(coming, people.deputy)
    for user in (people.hub_staff, people.town_staff, people.county_clerk):
        assert "请您列席的会议" not in as_user(user).get(reverse("suggestions:my_work")).content.decode()
