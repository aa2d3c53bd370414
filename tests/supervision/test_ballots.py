"""The secret ballot: one code, one vote; nothing joins a code to a member or to a vote; nothing shows before the close."""

import re

import pytest
from django.apps import apps
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from history.models import Event
from liaison.lib.querycodes import grouped, new_code
from messaging.models import OutboxRow
from stations.models import Department
from supervision import ballots, rounds
from supervision.ballots import BallotError, UnknownCode
from supervision.models import BallotCode, Choice, RoundState, Subject
from supervision.rounds import RoundError
from tests.locks import second_waits
from tests.supervision import voting
from tests.supervision.voting import BAD, BASIC, GOOD, NONE

ENTER = reverse("portal:ballot")
LOOK, CAST = reverse("portal:ballot_look"), reverse("portal:ballot_cast")


@pytest.fixture
def water(people):
    return Department.objects.create(station=people.hub, name="水利局")


@pytest.fixture(autouse=True)
def nobody_waits():
    cache.clear()


def marks(one, *choices):
    return {f"s{subject.pk}": choice for subject, choice in zip(one.subjects.all(), choices, strict=True)}


def standing(one):
    return [list(subject.counts.values()) for subject in one.subjects.all()]


# --- on the phone -------------------------------------------------------------------------


def test_a_member_enters_the_code_marks_looks_and_casts(people, water, client):
    one, codes = voting.opened(people, people.county_department, water)
    page = client.post(ENTER, {"code": grouped(codes[0]).lower()}).text
    assert "1. 住房和城乡建设局" in page and "2. 水利局" in page
    page = client.post(LOOK, {"code": codes[0], **marks(one, GOOD, NONE)}).text
    assert "满意" in page and "弃权" in page and standing(one) == [[0] * 4, [0] * 4]
    answer = client.post(CAST, {"code": codes[0], **marks(one, GOOD, NONE)})
    assert answer.url == reverse("portal:ballot_done") and "已经计入" in client.get(answer.url).text
    assert standing(one) == [[1, 0, 0, 0], [0, 0, 0, 1]]


def test_a_subject_without_a_mark_is_asked_for_again_and_the_others_stay(people, water, client):
    one, codes = voting.opened(people, people.county_department, water)
    first = one.subjects.first().pk
    for path in (LOOK, CAST):
        page = client.post(path, {"code": codes[0], f"s{first}": BAD}).text
        assert "不想评价的选“弃权”" in page and re.search(
            rf'name="s{first}"[^>]*value="dissatisfied"[^>]*checked', page
        )
    assert not one.codes.filter(used=True).exists()


def test_back_from_the_last_look_keeps_the_marks(people, client):
    one, codes = voting.opened(people)
    page = client.post(LOOK, {"code": codes[0], "back": "1", **marks(one, BASIC)}).text
    assert re.search(r'value="basically"[^>]*checked', page)


def test_a_code_counts_once(people, client):
    one, codes = voting.opened(people)
    client.post(CAST, {"code": codes[0], **marks(one, GOOD)})
    for path in (ENTER, CAST):
        assert "一个码只能投一次" in client.post(path, {"code": codes[0], **marks(one, BAD)}).text
    assert standing(one) == [[1, 0, 0, 0]]


def test_a_guessed_code_is_refused_and_many_make_the_address_wait(people, client):
    one, codes = voting.opened(people)
    assert "没有这个投票码" in client.post(ENTER, {"code": "22222222"}).text
    for _ in range(21):
        client.post(CAST, {"code": new_code(), **marks(one, BAD)})
    assert "输错的次数多了" in client.post(ENTER, {"code": codes[0]}).text
    assert "没有这个投票码" in client.post(ENTER, {"code": "22222222"}, REMOTE_ADDR="10.1.1.9").text


def test_a_committee_behind_one_address_is_not_held_off_by_its_own_slips(people, client):
    _, codes = voting.opened(people)
    for _ in range(20):
        client.post(ENTER, {"code": new_code()})
    assert "共 1 项" in client.post(ENTER, {"code": codes[0]}).text


def test_before_opening_and_after_closing_the_page_says_so(people, client):
    one = voting.round_of(people)
    codes = ballots.issue(one.pk, by=people.hub_staff)
    assert "还没有开始" in client.post(ENTER, {"code": codes[0]}).text
    ballots.open_round(one.pk, by=people.hub_staff)
    voting.vote(one, codes, GOOD, GOOD, GOOD)
    ballots.close(one.pk, by=people.hub_staff)
    for code in (codes[0], codes[4]):
        assert "已经结束" in client.post(CAST, {"code": code, **marks(one, BAD)}).text
    assert standing(one) == [[3, 0, 0, 0]]


def test_codes_of_a_void_round_open_nothing(people, client):
    one, codes = voting.opened(people)
    voting.vote(one, codes, BAD)
    rounds.void(one.pk, by=people.hub_staff, reason="对象写错了")
    assert "没有这个投票码" in client.post(ENTER, {"code": codes[1]}).text
    assert standing(one) == [[0] * 4]


@pytest.mark.parametrize("code", ["", " ", "----", "x" * 41, "\x00", "投票码"])
def test_what_is_no_code_at_all_is_said_so(people, client, code):
    voting.opened(people)
    answer = client.post(ENTER, {"code": code})
    assert answer.status_code == 200 and "不能投票" in answer.text


def test_nobody_votes_in_a_round_of_another_with_the_own_code(people, strangers, client):
    mine, codes = voting.opened(people)
    other, _ = voting.opened(strangers)
    assert "请选一项" in client.post(CAST, {"code": codes[0], **marks(other, BAD)}).text
    with pytest.raises(BallotError, match="都要选一项"):
        ballots.cast(codes[0], {subject.pk: BAD for subject in [*mine.subjects.all(), *other.subjects.all()]})
    with pytest.raises(BallotError, match="都要选一项"):
        ballots.cast(codes[0], {mine.subjects.get().pk: "round_id"})
    assert standing(mine) == standing(other) == [[0] * 4]


# --- the office ---------------------------------------------------------------------------


def test_a_slip_for_each_member_present_and_the_codes_are_shown_only_there(people, as_user):
    one = voting.round_of(people)
    client = as_user(people.hub_staff)
    page = client.post(reverse("supervision:issue_codes", args=[one.pk])).text
    shown = re.findall(r'class="vote-code">(\w{4}-\w{4})<', page)
    assert len(set(shown)) == 5 == one.codes.count()
    assert all(ballots._row(code).round_id == one.pk for code in shown)
    later = client.get(reverse("supervision:round", args=[one.pk])).text
    assert not [code for code in shown if code in later or code.replace("-", "") in later]


def test_printing_again_makes_the_earlier_slips_void(people):
    one = voting.round_of(people)
    earlier = ballots.issue(one.pk, by=people.hub_staff)
    later = ballots.issue(one.pk, by=people.hub_staff)
    ballots.open_round(one.pk, by=people.hub_staff)
    with pytest.raises(UnknownCode):
        ballots.find(earlier[0])
    assert ballots.find(later[0]) == one and one.codes.count() == 5


def test_no_codes_are_made_once_the_vote_is_open(people):
    one, codes = voting.opened(people)
    with pytest.raises(RoundError, match="投票中"):
        ballots.issue(one.pk, by=people.hub_staff)
    assert ballots.find(codes[0]) == one


def test_a_round_opens_with_its_codes_only(people, as_user):
    one = voting.round_of(people)
    answer = as_user(people.hub_staff).post(reverse("supervision:open_round", args=[one.pk]), follow=True)
    assert "请先生成并打印投票码" in answer.text and rounds.lock(one.pk).state == RoundState.DRAFT


def test_another_number_of_members_wants_other_slips(people):
    one = voting.round_of(people)
    ballots.issue(one.pk, by=people.hub_staff)
    said = {name: getattr(one, name) for name in ("kind", "year", "title", "way", "held_on")}
    rounds.edit(one.pk, by=people.hub_staff, subjects=[people.county_department], present=4, **said)
    assert not one.codes.exists()


def test_nobody_sees_how_it_stands_before_the_close(people, as_user):
    one, codes = voting.opened(people)
    voting.vote(one, codes, BAD, BAD)
    client = as_user(people.hub_staff)
    page = client.get(reverse("supervision:round", args=[one.pk])).text
    assert "2</strong> / 5" in page and "rate-bar" not in page and "0%" not in page
    assert client.get(reverse("supervision:round_sheet", args=[one.pk])).status_code == 302


def test_a_vote_of_so_few_that_the_result_would_tell_is_not_counted(people):
    one, codes = voting.opened(people)
    voting.vote(one, codes, GOOD, GOOD)
    with pytest.raises(RoundError, match="只有 2 人投票"):
        ballots.close(one.pk, by=people.hub_staff)
    voting.vote(one, codes[2:], GOOD)
    assert ballots.close(one.pk, by=people.hub_staff).valid == 3


def test_the_close_counts_once(people):
    one = voting.sealed(people, GOOD, BASIC, BAD)
    assert (one.issued, one.returned, one.valid, one.state) == (5, 3, 3, RoundState.SEALED)
    with pytest.raises(RoundError, match="已计票封存"):
        ballots.close(one.pk, by=people.hub_staff)


# --- secrecy ------------------------------------------------------------------------------


def test_these_columns_are_all_that_is_kept_of_codes_and_votes():
    """By hand, and to be thought over by whoever adds one: no time, no order, no address, no member, no code beside a mark."""
    columns = {model: [field.column for field in model._meta.concrete_fields] for model in (BallotCode, Subject)}
    assert columns[BallotCode] == ["digest", "round_id", "used"]
    assert columns[Subject] == [
        "id",
        "round_id",
        "department_id",
        "project_id",
        "matter",
        "position",
        *Choice.values,
    ]
    pointing = {field.model for model in (BallotCode, Subject) for field in model._meta.related_objects}
    assert {field.related_model.__name__ for field in Subject._meta.related_objects} == {"Rectification"}
    assert not BallotCode._meta.related_objects and pointing == {Subject}


def everything():
    """Each row of the database, as a dump would have it."""
    rows = {}
    for model in apps.get_models(include_auto_created=True):
        with connection.cursor() as cursor:
            cursor.execute(f'SELECT * FROM "{model._meta.db_table}"')
            for row in cursor.fetchall():
                rows.setdefault(model, set()).add(tuple(map(str, row)))
    return rows


def test_a_dump_after_a_vote_differs_in_a_used_code_and_in_counts_that_all_subjects_share(people, water, client):
    """No event, session, message or trace of a change beside these: the whole database is compared."""
    one, codes = voting.opened(people, people.county_department, water)
    before = everything()
    client.post(ENTER, {"code": codes[0]})
    client.post(LOOK, {"code": codes[0], **marks(one, GOOD, BAD)})
    client.post(CAST, {"code": codes[0], **marks(one, GOOD, BAD)})
    after = everything()
    changed = {model.__name__ for model in after if after[model] != before.get(model)}
    assert changed == {"BallotCode", "Subject"}
    assert all(not (set(codes) & set(row)) for rows in after.values() for row in rows)


def test_every_vote_writes_every_subject_and_in_the_same_words(people, water):
    """What the database keeps of a write (PostgreSQL: the number of the transaction) is the same for all rows."""
    one, codes = voting.opened(people, people.county_department, water)
    pks = [subject.pk for subject in one.subjects.all()]
    for code, choices in zip(codes, ((GOOD, BAD), (NONE, NONE)), strict=False):
        with CaptureQueriesContext(connection) as made:
            ballots.cast(code, dict(zip(pks, choices, strict=True)))
        written = [query["sql"] for query in made if query["sql"].startswith("UPDATE")]
        assert [table in sql for table, sql in zip(("ballotcode", "subject", "subject"), written, strict=True)] == [
            True
        ] * 3


def test_after_the_close_nobody_knows_who_did_not_vote(people):
    one = voting.sealed(people, GOOD, GOOD, BAD)
    assert set(one.codes.values_list("used", flat=True)) == {True}


def test_votes_leave_no_event_and_tell_nobody(people):
    one, codes = voting.opened(people)
    events, told = Event.objects.count(), OutboxRow.objects.count()
    voting.vote(one, codes, GOOD, BAD, NONE)
    assert (Event.objects.count(), OutboxRow.objects.count()) == (events, told)


CASTS = st.lists(st.tuples(st.integers(0, 6), st.tuples(*[st.sampled_from([*Choice.values, ""])] * 2)), max_size=14)


@pytest.mark.django_db
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(CASTS)
def test_what_is_counted_is_what_was_cast(people, casts):
    """Any sequence: codes again, codes that are none (5, 6), ballots with a gap."""
    water = Department.objects.get_or_create(station=people.hub, name="水利局")[0]
    one, codes = voting.opened(people, people.county_department, water)
    codes = [*codes, "22222222", ""]
    pks, wanted, used = list(one.subjects.values_list("pk", flat=True)), [], set()
    for number, choices in casts:
        try:
            ballots.cast(codes[number], dict(zip(pks, choices, strict=True)))
            assert number < 5 and number not in used and all(choices)
            wanted.append(choices)
            used.add(number)
        except BallotError:
            assert number >= 5 or number in used or not all(choices)
    if len(wanted) >= 3:
        one = ballots.close(one.pk, by=people.hub_staff)
        assert one.valid == one.returned == len(wanted)
    counted = [[sum(ballot[place] == choice for ballot in wanted) for choice in Choice.values] for place in (0, 1)]
    assert standing(one) == counted


# --- at the same moment -------------------------------------------------------------------


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_two_votes_with_one_code_at_the_same_moment_one_counts(people):
    one, codes = voting.opened(people)
    pk = one.subjects.get().pk
    late = second_waits(lambda: ballots.cast(codes[0], {pk: GOOD}), lambda: ballots.cast(codes[0], {pk: BAD}))
    assert isinstance(late, BallotError) and "一个码只能投一次" in late.message
    assert standing(one) == [[1, 0, 0, 0]]


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_vote_that_comes_while_it_is_closed_is_not_counted_after_the_seal(people):
    one, codes = voting.opened(people)
    pk = one.subjects.get().pk
    voting.vote(one, codes, GOOD, GOOD, GOOD)
    late = second_waits(lambda: ballots.close(one.pk, by=people.hub_staff), lambda: ballots.cast(codes[4], {pk: BAD}))
    assert isinstance(late, BallotError) and "已经结束" in late.message
    assert standing(one) == [[3, 0, 0, 0]]
