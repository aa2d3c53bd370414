"""What the tests of this folder have in common."""

import datetime as dt

from django.utils import timezone

from deputies.models import Deputy, Level
from messaging.models import Channel, OutboxRow
from receptions import duties, swaps
from tests import factories

TODAY = timezone.localdate()


def scene(people):
    """张为民 on one day, 赵一 (with a log-in) on the other, both of the township."""
    people.partner_user = factories.user("BA-partner")
    people.partner = Deputy.objects.create(
        county=people.county, name="赵一", level=Level.COUNTY, home_station=people.town, user=people.partner_user
    )
    people.day = factories.reception_day(people, TODAY + dt.timedelta(days=20))
    people.later = factories.reception_day(people, TODAY + dt.timedelta(days=50))
    (people.duty,) = factories.on_duty(people.day, people.deputy)
    (people.later_duty,) = factories.on_duty(people.later, people.partner)
    return people


def told(key):
    return set(OutboxRow.objects.filter(key=key).values_list("person__username", flat=True))


def sms(key):
    """(template, variables) of the short messages, in the order they were written."""
    rows = OutboxRow.objects.filter(key=key, channel=Channel.SMS).order_by("id")
    return [(row.sms["template"], row.sms["params"]) for row in rows]


def on(day):
    return set(day.duties.values_list("deputy__name", flat=True))


def ask_leave(town, **fields):
    days = {"starts_on": town.day.date, "ends_on": town.day.date}
    return duties.ask_leave(town.deputy.pk, **{**days, "reason": "住院检查", "by": town.deputy_user, **fields})


def ask_swap(town, **fields):
    what = {"partner_pk": town.partner.pk, "partner_day_pk": town.later.pk, "reason": "出差", "by": town.deputy_user}
    return swaps.ask(town.day.pk, town.deputy.pk, **{**what, **fields})
