"""A station's rule changes: saved with an event, and the coming days planned anew, in one transaction."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from receptions.access import may_manage
from receptions.models import ReceptionRule
from receptions.planning import Replanned, replan
from receptions.schedule import rules_for
from stations.changes import record
from stations.models import Station

if TYPE_CHECKING:
    from accounts.models import User

FIELDS = ("holds", "day", "move", "starts_at", "ends_at", "notice_days", "again_days", "on_duty", "min_duties")


def stamp(rule: ReceptionRule) -> str:
    return hashlib.sha256(repr([str(getattr(rule, name)) for name in FIELDS]).encode()).hexdigest()[:16]


def own_rule(station: Station) -> ReceptionRule:
    """The station's row, or an empty one that is not saved."""
    return ReceptionRule.objects.filter(station=station).first() or ReceptionRule(station=station)


@transaction.atomic
def change_rule(station: Station, values: dict[str, Any], *, by: User, seen: str = "") -> tuple[list[str], Replanned]:
    """Set the rule's fields; what is None or empty is as at the station above. Returns the names of the fields that
    changed and what that did to the coming days of the station and of those below it."""
    if not may_manage(by, station):
        raise PermissionDenied(f"{station}的接待日规则由该站和上级站的工作人员确定。")
    ReceptionRule.objects.get_or_create(station=station)
    rule = ReceptionRule.objects.select_for_update(of=("self",)).get(station=station)
    if seen and seen != stamp(rule):
        raise ValidationError("规则刚刚被别人改动过，请刷新页面看看现在的规则再改。")
    before = {name: getattr(rule, name) for name in FIELDS if name in values and getattr(rule, name) != values[name]}
    if not before:
        return [], Replanned()
    below = list(Station.objects.within(station).filter(is_active=True))
    were = rules_for(below)
    for name in before:
        setattr(rule, name, values[name])
    rule.save()
    after = {name: getattr(rule, name) for name in before}
    record(
        station.county_id,
        "reception_rule",
        actor=by,
        before={"station": station.pk, **before},
        after={"station": station.pk, **after},
    )
    now = rules_for(below)
    touched = [one for one in below if now[one.pk] != were[one.pk]]
    return list(before), replan(touched, before=were, actor=by) if touched else Replanned()
