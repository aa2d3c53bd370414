"""What is entered in a duty record: by whom, when it counts, what is refused, what it weighs."""

import datetime as dt
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from deputies import duty
from deputies.models import DutyEntry, DutyKind, DutyWeight, Scored
from tests import factories

TODAY = timezone.localdate


def enter(client, deputy, kind, **data):
    url = reverse("deputies:enter_duty", args=[deputy.pk])
    return client.post(f"{url}?kind={kind}", {"happened_on": TODAY().isoformat(), "title": "培训班", **data})


def picture():
    return SimpleUploadedFile("合影.png", b"\x89PNG\r\n\x1a\n0000")


def test_what_the_office_enters_counts_at_once(people, as_user):
    enter(as_user(people.town_staff), people.deputy, "training", place="县委党校", files=[picture()])
    entry = DutyEntry.objects.counted().get()
    assert (entry.deputy, entry.kind, entry.entered_by, entry.place) == (
        people.deputy,
        "training",
        people.town_staff,
        "县委党校",
    )
    assert entry.files.get().name == "合影.png"


def test_what_the_deputy_enters_waits_for_the_office(people, as_user):
    enter(as_user(people.deputy_user), people.deputy, "activity")
    entry = DutyEntry.objects.get()
    assert entry.confirmed_at is None
    with pytest.raises(PermissionDenied):
        duty.confirm(entry.pk, by=people.deputy_user)
    as_user(people.town_staff).post(reverse("deputies:confirm_duty", args=[entry.pk]))
    assert DutyEntry.objects.counted().get() == entry


def test_the_deputy_changes_it_until_it_is_confirmed(people, as_user):
    client = as_user(people.deputy_user)
    enter(client, people.deputy, "activity")
    url = reverse("deputies:edit_duty", args=[DutyEntry.objects.get().pk])
    client.post(url, {"happened_on": TODAY().isoformat(), "title": "小组学习"})
    assert DutyEntry.objects.get().title == "小组学习"
    duty.confirm(DutyEntry.objects.get().pk, by=people.town_staff)
    assert client.get(url).status_code == 403


def test_a_report_to_voters_has_its_rating(people, as_user):
    votes = {"satisfied": 30, "basically": 6, "dissatisfied": 4}
    enter(as_user(people.town_staff), people.deputy, "report", **votes)
    entry = DutyEntry.objects.get()
    assert (entry.votes, entry.rate) == (40, 0.9)


def test_what_was_given_has_its_unit(people, as_user):
    enter(as_user(people.town_staff), people.deputy, "money", title="沿太行高速", amount="5000")
    entry = DutyEntry.objects.get()
    assert (entry.amount, entry.unit) == (Decimal("5000.00"), "元")


@pytest.mark.parametrize(
    ("kind", "change", "words"),
    [
        ("training", {"title": ""}, "请填写"),
        ("training", {"happened_on": "2999-01-01"}, "不能晚于今天"),
        ("training", {"title": "身份证410822196801011234"}, "不登记身份证号"),
        ("money", {"title": "高速"}, "请填写"),
        ("money", {"title": "高速", "amount": "-5"}, "大于"),
        ("report", {"satisfied": "3"}, "没有的填 0"),
        ("training", {"files": [SimpleUploadedFile("x.exe", b"MZ")]}, "x.exe"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_kept(people, as_user, kind, change, words):
    answer = enter(as_user(people.town_staff), people.deputy, kind, **change)
    assert words in answer.content.decode() and not DutyEntry.objects.exists()


def test_a_station_enters_the_five_ones_and_nothing_else(people, as_user):
    client = as_user(people.town_staff)
    url = reverse("deputies:enter_station_duty", args=[people.town.pk])
    client.post(f"{url}?kind=brand", {"happened_on": TODAY().isoformat(), "title": "有事找代表"})
    assert DutyEntry.objects.get().station == people.town
    answer = client.post(f"{url}?kind=training", {"happened_on": TODAY().isoformat(), "title": "培训"})
    assert "站点只填报" in answer.content.decode()
    with pytest.raises(IntegrityError), transaction.atomic():
        factories.duty_entry(None, station=people.town)


def test_a_deleted_entry_takes_its_files_along(people, as_user, django_capture_on_commit_callbacks):
    client = as_user(people.town_staff)
    enter(client, people.deputy, "training", files=[picture()])
    entry = DutyEntry.objects.get()
    stored = entry.files.get().file.name
    with django_capture_on_commit_callbacks(execute=True):
        client.post(reverse("deputies:delete_duty", args=[entry.pk]))
    assert not DutyEntry.objects.exists() and not default_storage.exists(stored)


def test_the_office_sees_what_waits_and_what_was_given(people, as_user):
    factories.duty_entry(people.deputy, DutyKind.MONEY, amount=5000)
    factories.duty_entry(people.deputy, DutyKind.IDEA)
    factories.duty_entry(people.deputy, DutyKind.ACTIVITY, confirmed_at=None)
    factories.duty_entry(people.other_deputy, DutyKind.MONEY, amount=1000)
    context = as_user(people.hub_staff).get(reverse("deputies:duty_entries")).context
    assert (context["waiting"], context["five_ones"]) == (1, 1)
    assert (context["given"][0]["total"], context["given"][0]["deputies"]) == (6000, 2)
    assert as_user(people.town_staff).get(reverse("deputies:duty_entries")).context["given"][0]["total"] == 5000


def test_of_another_year_nothing_is_shown(people, as_user):
    factories.duty_entry(people.deputy, happened_on=dt.date(2024, 5, 1))
    page = reverse("deputies:duty_entries")
    assert not as_user(people.hub_staff).get(page).context["page"].object_list
    assert as_user(people.hub_staff).get(page, {"year": "2024"}).context["page"].object_list


def test_the_county_sets_its_own_weights(people, as_user):
    client = as_user(people.hub_staff)
    url = reverse("deputies:duty_weights")
    client.post(url, {"training_points": "3", "training_most": "9"})
    assert DutyWeight.objects.values_list("item", "points", "most").get() == (Scored.TRAINING, 3, 9)
    wrong = client.post(url, {"training_points": "9", "training_most": "3", "reports_points": "6"}).content.decode()
    assert "最高得分不能小于每次得分" in wrong and "要么都填，要么都不填" in wrong
    client.post(url, {})
    assert not DutyWeight.objects.exists()
