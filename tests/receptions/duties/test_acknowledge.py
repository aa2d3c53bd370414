"""收到."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError

from history.models import Event
from receptions import duties
from receptions.models import Duty, ReceptionDay
from tests.receptions.duties.scene import TODAY


@pytest.mark.django_db
def test_a_moved_day_is_acknowledged_anew(town):
    duty = duties.acknowledge(town.duty.pk, revision=1, by=town.deputy_user)
    assert duty.is_acknowledged
    ReceptionDay.objects.filter(pk=town.day.pk).update(revision=2, date=town.day.date + dt.timedelta(days=1))
    duty = Duty.objects.get(pk=duty.pk)
    assert not duty.is_acknowledged
    with pytest.raises(ValidationError, match="刚刚有变动"):
        duties.acknowledge(duty.pk, revision=1, by=town.deputy_user)
    assert duties.acknowledge(duty.pk, revision=2, by=town.deputy_user).is_acknowledged


@pytest.mark.django_db
def test_to_acknowledge_twice_is_one_event(town):
    for _ in range(2):
        duties.acknowledge(town.duty.pk, revision=1, by=town.deputy_user)
    assert Event.objects.filter(chain=town.day.chain, action="duty_acknowledge").count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize("fields", [{"state": "cancelled", "cancel_reason": "停电"}, {"date": TODAY - dt.timedelta(1)}])
def test_a_day_that_is_off_or_over_is_not_acknowledged(town, fields):
    ReceptionDay.objects.filter(pk=town.day.pk).update(**fields)
    with pytest.raises(ValidationError, match="已经"):
        duties.acknowledge(town.duty.pk, revision=1, by=town.deputy_user)
