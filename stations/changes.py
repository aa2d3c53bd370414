"""Changes to the network: saved with an event in the county's chain, in one transaction.

Names and phones of people stay out of before/after; what changed is told by the names of the fields.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import transaction

from history import log
from stations.models import Department, ResidentOfficer, Rules, Station

if TYPE_CHECKING:
    from accounts.models import User


# States of a department called by a whistle, in which something is still to be done (``consultations``, above this room).
OPEN_CALLS = ("called", "here", "refused", "raised")


def record(county_id: int, action: str, *, actor: User, **what: Any) -> None:
    log.append(f"county:{county_id}", action=action, actor=actor, seat=actor.seats.label, **what)


@transaction.atomic
def save_station(station: Station, *, actor: User, changed: list[str]) -> None:
    """Create or change a station; the model refuses a wrong parent."""
    new = station.pk is None
    before = {} if new else dict(Station.objects.filter(pk=station.pk).values("name", "parent_id").get())
    station.save()
    record(
        station.county_id,
        "station_create" if new else "station_edit",
        actor=actor,
        before=before,
        after={"station": station.pk, "name": station.name, "parent_id": station.parent_id, "fields": changed},
    )


def open_matters(station: Station) -> list[str]:
    """Why a station cannot be closed now; empty: it can. Suggestions live above this room, so by the related name."""
    reasons = []
    if station.kind == "hub":
        reasons.append("县级中心站不能停用")
    if station.children.filter(is_active=True).exists():
        reasons.append("下面还有在用的站点")
    if station.departments.filter(is_active=True).exists():
        reasons.append("还有在用的承办单位")
    if station.deputies.filter(status="serving").exists():
        reasons.append("还有在任代表编在这里")
    if cases := station.desk_suggestions.open().count():
        reasons.append(f"还有 {cases} 件意见在这里办理")
    if talks := station.consultations.open().count():
        reasons.append(f"还有 {talks} 次协商没有办结")
    if station.whistles.filter(calls__state__in=OPEN_CALLS).exists():
        reasons.append("还有吹哨没有办完")
    return reasons


@transaction.atomic
def set_station_active(station: Station, active: bool, *, actor: User) -> None:
    station = Station.objects.select_for_update(of=("self",)).get(pk=station.pk)
    if not active and (reasons := open_matters(station)):
        raise ValidationError(f"现在不能停用：{'；'.join(reasons)}。")
    station.is_active = active
    station.save(update_fields=["is_active"])
    record(
        station.county_id,
        "station_enable" if active else "station_disable",
        actor=actor,
        after={"station": station.pk, "name": station.name},
    )


@transaction.atomic
def save_department(department: Department, *, actor: User, changed: list[str]) -> None:
    new = department.pk is None
    department.save()
    record(
        department.station.county_id,
        "department_create" if new else "department_edit",
        actor=actor,
        after={"department": department.pk, "name": department.name, "fields": changed},
    )


def open_cases(department: Department) -> int:
    """Cases the department still has a hand in, as lead or co-handler."""
    current = department.assignments.filter(is_current=True, state__in=("sent", "taken"))
    return len({*department.led.open().values_list("pk", flat=True), *current.values_list("suggestion_id", flat=True)})


def why_open(department: Department) -> list[str]:
    """Why a department cannot be closed now, a sentence each. What lies in rooms above, by the related name."""
    reasons = []
    if cases := open_cases(department):
        reasons.append(f"还有 {cases} 件意见没有办结，现在不能停用；请先办结或改派。")
    if problems := department.findings.open().count():
        reasons.append(f"还有 {problems} 个视察发现的问题没有整改好，现在不能停用；请先整改、复查。")
    if calls := department.whistle_calls.filter(state__in=OPEN_CALLS).count():
        reasons.append(f"还有 {calls} 次吹哨没有办完，现在不能停用；请先办完，或请吹哨站点撤哨。")
    if promises := department.promises.filter(state="open").count():
        reasons.append(f"还有 {promises} 项协商承诺没有兑现，现在不能停用；请站点先登记兑现情况，或改由别的单位承诺。")
    running = department.evaluations.filter(rectification__isnull=False, rectification__successor__isnull=True)
    bad = running.exclude(rectification__state__in=("passed", "failed")).count()
    if bad := bad + department.inherited_rectifications.running().count():
        reasons.append(f"还有 {bad} 项满意度测评整改没有完成，现在不能停用；请先整改、复评。")
    return reasons


@transaction.atomic
def set_department_active(department: Department, active: bool, *, actor: User) -> None:
    department = Department.objects.select_for_update(of=("self",)).select_related("station").get(pk=department.pk)
    if not active and (reasons := why_open(department)):
        raise ValidationError(reasons[0])
    if active and department.merged_into_id:
        raise ValidationError(f"{department.name}已并入{department.merged_into}，不能恢复；需要的话另建一个单位。")
    department.is_active = active
    department.save(update_fields=["is_active"])
    record(
        department.station.county_id,
        "department_enable" if active else "department_disable",
        actor=actor,
        after={"department": department.pk, "name": department.name},
    )


@transaction.atomic
def save_officer(officer: ResidentOfficer, *, actor: User, changed: list[str]) -> None:
    new = officer.pk is None
    officer.save()
    record(
        officer.station.county_id,
        "officer_create" if new else "officer_edit",
        actor=actor,
        after={"officer": officer.pk, "station": officer.station_id, "fields": changed},
        note=officer.name,
    )


@transaction.atomic
def change_rules(rules: Rules, numbers: dict[str, int], *, actor: User) -> dict[str, tuple[int, int]]:
    """Set the given numbers; returns what really changed as field → (before, after). Running limits keep their dates."""
    rules = Rules.objects.select_for_update(of=("self",)).get(pk=rules.pk)
    changed = {name: (getattr(rules, name), n) for name, n in numbers.items() if getattr(rules, name) != n}
    if changed:
        for name, (_, number) in changed.items():
            setattr(rules, name, number)
        rules.save(update_fields=list(changed))
        record(
            rules.county_id,
            "rules_change",
            actor=actor,
            before={name: old for name, (old, _) in changed.items()},
            after={name: number for name, (_, number) in changed.items()},
        )
    return changed
