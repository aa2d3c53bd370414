"""Whether what was told is still true, asked when it is sent. Rows of the outbox name these functions as
``receptions.tellings.on_duty``: their names stay."""

from __future__ import annotations

from django.utils import timezone

from receptions.arrangements import is_over, may_serve
from receptions.models import UNFINISHED, DayState, Duty, ReceptionDay


def _standing(day: str, revision: str) -> ReceptionDay | None:
    """The day where it is still to come as it was told."""
    found = ReceptionDay.objects.filter(pk=day, revision=revision, state__in=UNFINISHED).first()
    return found if found and not is_over(found, timezone.now()) else None


def _duty(day: ReceptionDay | None, deputy: str) -> Duty | None:
    if day is None:
        return None
    duty = Duty.objects.filter(day=day, deputy=int(deputy)).select_related("deputy__term").first()
    return duty if duty and may_serve(duty.deputy, day.date) else None


def arranged(day: str, revision: str) -> bool:
    """Said to resident officers and work groups."""
    return _standing(day, revision) is not None


def on_duty(day: str, revision: str, deputy: str) -> bool:
    return _duty(_standing(day, revision), deputy) is not None


def asked_again(day: str, revision: str, deputy: str) -> bool:
    duty = _duty(_standing(day, revision), deputy)
    return duty is not None and duty.acknowledged_revision != int(revision)


def off_duty(day: str, revision: str, deputy: str) -> bool:
    """Whatever became of the day since: the duty is gone."""
    coming = ReceptionDay.objects.filter(pk=day, date__gte=timezone.localdate())
    return coming.exists() and not Duty.objects.filter(day=int(day), deputy=int(deputy)).exists()


def cancelled(day: str, revision: str) -> bool:
    coming = ReceptionDay.objects.filter(pk=day, date__gte=timezone.localdate())
    return coming.filter(revision=revision, state=DayState.CANCELLED).exists()


def untold(day: str, revision: str) -> bool:
    """Said to the office, as are the two below."""
    return _standing(day, revision) is not None


def unacknowledged(day: str, revision: str) -> bool:
    found = _standing(day, revision)
    return bool(found and Duty.objects.filter(day=found).exclude(acknowledged_revision=revision).exists())


def without_deputies(day: str, revision: str) -> bool:
    found = _standing(day, revision)
    if found is None:
        return False
    duties = Duty.objects.filter(day=found).select_related("deputy__term")
    return not any(may_serve(duty.deputy, found.date) for duty in duties)
