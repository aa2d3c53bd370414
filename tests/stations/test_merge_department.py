"""机构改革: a department is merged into another while it handles cases."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management import call_command
from django.db import IntegrityError
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from deputies.models import Tie, TieKind
from history.models import Event
from messaging.models import OutboxRow
from receptions.models import Invitation, InvitationState
from reports.models import TouchedDay
from stations import changes, merging
from stations.models import Department, DepartmentStaff
from suggestions import workflow
from suggestions.choices import LimitRule, Satisfaction, State
from suggestions.errors import Stale, WorkflowError
from suggestions.models import Assignment, AssignmentState, Extension, Suggestion
from suggestions.timeline import entries, events_of
from suggestions.transitions import Voice
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def heir(people):
    return Department.objects.create(station=people.town, name="综合服务中心")


def merge(people, heir, **who):
    return merging.merge(people.town_department.pk, into=heir.pk, by=who.get("by", people.town_staff))


def clerk_of(people):
    """As a new request sees the person: seats are kept for one request."""
    return User.objects.get(pk=people.clerk.pk)


def rows(case):
    found = Assignment.objects.filter(suggestion=case, is_current=True)
    return {(row.department.name, row.role, row.state) for row in found.select_related("department")}


def test_the_page_says_what_goes_over_and_does_it(people, heir, as_user):
    case = factories.case_in(people, State.HANDLING)
    client, page = as_user(people.town_staff), reverse("stations:merge_department", args=[people.town_department.pk])
    shown = client.get(page)
    assert [str(matter) for matter in shown.context["matters"]] == ["经办人账号 1 个", "主办的意见 1 件"]
    assert client.post(page, {"into": heir.pk}).context["form"].errors["sure"] == ["请核对后勾选确认。"]
    assert client.post(page, {"into": heir.pk, "sure": "on"}).status_code == 302
    case.refresh_from_db()
    old = Department.objects.get(pk=people.town_department.pk)
    assert (case.lead, old.is_active, old.merged_into) == (heir, False, heir)
    assert "已并入综合服务中心" in client.get(reverse("stations:detail", args=[people.town.pk])).text


@pytest.mark.parametrize("state", [State.ASSIGNED, State.HANDLING, State.REPORTED, State.HANDED_OVER, State.REPLIED])
def test_an_open_case_goes_over_with_its_state_and_its_clock(people, heir, state):
    case = factories.case_in(people, state)
    before = {name: getattr(case, name) for name in ("state", "due_on", "due_rule", "due_from", "overran")}
    row = case.assignments.get(role="lead")
    merge(people, heir)
    case.refresh_from_db()
    moved = case.assignments.get(role="lead", is_current=True)
    assert {name: getattr(case, name) for name in before} == before and case.lead == heir
    assert (moved.department, moved.due_on, moved.state) == (heir, row.due_on, row.state)
    event = events_of(case)[-1]
    assert (event.action, event.before["lead_id"], event.after["lead_id"]) == (
        "transfer",
        people.town_department.pk,
        heir.pk,
    )
    assert "主办：综合服务中心" in entries([event])[0].facts
    call_command("verify_events")


def test_the_successor_goes_on_where_the_old_one_stopped(people, heir):
    case = factories.case_in(people, State.HANDLING)
    later = case.due_on + dt.timedelta(days=5)
    workflow.ask_extension(case.pk, new_due_on=later, reason="等材料", by=people.clerk)
    merge(people, heir)
    workflow.decide_extension(case.pk, grant=True, by=people.town_staff)
    assert workflow.report(case.pk, result_kind="solved", text="修好了。", by=clerk_of(people)).state == State.REPORTED
    row = case.assignments.get(role="lead")
    assert (row.department, row.due_on, row.due_rule) == (heir, later, LimitRule.EXTENDED)
    assert Extension.objects.count() == 1


def test_lead_and_co_handler_of_one_case_are_one_afterwards(people):
    case = factories.case_in(people, State.HANDLING)
    merging.merge(people.town_department.pk, into=people.town_second.pk, by=people.town_staff)
    assert rows(case) == {("农业服务中心", "lead", "taken")}
    case.refresh_from_db()
    assert case.lead == people.town_second


def test_a_co_handler_merged_into_the_lead_is_asked_no_more(people):
    case = factories.case_in(people, State.HANDLING)
    merging.merge(people.town_second.pk, into=people.town_department.pk, by=people.town_staff)
    assert rows(case) == {("村镇建设中心", "lead", "taken")}
    ended = case.assignments.get(role="co")
    assert (ended.department, ended.state) == (people.town_second, AssignmentState.ENDED)


def test_a_co_handler_goes_over_until_its_opinion_is_given(people, heir):
    asked, given = (factories.case_in(people, State.HANDLING) for _ in range(2))
    workflow.advise(given.pk, text="同意。", by=people.second_clerk)
    merging.merge(people.town_second.pk, into=heir.pk, by=people.town_staff)
    assert ("综合服务中心", "co", "sent") in rows(asked) and ("农业服务中心", "co", "reported") in rows(given)
    assert not Event.objects.filter(chain=given.chain, action="transfer").exists()


def test_what_is_past_stays_with_the_old_one(people, heir):
    closed = factories.case_in(people, State.CLOSED)
    merge(people, heir)
    closed.refresh_from_db()
    assert closed.lead == people.town_department
    assert closed.assignments.get(role="lead").department == people.town_department


def test_a_case_that_is_to_be_done_again_comes_to_the_successor(people, heir):
    case = factories.case_in(people, State.REPLIED)
    merge(people, heir)
    case = workflow.rate(case.pk, satisfaction=Satisfaction.NOT, reason="还是不亮", by=Voice.VOTER)
    assert (case.state, case.lead) == (State.ASSIGNED, heir)


def test_a_page_opened_before_is_stale(people, heir):
    case = factories.case_in(people, State.HANDLING)
    merge(people, heir)
    with pytest.raises(Stale):
        workflow.report(case.pk, result_kind="solved", text="好了", by=clerk_of(people), version=case.version)


def test_clerks_go_over_once_and_are_told_once(people):
    DepartmentStaff.objects.create(user=people.clerk, department=people.town_second)
    factories.case_in(people, State.HANDLING)
    OutboxRow.objects.all().delete()
    merging.merge(people.town_department.pk, into=people.town_second.pk, by=people.town_staff)
    seats = DepartmentStaff.objects.filter(department__in=(people.town_department, people.town_second))
    assert {(seat.user, seat.department) for seat in seats} == {
        (people.clerk, people.town_second),
        (people.second_clerk, people.town_second),
    }
    told = OutboxRow.objects.filter(channel="in_app")
    assert sorted(told.values_list("person", flat=True)) == sorted([people.clerk.pk, people.second_clerk.pk])
    assert "主办的意见 1 件" in told[0].body


def test_the_county_keeps_the_merger_in_its_history(people, heir):
    factories.case_in(people, State.HANDLING)
    merge(people, heir)
    event = Event.objects.get(action="department_merge")
    assert (event.chain, event.after["into"]) == (people.county.chain, heir.pk)
    assert event.after["staff"] == [people.clerk.pk] and "主办的意见 1 件" in event.after["matters"]


def test_kept_figures_are_marked(people, heir):
    factories.case_in(people, State.HANDLING)
    TouchedDay.objects.all().delete()
    merge(people, heir)
    assert TouchedDay.objects.filter(county_id=people.county.pk).exists()


def test_a_tie_goes_over_and_its_log_stays(people):
    new = Department.objects.create(station=people.hub, name="城市管理局")
    upper = factories.upper_deputy(people)
    tie = factories.tie(people, TieKind.DEPARTMENT, deputy=upper, department=people.county_department)
    merging.merge(people.county_department.pk, into=new.pk, by=people.hub_staff)
    tie.refresh_from_db()
    assert tie.until == timezone.localdate()
    assert Tie.objects.current().get(deputy=upper).department == new


def test_a_successor_that_is_tied_already_keeps_its_own_tie(people):
    new = Department.objects.create(station=people.hub, name="城市管理局")
    first, second = factories.upper_deputy(people), factories.upper_deputy(people, name="吴市代")
    factories.tie(people, TieKind.DEPARTMENT, deputy=first, department=people.county_department)
    own = factories.tie(people, TieKind.DEPARTMENT, deputy=second, department=new)
    merging.merge(people.county_department.pk, into=new.pk, by=people.hub_staff)
    assert list(Tie.objects.current()) == [own]


def invitation(people, day, department, **fields):
    return Invitation.objects.create(
        day=day, department=department, matter="路灯", asked_by=people.town_staff, **fields
    )


def test_invitations_to_come_go_over_and_past_ones_stay(people, heir):
    yesterday = timezone.localdate() - dt.timedelta(days=1)
    coming = invitation(people, factories.reception_day(people), people.town_department, state="accepted", guest="周")
    past = invitation(people, factories.reception_day(people, yesterday), people.town_department)
    merge(people, heir)
    coming.refresh_from_db()
    past.refresh_from_db()
    assert (coming.department, coming.guest, past.department) == (heir, "周", people.town_department)
    assert Event.objects.filter(chain=coming.day.chain, action="invitation_merge").count() == 1


def test_nobody_is_invited_twice_to_one_day(people, heir):
    day = factories.reception_day(people)
    one, own = invitation(people, day, people.town_department), invitation(people, day, heir)
    merge(people, heir)
    one.refresh_from_db()
    own.refresh_from_db()
    assert (one.state, own.state) == (InvitationState.WITHDRAWN, InvitationState.ASKED)


def test_into_itself_into_a_closed_one_and_into_another_station_is_refused_in_words(people, heir):
    closed = Department.objects.create(station=people.town, name="老中心", is_active=False)
    wrong = {
        people.town_department.pk: "不能并入它自己",
        closed.pk: "老中心已停用",
        people.county_department.pk: "只能并入",
        0: "请选择接替的单位",
    }
    for into, words in wrong.items():
        with pytest.raises(ValidationError, match=words):
            merging.merge(people.town_department.pk, into=into, by=people.town_staff)
    merge(people, heir)
    with pytest.raises(ValidationError, match="已经并入综合服务中心"):
        merge(people, heir)
    assert Event.objects.filter(action="department_merge").count() == 1


def test_the_page_offers_open_departments_of_the_same_station(people, heir, as_user):
    Department.objects.create(station=people.town, name="老中心", is_active=False)
    page = reverse("stations:merge_department", args=[people.town_department.pk])
    form = as_user(people.town_staff).get(page).context["form"]
    assert set(form.fields["into"].queryset) == {heir, people.town_second}


def test_only_the_office_that_keeps_it_merges(people, heir):
    for user in (people.other_town_staff, people.point_staff, people.clerk, people.deputy_user):
        with pytest.raises(PermissionDenied):
            merge(people, heir, by=user)
    merge(people, heir, by=people.hub_staff)


def test_when_something_fails_nothing_has_happened(people, heir, monkeypatch):
    case = factories.case_in(people, State.HANDLING)
    invited = invitation(people, factories.reception_day(people), people.town_department)
    events, told = Event.objects.count(), OutboxRow.objects.count()

    def broken(*args, **what):
        raise IntegrityError("the last event cannot be written")

    monkeypatch.setattr(merging, "record", broken)
    with pytest.raises(IntegrityError):
        merge(people, heir)
    old = Department.objects.get(pk=people.town_department.pk)
    assert old.is_active and old.merged_into is None and old.staff.get().user == people.clerk
    assert Suggestion.objects.get(pk=case.pk).lead == old
    assert Invitation.objects.get(pk=invited.pk).department == old
    assert (Event.objects.count(), OutboxRow.objects.count()) == (events, told)


def test_a_merged_department_gets_nothing_new_and_does_not_come_back(people, heir):
    case = factories.case_in(people, State.REGISTERED)
    stale = Department.objects.get(pk=people.town_department.pk)  # as a page read it before the merger
    merge(people, heir)
    with pytest.raises(WorkflowError, match="不能交办"):
        workflow.assign(case.pk, lead=stale, by=people.town_staff)
    with pytest.raises(ValidationError, match="不能恢复"):
        changes.set_department_active(stale, True, actor=people.town_staff)


def test_the_database_holds_no_open_department_that_is_merged(people, heir):
    with pytest.raises(IntegrityError):
        Department.objects.filter(pk=people.town_department.pk).update(merged_into=heir)
