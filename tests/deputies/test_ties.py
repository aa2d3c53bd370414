"""Committee members and deputies, leaders and stations, upper deputies and departments."""

import datetime as dt

import pytest
from django.contrib.messages import get_messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from deputies import ties
from deputies.models import CommitteeMember, Deputy, Level, Post, Tie, TieContact, TieKind
from history.models import Event
from stations.models import Department
from tests import factories

NEW = reverse("deputies:create_tie")


@pytest.fixture
def upper(people):
    return factories.upper_deputy(people)


@pytest.fixture
def leader(people):
    one = Deputy.objects.create(county=people.county, name="韩主任", level=Level.COUNTY, home_station=people.other_town)
    return factories.member(one)


def said(answer):
    return " ".join(map(str, get_messages(answer.wsgi_request)))


def test_a_deputy_and_a_department_are_linked_and_neither_is_offered_again(people, upper, as_user):
    client = as_user(people.hub_staff)
    sent = {"deputy": upper.pk, "department": people.county_department.pk, "since": timezone.localdate()}
    client.post(f"{NEW}?kind=department", sent)
    tie = Tie.objects.get()
    assert (tie.near, tie.far) == ("周市代", "住房和城乡建设局")
    form = client.get(f"{NEW}?kind=department").context["form"]
    assert not form.fields["deputy"].queryset.exists() and not form.fields["department"].queryset.exists()


def test_one_to_one_while_current_and_free_again_after_the_end(people, upper):
    tie = ties.create_tie(
        people.county, TieKind.DEPARTMENT, by=people.hub_staff, deputy=upper, department=people.county_department
    )
    other = factories.upper_deputy(people, name="吴市代")
    again = {"by": people.hub_staff, "deputy": other, "department": people.county_department}
    with pytest.raises(ValidationError, match="一对一"):
        ties.create_tie(people.county, TieKind.DEPARTMENT, **again)
    ties.end_tie(tie.pk, by=people.hub_staff)
    assert ties.create_tie(people.county, TieKind.DEPARTMENT, **again).pk


@pytest.mark.parametrize("same", ["deputy", "department"])
def test_the_database_itself_holds_one_to_one(people, upper, same):
    other = Department.objects.create(station=people.hub, name="教育体育局")
    factories.tie(people, TieKind.DEPARTMENT, deputy=upper, department=people.county_department)
    ends = {"deputy": upper, "department": other}
    if same == "department":
        ends = {"deputy": factories.upper_deputy(people, name="吴市代"), "department": people.county_department}
    with pytest.raises(IntegrityError), transaction.atomic():
        factories.tie(people, TieKind.DEPARTMENT, **ends)


def test_the_database_refuses_a_tie_with_the_wrong_ends(people, upper):
    with pytest.raises(IntegrityError), transaction.atomic():
        factories.tie(people, TieKind.LEADER, deputy=upper, station=people.town)


@pytest.mark.parametrize(
    ("kind", "ends", "words"),
    [
        (TieKind.DEPARTMENT, ("deputy", "county_department"), "省、市代表"),
        (TieKind.DEPARTMENT, ("upper", "town_department"), "只能联系县直部门"),
        (TieKind.LEADER, ("plain", "town"), "主任会议成员"),
        (TieKind.MEMBER, ("plain", "itself"), "不能联系自己"),
    ],
)
def test_who_may_be_tied_to_whom(people, upper, kind, ends, words):
    plain = factories.member(people.other_deputy, Post.MEMBER)
    things = {"upper": upper, "plain": plain, "itself": people.other_deputy, **vars(people)}
    names = {
        TieKind.DEPARTMENT: ("deputy", "department"),
        TieKind.LEADER: ("member", "station"),
        TieKind.MEMBER: ("member", "deputy"),
    }
    given = {name: things[end] for name, end in zip(names[kind], ends, strict=True)}
    with pytest.raises(ValidationError, match=words):
        ties.create_tie(people.county, kind, by=people.hub_staff, **given)


def test_not_across_counties(people, strangers, leader):
    with pytest.raises(ValidationError, match="同一个县"):
        ties.create_tie(people.county, TieKind.LEADER, by=people.hub_staff, member=leader, station=strangers.town)


def test_only_the_county_office_arranges(people, leader):
    with pytest.raises(PermissionDenied):
        ties.create_tie(people.county, TieKind.LEADER, by=people.town_staff, member=leader, station=people.town)


def test_the_log_is_kept_by_who_keeps_contact_and_by_the_station(people, leader, as_user):
    tie = factories.tie(people, TieKind.LEADER, member=leader, station=people.town)
    leader.deputy.user = people.other_deputy_user
    leader.deputy.save()
    for user in (people.other_deputy_user, people.town_staff, people.hub_staff):
        sent = {"way": "visit", "happened_on": timezone.localdate(), "summary": "到站看了台账。"}
        answer = as_user(user).post(reverse("deputies:log_tie", args=[tie.pk]), sent)
        assert "已记下" in said(answer)
    assert TieContact.objects.count() == 3
    row = ties.listed(Tie.objects.all(), TieKind.LEADER, timezone.localdate().year).get()
    assert (row.talks, row.last) == (3, timezone.localdate())


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"summary": ""}, "请填写"),
        ({"happened_on": "2999-01-01"}, "不能晚于今天"),
        ({"happened_on": "2001-01-01"}, "不在这个联系关系的起止日期里"),
    ],
)
def test_a_wrong_log_entry_is_refused_in_words(people, leader, as_user, change, words):
    tie = factories.tie(people, TieKind.LEADER, member=leader, station=people.town)
    sent = {"way": "visit", "happened_on": timezone.localdate(), "summary": "看了台账。"} | change
    answer = as_user(people.hub_staff).post(reverse("deputies:log_tie", args=[tie.pk]), sent)
    assert words in answer.content.decode() and not TieContact.objects.exists()


def test_a_department_sees_its_deputy_but_keeps_no_log(people, upper, as_user):
    tie = factories.tie(people, TieKind.DEPARTMENT, deputy=upper, department=people.county_department)
    client = as_user(people.county_clerk)
    assert client.get(reverse("deputies:tie", args=[tie.pk])).context["may_log"] is False
    assert client.get(reverse("deputies:ties") + "?kind=department").context["ties"] == [tie]


def test_a_member_who_leaves_takes_the_ties_along_and_leaves_the_log(people, leader, as_user):
    tie = factories.tie(people, TieKind.LEADER, member=leader, station=people.town)
    TieContact.objects.create(
        tie=tie, happened_on=dt.date(2024, 1, 1), way="visit", summary="看了。", entered_at=timezone.now()
    )
    as_user(people.hub_staff).post(reverse("deputies:end_member", args=[leader.pk]))
    tie.refresh_from_db()
    leader.refresh_from_db()
    assert tie.until == leader.until == timezone.localdate() and tie.log.exists()
    assert ties.without_leader(people.county.stations.all()).filter(pk=people.town.pk).exists()


def test_a_county_deputy_joins_the_committee_once(people, as_user):
    client = as_user(people.hub_staff)
    sent = {"deputy": people.deputy.pk, "post": "member", "since": timezone.localdate()}
    client.post(reverse("deputies:committee"), sent)
    again = client.post(reverse("deputies:committee"), sent)
    assert CommitteeMember.objects.count() == 1 and again.status_code == 200
    with pytest.raises(ValidationError, match="由县代表担任"):
        ties.add_member(people.other_deputy, "member", by=people.hub_staff)


def test_the_gaps_say_who_has_nobody(people, upper, leader):
    factories.constituent(people.deputy)
    factories.tie(people, TieKind.MEMBER, member=leader, deputy=people.deputy)
    found = {gap.remedy: (gap.total, gap.missing, gap.names) for gap in ties.gaps(people.hub_staff)}
    assert found["contacts"] == (3, 2, ["韩主任", "李建设"])
    assert found[TieKind.MEMBER] == (3, 1, ["李建设"])
    assert found[TieKind.DEPARTMENT] == (1, 1, ["周市代"])
    assert found[TieKind.LEADER] == (2, 2, [people.town.name, people.other_town.name])


def test_the_completeness_page_shows_the_gaps(people, upper, as_user):
    page = as_user(people.hub_staff).get(reverse("deputies:completeness")).content.decode()
    assert "没有联系县直部门的省、市代表" in page and "周市代" in page


def test_what_is_arranged_is_an_event(people, leader):
    tie = ties.create_tie(people.county, TieKind.LEADER, by=people.hub_staff, member=leader, station=people.town)
    ties.end_tie(tie.pk, by=people.hub_staff)
    actions = Event.objects.filter(chain=people.county.chain, action__startswith="tie_").values_list(
        "action", flat=True
    )
    assert list(actions) == ["tie_create", "tie_end"]
