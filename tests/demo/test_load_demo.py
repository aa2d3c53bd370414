import datetime as dt
import os
import subprocess
import sys
from collections import Counter
from itertools import count

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection, transaction
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from consultations import whistle_figures
from consultations.models import Call, CallState
from demo.accounts import ADMIN, LOGINS, OFFICER, OTHER_COUNTY
from demo.load import load_demo
from deputies import contacts
from deputies.models import Constituent, Contact, Deputy, DutyEntry, DutyKind, Level, Tie, TieKind
from history.log import broken_links
from legislation import counts as legislation
from legislation.models import DraftLaw, Opinion
from meetings import counts as meetings
from meetings.models import Meeting
from receptions import brands
from receptions.models import Brand, Duty, QuarterTheme, ReceptionDay
from stations.models import County, Kind, Station
from suggestions import formal
from suggestions.choices import Channel, Field, ResultKind, State
from suggestions.models import Extension, Formal, Suggestion
from supervision.models import BallotCode, Rectification, Round
from supervision.sealing import is_intact

ANCHOR = dt.date(2026, 11, 20)


pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def demo(django_db_setup, django_db_blocker):
    """The whole demo, loaded once for this file and rolled back after it; the value is how many statements it took."""
    with django_db_blocker.unblock(), transaction.atomic():
        statements = count()

        def counted(execute, *args):
            next(statements)
            return execute(*args)

        with connection.execute_wrapper(counted):
            assert load_demo(ANCHOR)
        yield next(statements)
        transaction.set_rollback(True)


def test_the_load_takes_seconds_because_rows_are_written_together(demo):
    assert demo < 13_000


def test_the_tree_is_one_hub_nine_townships_all_villages_and_studios(demo):
    kinds = Counter(Station.objects.filter(county__code="410822").values_list("kind", flat=True))
    assert kinds == {Kind.HUB: 1, Kind.TOWNSHIP: 9, Kind.POINT: 216, Kind.STUDIO: 4}


def test_whistles_stand_in_every_state_in_both_counties_and_their_rates_show(demo):
    for code in ("410822", "411081"):
        calls = Call.objects.filter(whistle__station__county__code=code)
        assert set(calls.values_list("state", flat=True)) == set(CallState)
        assert whistle_figures.total(calls).satisfaction.percent
    assert not list(broken_links(Call.objects.first().whistle.chain))


def test_all_720_deputies_are_grouped(demo):
    deputies = Deputy.objects.filter(county__code="410822")
    levels = Counter(deputies.values_list("level", flat=True))
    assert levels[Level.PROVINCE] + levels[Level.CITY] == 36
    assert (levels[Level.COUNTY], levels[Level.TOWNSHIP]) == (210, 474)
    assert not deputies.filter(home_station=None).exists()
    assert deputies.values("name").distinct().count() == 720


@pytest.mark.parametrize(("column", "choices"), [("state", State), ("field", Field), ("result_kind", ResultKind)])
def test_every_state_field_and_kind_of_result_is_there(demo, column, choices):
    assert set(choices.values) <= set(Suggestion.objects.values_list(column, flat=True))


def test_every_channel_but_wechat_is_there(demo):
    channels = set(Suggestion.objects.values_list("channel", flat=True))
    assert channels == set(Channel.values) - {Channel.WECHAT}


def test_some_cases_are_late_and_some_soon(demo):
    assert Suggestion.objects.open().filter(due_on__lt=ANCHOR).count() >= 5
    assert Suggestion.objects.open().filter(due_on__gte=ANCHOR).count() >= 20


def test_the_seed_examples_are_told(demo):
    titles = Suggestion.objects.filter(state=State.CLOSED).values_list("title", flat=True)
    assert any("足球场" in title for title in titles) and any("排水沟" in title for title in titles)


def test_turns_of_every_kind_are_shown(demo):
    cases = Suggestion.objects.all()
    assert cases.filter(supervised_at__isnull=False).exists() and cases.filter(urge_count__gt=0).exists()
    assert cases.filter(redo_count=1).exists() and cases.filter(merged_into__isnull=False).exists()
    assert cases.filter(follow_up_on__isnull=False).exists() and cases.filter(on_the_spot=True).exists()
    assert set(Extension.objects.values_list("state", flat=True)) == {"asked", "granted"}


def test_a_department_under_the_line_at_year_end_is_putting_it_right(demo):
    for county in County.objects.all():
        rounds = Round.objects.filter(county=county).order_by("held_on")
        assert [one.state for one in rounds] == ["published", "published", "draft"]
        assert all(is_intact(one) for one in rounds.counted())
        one = Rectification.objects.get(subject__round__county=county)
        assert one.subject.round.kind == "end" and one.state == "working" and one.rectify_due > ANCHOR
    assert not BallotCode.objects.exists()


def test_nothing_happens_after_the_anchor(demo):
    assert not Suggestion.objects.filter(state_since__date__gt=ANCHOR).exists()


def test_reception_days_are_those_of_the_two_counties_rules(demo):
    """博爱县 the 25th, 禹州市 the 15th; this year's and those of the next months, two deputies each."""
    for code, number in (("410822", 25), ("411081", 15)):
        days = ReceptionDay.objects.filter(county__code=code)
        assert {day.planned_on.day for day in days} == {number}
        assert (
            days.filter(date__lt=ANCHOR).exists() and not days.filter(date__lt=ANCHOR).exclude(state="closed").exists()
        )
        assert days.filter(date__gte=ANCHOR, state="planned").count() >= 12
        assert days.filter(duties=None).count() == 0
    assert ReceptionDay.objects.filter(provisional=True, date__year=2027).exists()
    assert QuarterTheme.objects.filter(year=ANCHOR.year).count() == 8


def test_reception_days_that_were_held_have_entries_and_visitors_for_each(demo):
    told = Suggestion.objects.filter(reception_day__isnull=False).select_related("reception_day")
    assert len(told) >= 10 and {case.reception_day.state for case in told} == {"closed"}
    assert all(case.happened_on == case.reception_day.date and case.deputy_id for case in told)
    counts = Counter(case.reception_day for case in told)
    assert all(day.visitors >= count for day, count in counts.items())


def test_local_forms_of_activity_stand_at_their_stations_and_were_held(demo):
    found = {row.name: row for row in brands.counted(Brand.objects.select_related("station"))}
    assert set(found) == {"院落板凳会", "百姓花园", "议事面对面", "街坊夜话"}
    assert found["院落板凳会"].station.name.startswith("南关社区")
    assert all(row.held >= 3 and row.received > row.held for row in found.values())


def test_the_roster_to_come_is_even(demo):
    """As the office fills it: nobody serves two times more than another of the same station."""
    for station in Station.objects.filter(kind="township", county__code="410822"):
        duties = Duty.objects.filter(day__station=station, day__date__gte=max(ANCHOR, timezone.localdate()))
        totals = Counter(duties.values_list("deputy", flat=True))
        serving = Deputy.objects.serving().filter(home_station=station)
        counts = [totals[pk] for pk in serving.values_list("pk", flat=True)]
        assert max(counts) - min(counts) <= 1


def test_deputies_keep_contact_with_five_or_three_and_most_do_so_every_month(demo):
    deputies = contacts.with_quota(Deputy.objects.filter(county__code="410822"))
    assert Constituent.objects.filter(deputy__in=deputies).count() >= 210 * 5 + 474 * 3 - 30
    october = contacts.tally(deputies, dt.date(2026, 10, 1), dt.date(2026, 10, 31), today=ANCHOR)
    behind = sum(one.is_behind for one in october.values())
    assert 0 < behind < len(october) / 3
    assert not Contact.objects.filter(happened_on__gt=ANCHOR).exists()


def test_the_ties_of_the_seed_are_there(demo):
    """36 upper deputies each with one county department; committee members with deputies, leaders with every station."""
    kinds = Counter(Tie.objects.current().filter(county__code="410822").values_list("kind", flat=True))
    assert kinds == {TieKind.DEPARTMENT: 36, TieKind.LEADER: 9, TieKind.MEMBER: 125}


def test_more_than_a_hundred_deputies_gave_money_work_or_people(demo):
    given = DutyEntry.objects.filter(kind__in=(DutyKind.MONEY, DutyKind.WORK, DutyKind.PEOPLE))
    assert given.filter(deputy__county__code="410822").values("deputy").distinct().count() >= 100
    assert set(DutyEntry.objects.values_list("kind", flat=True)) == set(DutyKind.values) - {DutyKind.MEETING}


def test_a_second_run_changes_nothing(demo):
    before = Suggestion.objects.count(), Deputy.objects.count()
    assert not load_demo(ANCHOR)
    assert (Suggestion.objects.count(), Deputy.objects.count()) == before


def test_the_history_is_whole(demo, capsys):
    call_command("verify_events")
    assert "没有问题" in capsys.readouterr().out


@pytest.mark.parametrize(("seat", "username", "password"), LOGINS)
def test_every_seat_can_log_in(demo, client, seat, username, password):
    answer = client.post(reverse("accounts:login"), {"username": username, "password": password})
    assert answer.status_code == 302 and "_auth_user_id" in client.session


@pytest.mark.parametrize(
    "username", [username for _, username, _ in LOGINS if username not in {OFFICER, OTHER_COUNTY, ADMIN}]
)
def test_whoever_tries_a_seat_finds_something_to_do(demo, client, username):
    client.force_login(User.objects.get(username=username), "accounts.backends.NameOrPhoneBackend")
    page = client.get(reverse("suggestions:my_work")).content.decode()
    assert "没有等您办的事" not in page and "BA2026-" in page


def test_before_migrate_it_says_what_to_do_first(tmp_path):
    environment = {**os.environ, "LIAISON_VAR": str(tmp_path), "DATABASE_URL": "", "PYTHONUTF8": "1"}
    done = subprocess.run(
        [sys.executable, "manage.py", "load_demo"],
        cwd=settings.BASE_DIR,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 1
    assert done.stderr.strip() == "CommandError: 数据库还没有建好或升级，请先运行：python manage.py migrate"


def test_yuzhou_held_22_meetings_with_84_deputies_and_42_citizens(demo):
    held = meetings.totals(Meeting.objects.filter(county__code="411081"))
    assert (held.meetings, held.deputies, held.citizens) == (22, 84, 42)


def test_yuzhou_collected_130_opinions_on_draft_laws_of_which_10_were_adopted(demo):
    found = legislation.totals(Opinion.objects.filter(draft__county__code="411081"))
    assert (found.collected, found.adopted) == (130, 10)
    open_draft = DraftLaw.objects.open().get(county__code="411081")
    assert not open_draft.opinions.filter(given_at__date__gt=ANCHOR).exists()


def test_suggestions_and_motions_of_the_session_stand_at_every_stop(demo):
    papers = Formal.objects.filter(county__code="410822")
    assert papers.count() >= 12 and set(papers.values_list("state", flat=True)) >= {
        "draft",
        "submitted",
        "returned",
        "filed",
    }
    enough, short = papers.filter(kind="motion").order_by("pk")
    assert not formal.shortage(enough) and "还差" in formal.shortage(short)
    assert papers.filter(state="filed", station__kind="township").exists()
    assert Formal.objects.filter(county__code="411081").count() == 3
