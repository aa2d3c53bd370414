"""What the tests of this folder have in common."""

from __future__ import annotations

from django.urls import reverse

from receptions import sittings
from receptions.models import Duty, ReceptionDay

SUMMARY = "接待群众反映路灯、排水等事，当场答复一件，其余带回办理。"


def fresh(day):
    return ReceptionDay.objects.select_related("station").get(pk=day.pk)


def duty_of(day, deputy):
    return Duty.objects.get(day=day, deputy=deputy)


def close(day, by, **what):
    reasons = {duty.pk: "外出开会" for duty in day.duties.filter(signed_in_at=None)}
    return sittings.close(day.pk, by=by, **{"summary": SUMMARY, "visitors": 0, "absences": reasons, **what})


def on(day, date, **fields):
    ReceptionDay.objects.filter(pk=day.pk).update(date=date, **fields)


def post_close(as_user, user, day, **data):
    form = {f"absent_{duty.pk}": "外出开会" for duty in day.duties.filter(signed_in_at=None)}
    return as_user(user).post(
        reverse("receptions:close", args=[day.pk]), {"visitors": 0, "summary": SUMMARY, **form, **data}
    )
