"""Promises: given with an owner, followed, kept or not, told when they are late."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse

from consultations import clock, figures, promises
from consultations.models import Consultation, Promise, PromiseState
from consultations.tasks import sweep_promises
from messaging.models import OutboxRow
from tests.consultations import talks


def url(name, promise):
    return reverse(f"consultations:{name}", args=[promise.pk])


def overdue_rows(promise):
    return OutboxRow.objects.filter(key__startswith=f"{promise.consultation.chain}:promise:{promise.pk}:overdue")


def test_a_promise_without_owner_is_refused_with_the_reason_and_nothing_is_lost(people, as_user):
    one = talks.concluded(people)
    address = reverse("consultations:give_promise", args=[one.pk])
    sent = {"what": "清淤", "due_on": talks.today(), "department": "", "owner_name": ""}
    page = as_user(people.town_staff).post(address, sent).text
    assert "没有承诺方的事项没有人落实" in page and 'value="清淤"' in page and not Promise.objects.exists()
    with pytest.raises(IntegrityError), transaction.atomic():
        Promise.objects.create(consultation=one, what="清淤", due_on=talks.today())


def test_one_owner_and_not_two(people):
    one = talks.concluded(people)
    with pytest.raises(ValidationError, match="只填一个"):
        talks.promised(people, one, owner_name="村委会")
    promise = talks.promised(people, one, department=None, owner_name="甲村村委会")
    assert promise.owner == "甲村村委会"


def test_the_department_is_told_and_sees_the_consultation_though_it_was_not_asked(people, as_user):
    promise = talks.promised(people, department=people.county_department)
    row = OutboxRow.objects.get(person=people.county_clerk)
    assert row.subject == "您单位的承诺事项：清淤并硬化排水沟" and row.link == url("promise", promise)
    assert as_user(people.county_clerk).get(url("promise", promise)).status_code == 200


def test_not_due_before_the_consultation(people):
    one = talks.concluded(people)
    with pytest.raises(ValidationError, match="不能早于协商日期"):
        talks.promised(people, one, due_on=talks.today() - dt.timedelta(days=1))
    assert talks.promised(people, one, due_on=talks.today()).pk


def test_the_owner_reports_and_the_station_says_whether_it_is_kept(people, as_user):
    promise = talks.promised(people)
    sent = {"text": "已全部硬化。", "happened_on": talks.today(), "says_done": "on"}
    as_user(people.clerk).post(url("report_progress", promise), sent)
    row = OutboxRow.objects.get(person=people.town_staff, subject__startswith="承诺已办好，请核实")
    assert "已全部硬化。" in row.body
    assert as_user(people.clerk).post(url("end_promise", promise), {"kept": "yes"}).status_code == 403
    done = {"kept": "yes", "ended_on": talks.today(), "ending": "现场看了，3.2 千米全部完成。"}
    as_user(people.town_staff).post(url("end_promise", promise), done)
    promise.refresh_from_db()
    assert promise.state == PromiseState.KEPT and promise.in_time


def test_the_deputy_reads_but_writes_no_progress(people):
    promise = talks.promised(people)
    with pytest.raises(PermissionDenied):
        promises.report(promise.pk, by=people.deputy_user, text="x", happened_on=talks.today())


def test_kept_after_its_day_is_not_in_time(people):
    promise = talks.promised(people)
    for late, in_time in ((0, True), (1, False)):
        promise.state, promise.ended_on = PromiseState.KEPT, promise.due_on + dt.timedelta(days=late)
        assert promise.in_time is in_time


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"ending": ""}, "请填写"),
        ({"ended_on": "2999-01-01"}, "不能晚于今天"),
        ({"ended_on": "2001-01-01"}, "不能早于协商日期"),
        ({"kept": ""}, "必填"),
    ],
)
def test_a_wrong_ending_is_refused_in_words(people, as_user, change, words):
    promise = talks.promised(people)
    sent = {"kept": "no", "ended_on": talks.today(), "ending": "资金没有到位。", **change}
    page = as_user(people.town_staff).post(url("end_promise", promise), sent).text
    promise.refresh_from_db()
    assert words in page and promise.state == PromiseState.OPEN


def test_what_was_not_kept_after_all_goes_on(people, as_user):
    promise = talks.promised(people)
    promises.end(promise.pk, by=people.town_staff, kept=True, ended_on=talks.today(), ending="已完成。")
    with pytest.raises(ValidationError, match="现在是“已兑现”"):
        promises.report(promise.pk, by=people.clerk, text="x", happened_on=talks.today())
    as_user(people.town_staff).post(url("reopen_promise", promise), {"reason": "又塌了一段"})
    promise.refresh_from_db()
    assert promise.state == PromiseState.OPEN and promise.ended_on is None


# --- late ---------------------------------------------------------------------------------


def test_the_owner_is_told_each_time_a_promise_is_given_back_to_it(people):
    """Also where the day is the one it was told before."""
    promise = talks.promised(people)
    day, rows = promise.due_on, OutboxRow.objects.filter(person=people.clerk, channel="in_app", key__contains=":given:")
    for due_on in (day + dt.timedelta(days=5), day):
        promises.edit(promise.pk, by=people.town_staff, what="清淤", due_on=due_on, department=people.town_department)
    assert rows.count() == 3
    promises.end(promise.pk, by=people.town_staff, kept=True, ended_on=talks.today(), ending="已清淤。")
    promises.reopen(promise.pk, by=people.town_staff, reason="又堵了。")
    assert rows.count() == 4


def test_late_is_told_to_owner_and_office_on_the_first_day_and_then_weekly(people):
    promise = talks.promised(people)
    told = []
    for day in range(16):
        clock.tell_overdue(promise.due_on + dt.timedelta(days=day))
        clock.tell_overdue(promise.due_on + dt.timedelta(days=day))  # twice does nothing twice
        told.append(overdue_rows(promise).filter(person=people.clerk).count())
    assert told == [0, *[1] * 7, *[2] * 7, 3]
    assert {row.person for row in overdue_rows(promise)} == {people.clerk, people.town_staff}


def test_after_a_pause_it_is_told_once_and_not_for_each_missed_week(people):
    promise = talks.promised(people)
    clock.tell_overdue(promise.due_on + dt.timedelta(days=30))
    assert overdue_rows(promise).filter(person=people.clerk).count() == 1


def test_what_is_kept_meanwhile_is_neither_told_nor_still_true(people):
    promise = talks.promised(people)
    clock.tell_overdue(promise.due_on + dt.timedelta(days=1))
    row = overdue_rows(promise)[0]
    promises.end(promise.pk, by=people.town_staff, kept=True, ended_on=talks.today(), ending="好了。")
    assert not clock.tell_overdue(promise.due_on + dt.timedelta(days=9))
    module, _, arguments = row.relevance.partition(":")
    from consultations import telling

    assert module == "consultations.telling.still_due" and not telling.still_due(*arguments.split(":"))


def test_a_longer_time_starts_anew(people):
    promise = talks.promised(people)
    clock.tell_overdue(promise.due_on + dt.timedelta(days=1))
    later = promise.due_on + dt.timedelta(days=5)
    changed = {"what": promise.what, "due_on": later, "department": people.town_department}
    promises.edit(promise.pk, by=people.town_staff, **changed)
    promise.refresh_from_db()
    assert not clock.tell_overdue(later) and clock.tell_overdue(later + dt.timedelta(days=1)) == 2


def test_the_task_scans_what_is_late_today(people):
    promise = talks.promised(people)
    Promise.objects.filter(pk=promise.pk).update(due_on=talks.today() - dt.timedelta(days=1))
    assert sweep_promises() == 2 and sweep_promises() == 0


def test_the_list_of_promises_shows_what_is_late(people, as_user):
    late, later = talks.promised(people), talks.promised(people, what="装护栏")
    Promise.objects.filter(pk=late.pk).update(due_on=talks.today() - dt.timedelta(days=1))
    client = as_user(people.town_staff)
    shown = client.get(f"{reverse('consultations:promises')}?show=overdue")
    assert [row.pk for row in shown.context["page"].rows] == [late.pk]
    assert "有 <strong>1</strong> 项承诺超期没有兑现" in client.get(reverse("consultations:promises")).text
    assert later.pk


# --- figures ------------------------------------------------------------------------------


def test_figures_by_station_and_year(people):
    one = talks.promised(people).consultation
    kept, late = (talks.promised(people, one, what=what) for what in ("装护栏", "种树"))
    promises.end(kept.pk, by=people.town_staff, kept=True, ended_on=talks.today(), ending="好了。")
    Promise.objects.filter(pk=late.pk).update(due_on=talks.today() - dt.timedelta(days=1))
    talks.prepared(people)
    Consultation.objects.filter(pk=one.pk).update(satisfied=9, dissatisfied=1)
    found = figures.of_year([people.town.pk, people.other_town.pk], talks.today().year)
    assert set(found) == {people.town.pk}
    mine = found[people.town.pk]
    assert (mine.all, mine.held, mine.finished, mine.residents) == (2, 1, 0, 12)
    assert (mine.promises, mine.kept, mine.kept_in_time, mine.overdue, mine.fell_due) == (3, 1, 1, 1, 2)
    assert (mine.kept_rate, mine.content_rate) == (0.5, 0.9)
    assert figures.of_year([people.town.pk], 1999) == {}
    assert figures.counted(Consultation.objects.none()).kept_rate is None
