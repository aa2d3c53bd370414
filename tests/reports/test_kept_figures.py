"""Kept daily figures: marked by whatever changes a case, kept again for the touched days only, proven by a count."""

import datetime as dt
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reports import counting, marks, upkeep
from reports.models import DailyFigures, MonthlyFigures, TouchedDay
from reports.tasks import keep_figures
from stations.models import Station
from suggestions import workflow
from suggestions.choices import State
from suggestions.models import Suggestion
from tests import factories
from tests.reports import counties

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()


def days():
    return set(TouchedDay.objects.values_list("day", flat=True))


def differences(people):
    return list(upkeep.check(people.county))


def test_a_new_case_marks_its_day_and_the_task_keeps_it(people):
    factories.register(people)
    assert days() == {TODAY}
    assert keep_figures() == 1 and days() == set()
    county = DailyFigures.objects.get(kind="county")
    assert (county.day, county.received, county.parts["channel:reception"]) == (TODAY, 1, 1)
    assert DailyFigures.objects.get(kind="station").key == str(people.town.pk)
    assert keep_figures() == 0


def test_every_step_of_the_workflow_leaves_figures_that_the_check_finds_true(people):
    for state in State:
        factories.case_in(people, state)
        keep_figures()
        assert differences(people) == []


def test_a_change_past_the_workflow_is_marked_as_well(people):
    case = factories.register(people)
    keep_figures()
    Suggestion.objects.filter(pk=case.pk).update(channel="phone")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE suggestions_suggestion SET field = 'health' WHERE id = %s", [case.pk])
    assert days() == {TODAY}
    keep_figures()
    assert DailyFigures.objects.get(kind="county").parts["field:health"] == 1


def test_a_change_that_no_figure_reads_marks_nothing(people):
    case = factories.register(people)
    keep_figures()
    Suggestion.objects.filter(pk=case.pk).update(title="别的标题", channel="reception")
    assert days() == set()


def test_every_column_that_figures_read_is_watched():
    read = {f"{name.partition('__')[0]}_id" if "__" in name else name for name in counting.COLUMNS}
    assert read | {"county_id"} == set(marks.COLUMNS)


@pytest.mark.parametrize("column", [name for name in marks.COLUMNS if name != "county_id"])
def test_a_change_of_one_column_alone_is_marked(people, column):
    case = factories.register(people)
    keep_figures()
    other = {
        "created_at": timezone.now(),
        "replied_at": timezone.now(),
        "escalated_at": timezone.now(),
        "station_id": people.point.pk,
        "desk_id": people.hub.pk,
        "lead_id": people.town_department.pk,
        "channel": "phone",
        "field": "health",
        "kind": "motion",
        "state": "closed",
        "result_kind": "planned",
        "overran": True,
        "satisfaction": "not",
    }
    Suggestion.objects.filter(pk=case.pk).update(**{column: other[column]})
    assert days() == {TODAY}
    keep_figures()
    assert differences(people) == []


def test_a_case_that_moves_to_another_day_marks_both(people):
    case = factories.register(people)
    keep_figures()
    earlier = timezone.now() - dt.timedelta(days=40)
    Suggestion.objects.filter(pk=case.pk).update(created_at=earlier)
    assert days() == {TODAY, timezone.localdate(earlier)}
    keep_figures()
    assert differences(people) == []


def test_the_mark_goes_with_the_change_when_it_is_rolled_back(people):
    with pytest.raises(RuntimeError), transaction.atomic():
        factories.register(people)
        raise RuntimeError
    assert days() == set()


def test_midnight_belongs_to_the_day_that_begins(people):
    case = factories.register(people)
    midnight = timezone.make_aware(dt.datetime.combine(dt.date(2026, 3, 2), dt.time()))
    keep_figures()
    TouchedDay.objects.all().delete()
    Suggestion.objects.filter(pk=case.pk).update(created_at=midnight)
    assert dt.date(2026, 3, 2) in days()
    Suggestion.objects.filter(pk=case.pk).update(created_at=midnight - dt.timedelta(microseconds=1))
    assert dt.date(2026, 3, 1) in days()


def test_a_station_that_moves_takes_its_cases_along(people):
    factories.register(people, station=people.point)
    keep_figures()
    point = Station.objects.get(pk=people.point.pk)
    point.parent = people.other_town
    point.save()
    assert days() == {TODAY}
    keep_figures()
    assert DailyFigures.objects.get(kind="station").key == str(people.other_town.pk)


def test_only_touched_days_are_counted(people, django_assert_max_num_queries):
    factories.register(people)
    keep_figures()
    before = DailyFigures.objects.get(kind="county").pk
    earlier = timezone.now() - dt.timedelta(days=3)
    Suggestion.objects.filter(pk=factories.register(people).pk).update(created_at=earlier)
    TouchedDay.objects.filter(day=TODAY).delete()
    keep_figures()
    assert DailyFigures.objects.get(kind="county", day=TODAY).pk == before


def test_a_run_that_fails_leaves_its_marks(people, monkeypatch):
    factories.register(people)
    monkeypatch.setattr(upkeep, "_counted", lambda county_id, days: 1 / 0)
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        upkeep.refresh()
    assert days() == {TODAY}


def test_more_marks_than_one_run_takes_are_caught_up(people, monkeypatch):
    monkeypatch.setattr(upkeep, "CHUNK", 2)
    made = [factories.register(people) for _ in range(5)]
    for number, case in enumerate(made):
        Suggestion.objects.filter(pk=case.pk).update(created_at=at(2026, 3, 2 + number))
    TouchedDay.objects.filter(day=TODAY).delete()
    assert upkeep.refresh(most=2) == 2 and upkeep.refresh() == 3
    assert differences(people) == []


def test_a_month_is_counted_once_and_not_torn_apart(people, monkeypatch):
    monkeypatch.setattr(upkeep, "CHUNK", 3)
    for day in (at(2026, 3, 30), at(2026, 4, 1), at(2026, 4, 2), at(2026, 4, 3)):
        Suggestion.objects.filter(pk=factories.register(people).pk).update(created_at=day)
    TouchedDay.objects.filter(day=TODAY).delete()
    assert [upkeep._refresh_some() for _ in range(3)] == [1, 3, 0]
    assert differences(people) == []


def test_a_month_is_kept_with_its_days_and_with_its_shares(people):
    for day, station in ((at(2026, 3, 2), people.town), (at(2026, 3, 31), people.point), (at(2026, 4, 1), people.town)):
        case = factories.register(people, station=station, by=people.hub_staff)
        Suggestion.objects.filter(pk=case.pk).update(created_at=day, field="health")
    keep_figures()
    march = MonthlyFigures.objects.filter(month=dt.date(2026, 3, 1))
    county = march.get(kind="county")
    assert (county.received, county.parts["channel:reception"], county.of) == (2, 2, "")
    town = march.filter(kind="station", key=people.town.pk)
    assert {(row.of, row.share): row.received for row in town} == {
        ("", ""): 2,
        ("field", "health"): 2,
        ("station", str(people.town.pk)): 1,
        ("station", str(people.point.pk)): 1,
    }
    assert march.get(kind="field", of="station").share == str(people.town.pk)


def at(year, month, day):
    return timezone.make_aware(dt.datetime.combine(dt.date(year, month, day), dt.time(9)))


# --- the proof ------------------------------------------------------------------------------


def check(*arguments):
    said = StringIO()
    call_command("check_figures", *arguments, stdout=said)
    return said.getvalue()


def test_the_check_passes_where_all_is_kept(people):
    factories.case_in(people, State.CLOSED)
    keep_figures()
    assert "0 处不符" in check()


@pytest.mark.parametrize(
    "spoil",
    [
        lambda: DailyFigures.objects.filter(kind="county").update(solved=7),
        lambda: DailyFigures.objects.filter(kind="department").delete(),
        lambda: DailyFigures.objects.filter(kind="field").update(parts={}),
        lambda: DailyFigures.objects.filter(kind="station").update(day=TODAY - dt.timedelta(days=1)),
        lambda: MonthlyFigures.objects.filter(kind="county").update(answered=7),
        lambda: MonthlyFigures.objects.filter(kind="station", of="department").delete(),
        lambda: MonthlyFigures.objects.filter(kind="field", of="").update(parts={}),
        lambda: MonthlyFigures.objects.filter(of="station").update(month=dt.date(2019, 3, 1)),
    ],
    ids=["number", "row", "parts", "day", "month's number", "share", "month's parts", "month"],
)
def test_the_check_names_what_differs_and_repairs_it(people, spoil):
    factories.case_in(people, State.CLOSED)
    keep_figures()
    spoil()
    with pytest.raises(CommandError, match="不一致"):
        check()
    assert "已更正" in check("--repair")
    assert "0 处不符" in check()


def test_a_lost_trigger_is_found_and_put_back_and_every_day_marked(people):
    factories.register(people)
    keep_figures()
    with connection.cursor() as cursor:
        on = " ON suggestions_suggestion" if connection.vendor == "postgresql" else ""
        cursor.execute(f"DROP TRIGGER reports_case_changed{on}")
    with pytest.raises(CommandError):
        check()
    check("--repair")
    assert marks.missing() == set() and days() == set()


def test_all_triggers_are_there_after_all_migrations(db):
    """A migration that makes the table of cases anew on SQLite loses them; ``migrate`` puts them back at its end."""
    assert marks.missing() == set()


def test_an_unknown_county_is_said(db):
    with pytest.raises(CommandError, match="没有代码"):
        check("--county", "000000")


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(data=st.data())
def test_whatever_happens_in_whatever_order_what_is_kept_is_what_a_count_gives(people, data):
    with transaction.atomic():
        cases = counties.make(people, data.draw(st.lists(counties.values(people), min_size=1, max_size=6)))
        upkeep.refresh()
        for case in data.draw(st.lists(st.sampled_from(cases), max_size=4)):
            changed = data.draw(counties.values(people))
            Suggestion.objects.filter(pk=case.pk).update(**changed)
            if data.draw(st.booleans()):
                upkeep.refresh()
        assert differences(people) == []
        upkeep.refresh()
        assert differences(people) == [] and not TouchedDay.objects.exists()
        transaction.set_rollback(True)


def test_an_escalated_case_is_counted_once_however_often_it_goes_up(people):
    case = factories.register(people, station=people.point, by=people.point_staff)
    workflow.escalate(case.pk, opinion="请镇里研究。", by=people.point_staff)
    workflow.escalate(case.pk, opinion="请县里研究。", by=people.town_staff)
    keep_figures()
    assert DailyFigures.objects.get(kind="county").escalated == 1
