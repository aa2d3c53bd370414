"""A round from its making to its publication: who may, when, with which numbers; the seal; who sees what."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from history.log import broken_links
from history.models import Event
from messaging.models import OutboxRow
from stations.models import Department, DepartmentStaff
from supervision import ballots, publishing, results, rounds, sealing, tallies
from supervision.models import Round, RoundKind, RoundState, Subject, Way
from supervision.rounds import RoundError
from tests import factories
from tests.supervision import factories as make
from tests.supervision import voting
from tests.supervision.voting import BAD, BASIC, GOOD, NONE

pytestmark = pytest.mark.django_db
NEW = reverse("supervision:create_round")


def at(name, one):
    return reverse(f"supervision:{name}", args=[one.pk])


def sent(people, **fields):
    today = timezone.localdate()
    return {
        "kind": "end",
        "year": today.year,
        "title": "年终测评",
        "departments": [people.county_department.pk],
        "held_on": today,
        "way": "codes",
        "present": 5,
        **fields,
    }


# --- making one ---------------------------------------------------------------------------


def test_the_county_office_makes_a_round_about_departments_and_projects(people, as_user):
    voting.committee(people)
    project = make.project(people)
    client = as_user(people.hub_staff)
    assert "年终满意度测评" in client.get(NEW).text or "年中满意度测评" in client.get(NEW).text
    client.post(NEW, sent(people, projects=[project.pk]))
    one = Round.objects.get()
    assert (one.state, one.members, one.present) == (RoundState.DRAFT, 5, 5)
    assert [str(subject) for subject in one.subjects.all()] == [
        "住房和城乡建设局",
        "城市窨井设施改造（住房和城乡建设局）",
    ]


def test_two_projects_that_the_ballot_cannot_tell_apart_are_refused_in_words(people, as_user):
    voting.committee(people)
    twins = [make.project(people).pk, make.project(people).pk]
    page = as_user(people.hub_staff).post(NEW, sent(people, projects=twins)).text
    assert "票上分不清" in page and not Round.objects.exists()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"departments": []}, "至少选一个测评对象"),
        ({"present": 6}, "在任组成人员 5 人，出席人数不能超过"),
        ({"present": 2}, "至少 3 人"),
        ({"present": ""}, "请填写"),
        ({"present": "-1"}, "不能是负数"),
        ({"year": 2019}, "年度应在"),
        ({"held_on": "2019-01-01"}, "离今天超过一年"),
        ({"title": ""}, "请填写"),
        ({"kind": "again"}, "不在可用的选项中"),
        ({"departments": [999999]}, "可用的选项"),
    ],
)
def test_a_round_that_cannot_be_is_refused_in_words(people, as_user, change, words):
    voting.committee(people)
    page = as_user(people.hub_staff).post(NEW, sent(people, **change)).text
    assert words in page and not Round.objects.exists()


def test_without_a_committee_the_page_says_where_to_enter_it(people, as_user):
    assert "还没有登记常委会组成人员" in as_user(people.hub_staff).post(NEW, sent(people)).text


def test_departments_of_townships_and_of_other_counties_are_not_offered(people, strangers, as_user):
    form = as_user(people.hub_staff).get(NEW).context["form"]
    assert list(form.fields["departments"].queryset) == [people.county_department]


def test_a_draft_is_changed_and_an_open_round_is_not(people, as_user):
    one, _ = voting.opened(people)
    page = as_user(people.hub_staff).post(at("edit_round", one), sent(people, title="改名")).text
    assert "投票中" in page and Round.objects.get().title != "改名"


def test_the_database_refuses_more_present_than_members_and_a_result_without_a_seal(people):
    one = voting.round_of(people)
    for wrong in (
        {"present": 6},
        {"present": 2},
        {"state": RoundState.SEALED},
        {"issued": 5, "returned": 6, "valid": 6},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Round.objects.filter(pk=one.pk).update(**wrong)


@pytest.mark.parametrize("seat", ["town_staff", "county_clerk", "deputy_user", "clerk"])
def test_nobody_else_holds_rounds(people, seat):
    one = voting.round_of(people)
    by = getattr(people, seat)
    steps = (
        lambda: ballots.issue(one.pk, by=by),
        lambda: ballots.open_round(one.pk, by=by),
        lambda: ballots.close(one.pk, by=by),
        lambda: publishing.publish(one.pk, by=by),
        lambda: rounds.void(one.pk, by=by, reason="x"),
    )
    for step in steps:
        with pytest.raises(PermissionDenied):
            step()


# By hand: which action each state allows, of a round by codes and of one on paper.
ALLOWED = {
    (RoundState.DRAFT, Way.CODES): {"edit", "issue", "open", "void"},
    (RoundState.DRAFT, Way.PAPER): {"edit", "type_tally", "void"},
    (RoundState.OPEN, Way.CODES): {"close", "void"},
    (RoundState.TYPED, Way.PAPER): {"confirm_tally", "return_tally", "void"},
    (RoundState.SEALED, Way.CODES): {"publish"},
    (RoundState.SEALED, Way.PAPER): {"publish"},
    (RoundState.PUBLISHED, Way.CODES): set(),
    (RoundState.VOID, Way.CODES): set(),
}


@pytest.mark.parametrize(("state", "way"), ALLOWED)
def test_each_state_allows_these_actions(state, way):
    one = Round(state=state, way=way)
    assert {action for action in rounds.ACTIONS if not rounds.obstacle(action, one)} == ALLOWED[state, way]


def test_each_step_is_an_event_on_the_rounds_chain(people):
    one = voting.published(people)
    events = Event.objects.filter(chain=one.chain)
    names = ["create", "issue", "open", "close", "publish"]
    assert [event.action for event in events] == [f"round_{name}" for name in names]
    assert events.get(action="round_close").after["seal"] == one.seal and not list(broken_links(one.chain))


def test_a_step_whose_event_cannot_be_written_has_not_happened(people, monkeypatch):
    one = voting.sealed(people)

    def broken(*args, **kwargs):
        raise RuntimeError

    monkeypatch.setattr("supervision.rounds.record", broken)
    with pytest.raises(RuntimeError):
        publishing.publish(one.pk, by=people.hub_staff)
    assert (
        Round.objects.get().state == RoundState.SEALED and not OutboxRow.objects.filter(key__contains="result").exists()
    )


# --- paper --------------------------------------------------------------------------------


def tally(one, people, counts=(3, 1, 1, 0), **said):
    (subject,) = one.subjects.all()
    fields = {f"s{subject.pk}_{name}": number for name, number in zip(voting.Choice.values, counts, strict=True)}
    return {"issued": 5, "returned": 5, "valid": 5, **fields, **said}


def test_a_tally_is_typed_by_one_and_confirmed_by_another(people, as_user):
    one, second = voting.paper(people), voting.colleague(people)
    first, other = as_user(people.hub_staff), as_user(second)
    first.post(at("type_tally", one), tally(one, people))
    assert Round.objects.get().state == RoundState.TYPED
    assert OutboxRow.objects.filter(person=second, subject__contains="请复核计票").exists()
    assert "两个人把关" in first.get(at("round", one)).text
    assert first.post(at("confirm_tally", one)).status_code == 403
    assert "复核无误，封存" in other.get(at("round", one)).text
    other.post(at("confirm_tally", one))
    one = Round.objects.get()
    assert (one.state, one.counted_by, one.subjects.get().rate) == (RoundState.SEALED, second, 0.8)
    assert sealing.is_intact(one)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"issued": 6}, "发出票数不能多于出席人数"),
        ({"returned": 6}, "收回票数不能更多"),
        ({"issued": 4, "valid": 4, "counts": (4, 0, 0, 0)}, "收回票数不能更多"),
        ({"returned": 4}, "有效票不能更多"),
        ({"valid": 4}, "四项合计 5 张，应等于有效票 4 张"),
        ({"counts": (3, 1, 0, 0)}, "四项合计 4 张，应等于有效票 5 张"),
        ({"valid": 0, "counts": (0, 0, 0, 0)}, "有效票不到 3 张"),
        ({"valid": ""}, "请填写"),
        ({"counts": (3, 1, -1, 2)}, "不能是负数"),
    ],
)
def test_a_tally_that_does_not_add_up_is_refused_and_nothing_of_it_is_kept(people, as_user, change, words):
    one = voting.paper(people)
    page = as_user(people.hub_staff).post(at("type_tally", one), tally(one, people, **change)).text
    assert words in page and Round.objects.get().state == RoundState.DRAFT
    assert sum(Subject.objects.get().counts.values()) == 0


def test_spoilt_ballots_are_not_valid_and_abstentions_are(people):
    one = voting.typed(people, 2, 0, 1, 1, valid=4)
    one = tallies.confirm_tally(one.pk, by=voting.colleague(people))
    assert (one.returned, one.valid, one.subjects.get().rate) == (5, 4, 0.5)


def test_a_tally_is_returned_with_a_reason_and_typed_again(people, as_user):
    one, client = voting.typed(people), as_user(voting.colleague(people))
    assert "请填写" in client.post(at("return_tally", one), {"reason": ""}).text
    client.post(at("return_tally", one), {"reason": "第一项抄错了"})
    page = as_user(people.hub_staff).get(at("type_tally", one)).text
    assert 'value="3"' in page and Round.objects.get().reason == "第一项抄错了"
    assert OutboxRow.objects.filter(person=people.hub_staff, subject__contains="退回重录").exists()


# --- the result ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("choices", "words", "reaches"),
    [
        ((GOOD, GOOD, GOOD, BASIC, BAD), "80%", True),
        ((GOOD, GOOD, GOOD, BAD, BAD), "60%", False),
        ((GOOD, GOOD, BASIC, BASIC, NONE), "80%", True),
        ((GOOD, GOOD, NONE), "66.6%", False),
        ((BAD, BAD, BAD), "0%", False),
        ((GOOD, GOOD, GOOD), "100%", True),
    ],
)
def test_the_rate_is_satisfied_and_basically_of_valid_and_the_line_itself_is_enough(people, choices, words, reaches):
    (bar,) = results.bars(one := voting.sealed(people, *choices), one.subjects.all())
    assert (bar.percent, bar.reaches) == (words, reaches)


def test_a_rate_just_under_the_line_does_not_read_as_the_line():
    assert results.percent_words(799, 999) == "79.9%" and results.percent_words(0, 0) == "—"


def test_the_line_is_the_countys_own_and_stays_as_it_was_when_counted(people):
    people.county.rules.pass_rate = 60
    people.county.rules.save()
    one = voting.sealed(people)
    people.county.rules.pass_rate = 90
    people.county.rules.save()
    assert Round.objects.get().pass_rate == 60 and one.subjects.get().reaches(one.pass_rate)


@pytest.mark.parametrize("what", ["counts", "valid", "seal"])
def test_a_number_that_somebody_changed_after_the_seal_shows_and_is_not_published(people, as_user, what):
    one = voting.sealed(people)
    if what == "counts":
        one.subjects.update(satisfied=5, dissatisfied=0)
    elif what == "valid":
        Round.objects.update(valid=4)
    else:
        one.subjects.update(satisfied=5, dissatisfied=0)
        one = Round.objects.get()
        Round.objects.update(seal=sealing.seal_of(one))
    client = as_user(people.hub_staff)
    assert "和封存时不一致" in client.get(at("round", one)).text
    assert "不能公布" in client.post(at("publish_round", one), follow=True).text
    assert Round.objects.get().state == RoundState.SEALED


def test_before_publication_only_the_office_sees_a_result(people, as_user):
    one = voting.sealed(people)
    assert "60%" in as_user(people.hub_staff).get(at("round", one)).text
    for seat in (people.county_clerk, people.deputy_user):
        assert as_user(seat).get(at("round", one)).status_code == 404


def test_afterwards_the_committee_sees_all_and_a_department_its_own(people, as_user):
    water = Department.objects.create(station=people.hub, name="水利局")
    other = factories.user("BA-water")
    DepartmentStaff.objects.create(user=other, department=water)
    one = voting.published(people, subjects=[people.county_department, water])
    for seat, shown in ((people.deputy_user, True), (people.county_clerk, False)):
        for name in ("round", "round_sheet", "rounds"):
            page = as_user(seat).get(at(name, one) if name != "rounds" else reverse("supervision:rounds")).text
            assert ("水利局" in page) is shown and "住房和城乡建设局" in page
    assert "住房和城乡建设局" not in as_user(other).get(at("round", one)).text
    assert OutboxRow.objects.get(person=other, key__contains=":result:").subject == "水利局满意率 60%"


def test_a_member_who_left_office_sees_no_more(people, as_user):
    one = voting.published(people)
    people.deputy.committee_seats.update(until=timezone.localdate())
    assert as_user(people.deputy_user).get(at("round", one)).status_code == 404


def test_the_sheet_prints_numbers_and_seal(people, as_user):
    one = voting.published(people)
    page = as_user(people.hub_staff).get(at("round_sheet", one)).text
    assert one.seal in page and "60%" in page and "低于 80%" in page and "有效票 5 张" in page


def test_a_counted_round_is_not_made_void(people, as_user):
    one = voting.sealed(people)
    assert "已计票封存" in as_user(people.hub_staff).post(at("void_round", one), {"reason": "不满意"}).text
    with pytest.raises(RoundError):
        rounds.void(one.pk, by=people.hub_staff, reason="不满意")


def test_a_void_round_keeps_its_reason_and_no_numbers(people):
    one = voting.typed(people)
    rounds.void(one.pk, by=people.hub_staff, reason="人数报错")
    one = Round.objects.get()
    assert (one.state, one.reason, one.valid, sum(one.subjects.get().counts.values())) == ("void", "人数报错", None, 0)


def test_voiding_wants_a_reason(people):
    one = voting.round_of(people)
    with pytest.raises(ValidationError, match="原因"):
        rounds.void(one.pk, by=people.hub_staff, reason=" ")


def test_the_list_costs_the_same_for_one_round_and_for_many(people, as_user, django_assert_max_num_queries):
    for number in range(6):
        voting.published(people, title=f"测评{number}", kind=RoundKind.MID_YEAR)
    client = as_user(people.hub_staff)
    client.get(reverse("supervision:rounds"))
    with django_assert_max_num_queries(14):
        assert client.get(reverse("supervision:rounds")).text.count("都达标") + 0 == 0


def test_a_meeting_of_the_committee_may_be_named(people, as_user):
    from tests.meetings.factories import meeting

    voting.committee(people)
    session = meeting(people)
    as_user(people.hub_staff).post(NEW, sent(people, meeting=session.pk))
    one = Round.objects.get()
    assert one.meeting == session and session.title in as_user(people.hub_staff).get(at("round", one)).text
    assert one.held_on - timezone.localdate() == dt.timedelta(0)
