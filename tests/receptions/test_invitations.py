"""A department's head is invited to a reception day: asked, answered, withdrawn, what came of it."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone

from deputies.models import Deputy, Level
from history.models import Event
from messaging.models import OutboxRow
from receptions import invitations, reminders
from receptions.models import DayState, Invitation, InvitationState, ReceptionDay
from receptions.sittings import SittingError, Stale
from stations.models import StationStaff
from tests import factories
from tests.suggestions.acts import again

pytestmark = pytest.mark.django_db


@pytest.fixture
def day(people):
    return factories.reception_day(people, timezone.localdate() + dt.timedelta(days=3), to_tell=False)


@pytest.fixture
def asked(people, day):
    return invitations.invite(
        day.pk, by=people.town_staff, department=people.county_department, matter="解答主街路灯改造"
    )


def fresh(one):
    return Invitation.objects.get(pk=one.pk)


def told(person, words):
    return OutboxRow.objects.filter(person=person, subject__contains=words).exists()


def move(day, **fields):
    ReceptionDay.objects.filter(pk=day.pk).update(**fields)


def test_the_department_is_told_and_the_day_remembers(people, day, asked):
    assert (asked.state, asked.asked_by) == (InvitationState.ASKED, people.town_staff)
    assert told(people.county_clerk, "邀请进站") and not told(people.clerk, "邀请进站")
    event = Event.objects.get(chain=day.chain)
    assert (event.action, event.after["department"]) == ("invite", people.county_department.pk)
    assert not ReceptionDay.objects.get(pk=day.pk).to_tell  # nothing is arranged yet


def test_a_department_is_invited_once_a_day(people, day, asked):
    with pytest.raises(SittingError, match="已经邀请过了"):
        invitations.invite(day.pk, by=people.hub_staff, department=people.county_department, matter="又一件")
    invitations.withdraw(asked.pk, by=people.town_staff, reason="改由局长接待日办")
    assert invitations.invite(day.pk, by=people.hub_staff, department=people.county_department, matter="又一件")


def test_a_department_of_another_township_is_not_invited(people, day, strangers):
    for department in (strangers.county_department, strangers.town_department):
        with pytest.raises(SittingError, match="不是本站或上级站"):
            invitations.invite(day.pk, by=people.town_staff, department=department, matter="路灯")


@pytest.mark.parametrize("fields", [{"state": DayState.CANCELLED, "cancel_reason": "暴雨"}, {"state": DayState.CLOSED}])
def test_nobody_is_invited_to_a_day_that_is_not_held_any_more(people, day, fields):
    move(day, **fields)
    with pytest.raises(Stale, match="不能再邀请"):
        invitations.invite(day.pk, by=people.town_staff, department=people.county_department, matter="路灯")


def test_nobody_is_invited_to_a_day_that_is_past(people, day):
    move(day, date=timezone.localdate() - dt.timedelta(days=1))
    with pytest.raises(SittingError, match="已经过了"):
        invitations.invite(day.pk, by=people.town_staff, department=people.county_department, matter="路灯")


def test_the_station_of_a_municipal_deputy_invites_on_that_deputys_behalf(people, day):
    linked = Deputy.objects.create(
        county=people.county, name="周市代", level=Level.CITY, home_station=people.other_town
    )
    one = invitations.invite(
        day.pk, by=people.other_town_staff, department=people.county_department, matter="路灯", deputy=linked
    )
    assert one.deputy == linked
    with pytest.raises(PermissionDenied):
        invitations.invite(
            day.pk, by=people.other_town_staff, department=people.town_department, matter="路灯", deputy=people.deputy
        )


# --- answers ------------------------------------------------------------------------------


def test_accepting_says_who_comes_and_brings_the_arrangement_up_to_date(people, day, asked):
    invitations.accept(asked.pk, by=people.county_clerk, guest="李强  副局长")
    one = fresh(asked)
    assert (one.state, one.guest, one.answered_by) == (InvitationState.ACCEPTED, "李强 副局长", people.county_clerk)
    assert ReceptionDay.objects.get(pk=day.pk).to_tell
    assert told(people.town_staff, "应邀到站：李强 副局长")


def test_the_notice_on_the_board_names_the_guest_once_accepted(people, day, asked):
    move(day, to_tell=True)
    reminders.remind()
    notice = ReceptionDay.objects.get(pk=day.pk).notice
    assert "李强" not in notice.body
    invitations.accept(asked.pk, by=people.county_clerk, guest="李强 副局长")
    reminders.remind()
    notice.refresh_from_db()
    assert "住房和城乡建设局 李强 副局长" in notice.body


def test_who_comes_must_be_said(people, asked):
    with pytest.raises(SittingError, match="姓名和职务"):
        invitations.accept(asked.pk, by=people.county_clerk, guest=" ")


def test_declining_says_why(people, day, asked):
    with pytest.raises(SittingError, match="原因"):
        invitations.decline(asked.pk, by=people.county_clerk, reason="")
    invitations.decline(asked.pk, by=people.county_clerk, reason="当天省里检查")
    assert (fresh(asked).state, fresh(asked).answer) == (InvitationState.DECLINED, "当天省里检查")
    assert told(people.town_staff, "不能到站") and not ReceptionDay.objects.get(pk=day.pk).to_tell


def test_an_answer_is_changed_and_the_arrangement_follows(people, day, asked):
    invitations.accept(asked.pk, by=people.county_clerk, guest="李强 副局长")
    move(day, to_tell=False)
    invitations.decline(asked.pk, by=people.county_clerk, reason="临时有会")
    assert fresh(asked).guest == "" and ReceptionDay.objects.get(pk=day.pk).to_tell


def test_a_withdrawn_invitation_is_not_answered(people, day, asked):
    invitations.withdraw(asked.pk, by=people.town_staff, reason="问题已解决")
    assert told(people.county_clerk, "邀请已撤回")
    with pytest.raises(Stale, match="已经撤回"):
        invitations.accept(asked.pk, by=people.county_clerk, guest="李强 副局长")


def test_withdrawing_an_accepted_one_brings_the_arrangement_up_to_date(people, day, asked):
    invitations.accept(asked.pk, by=people.county_clerk, guest="李强 副局长")
    move(day, to_tell=False)
    invitations.withdraw(asked.pk, by=people.town_staff, reason="问题已解决")
    assert ReceptionDay.objects.get(pk=day.pk).to_tell


def test_a_message_about_what_is_no_longer_so_is_not_sent(people, asked):
    row = OutboxRow.objects.filter(subject__contains="邀请进站").first()
    name, _, arguments = row.relevance.partition(":")
    assert name == "receptions.invitations.still" and invitations.still(*arguments.split(":"))
    invitations.withdraw(asked.pk, by=people.town_staff, reason="问题已解决")
    assert not invitations.still(*arguments.split(":"))


# --- what came of it ----------------------------------------------------------------------


def test_whether_somebody_came_is_noted_from_the_day_on(people, day, asked):
    with pytest.raises(SittingError, match="当天和以后"):
        invitations.conclude(asked.pk, by=people.town_staff, came=True, outcome="年底前完成")
    move(day, date=timezone.localdate())
    with pytest.raises(SittingError, match="请写明"):
        invitations.conclude(asked.pk, by=people.town_staff, came=True, outcome="")
    invitations.conclude(asked.pk, by=people.town_staff, came=True, outcome="答复年底前完成")
    assert (fresh(asked).came, fresh(asked).outcome) == (True, "答复年底前完成")
    with pytest.raises(SittingError, match="不能撤回"):
        invitations.withdraw(asked.pk, by=people.town_staff, reason="x")


# --- action × seat ------------------------------------------------------------------------

ACTS = {
    "accept": lambda one, by: invitations.accept(one.pk, by=by, guest="李强 副局长"),
    "decline": lambda one, by: invitations.decline(one.pk, by=by, reason="有会"),
    "withdraw": lambda one, by: invitations.withdraw(one.pk, by=by, reason="不用了"),
    "conclude": lambda one, by: invitations.conclude(one.pk, by=by, came=False, outcome=""),
}
# hub, own town, other town, point, the department invited, another department, deputy, officer
SEATS = (
    "hub_staff",
    "town_staff",
    "other_town_staff",
    "point_staff",
    "county_clerk",
    "clerk",
    "deputy_user",
    "officer_user",
)
MAY = {"accept": "nnnnynnn", "decline": "nnnnynnn", "withdraw": "yynnnnnn", "conclude": "yynnnnnn"}


@pytest.mark.parametrize("action", ACTS)
def test_who_may(people, day, asked, action):
    found = ""
    for seat in SEATS:
        Invitation.objects.filter(pk=asked.pk).update(state=InvitationState.ASKED, came=None)
        move(day, date=timezone.localdate())
        try:
            ACTS[action](asked, again(getattr(people, seat)))
        except PermissionDenied:
            found += "n"
        else:
            found += "y"
    assert found == MAY[action]


# --- pages --------------------------------------------------------------------------------


def test_an_invitation_walks_through_its_pages(people, day, as_user):
    office, clerk = as_user(people.town_staff), as_user(people.county_clerk)
    data = {"department": people.county_department.pk, "deputy": "", "matter": "解答主街路灯改造"}
    office.post(reverse("receptions:invite", args=[day.pk]), data)
    one = Invitation.objects.get()
    page = clerk.get(reverse("receptions:invitations")).text
    assert "解答主街路灯改造" in page and "等我单位答复" in page
    address = reverse("receptions:answer_invitation", args=[one.pk])
    refused = clerk.post(address, {"coming": "accept", "guest": "", "note": "会带图纸"})
    assert "姓名和职务" in refused.text and "会带图纸" in refused.text
    assert clerk.post(address, {"coming": "accept", "guest": "李强 副局长", "note": ""}).status_code == 302
    assert "李强 副局长" in office.get(reverse("receptions:invitation", args=[one.pk])).text
    move(day, date=timezone.localdate())
    outcome = {"came": "yes", "outcome": "年底前完成"}
    office.post(reverse("receptions:conclude_invitation", args=[one.pk]), outcome)
    assert "年底前完成" in clerk.get(reverse("receptions:invitation", args=[one.pk])).text


def test_a_stale_answer_is_said_on_the_form(people, asked, as_user):
    invitations.withdraw(asked.pk, by=people.town_staff, reason="问题已解决")
    data = {"coming": "accept", "guest": "李强 副局长", "note": ""}
    page = as_user(people.county_clerk).post(reverse("receptions:answer_invitation", args=[asked.pk]), data)
    assert page.status_code == 200 and "已经撤回" in page.text and "李强 副局长" in page.text


def test_nobody_else_sees_an_invitation(people, asked, strangers, as_user):
    for person in (people.clerk, people.other_town_staff, people.officer_user, strangers.hub_staff):
        assert as_user(person).get(reverse("receptions:invitation", args=[asked.pk])).status_code == 404
        assert "解答主街路灯改造" not in as_user(person).get(reverse("receptions:invitations")).text


def test_the_list_costs_the_same_however_long(people, as_user, django_assert_max_num_queries):
    StationStaff.objects.get_or_create(user=people.town_staff, station=people.town)
    for number in range(6):
        one = factories.reception_day(people, timezone.localdate() + dt.timedelta(days=number + 2))
        invitations.invite(one.pk, by=people.town_staff, department=people.county_department, matter="路灯")
    client = as_user(people.county_clerk)
    client.get(reverse("receptions:invitations"))
    with django_assert_max_num_queries(8):
        client.get(reverse("receptions:invitations"))
