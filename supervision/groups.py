"""专业监督小组: set up, filled with deputies and local experts. Arranged by the county office."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone

from deputies.models import Deputy, DeputyQuerySet, Status
from history.models import Event
from liaison.lib.encryption import blind_indexes
from stations.fields import Field
from stations.models import County, Station
from supervision.acts import record
from supervision.models import Expert, Group, GroupMember

if TYPE_CHECKING:
    from accounts.models import User

# Lead committees as county congresses have them; one may lead several groups. Each county changes what differs.
DEFAULTS = {
    Field.EDUCATION: ("教育监督组", "教科文卫工委"),
    Field.HEALTH: ("卫生监督组", "教科文卫工委"),
    Field.TRANSPORT: ("交通监督组", "财政经济工委"),
    Field.CONSTRUCTION: ("城建监督组", "城建环保工委"),
    Field.ENVIRONMENT: ("环保监督组", "城建环保工委"),
    Field.AGRICULTURE: ("农业监督组", "农业农村工委"),
    Field.WELFARE: ("社会保障监督组", "社会建设工委"),
    Field.COMMERCE: ("商贸旅游监督组", "财政经济工委"),
}
COMMITTEES = tuple(dict.fromkeys([*(committee for _, committee in DEFAULTS.values()), "监察司法工委", "代表工委"]))
MOST_MEMBERS = 60


# --- who may what -------------------------------------------------------------------------


def may_arrange(user: User, county_id: int) -> bool:
    return county_id in user.seats.office_county_ids


def may_look(user: User, group: Group) -> bool:
    """Names and telephones of experts in full: the county office, and who leads the group."""
    return may_arrange(user, group.county_id) or group.leader_id in user.seats.deputy_ids


def _locked(pk: int, by: User) -> Group:
    group = Group.objects.select_for_update(of=("self",)).get(pk=pk)
    if not may_arrange(by, group.county_id):
        raise PermissionDenied("专业监督小组由县人大常委会代表工委安排。")
    return group


# --- changing -----------------------------------------------------------------------------


@transaction.atomic
def found(county: County, *, by: User) -> int:
    """Set up the groups that are missing of the eight, with the usual committee; returns how many."""
    if not may_arrange(by, county.pk):
        raise PermissionDenied("专业监督小组由县人大常委会代表工委安排。")
    there = set(Group.objects.filter(county=county).values_list("field", flat=True))
    for field, (name, committee) in DEFAULTS.items():
        if field not in there:
            one = Group.objects.create(county=county, field=field, name=name, lead_committee=committee)
            record(one, "group_found", actor=by, after={"field": field, "committee": committee})
    return len(DEFAULTS) - len(there)


@transaction.atomic
def edit(
    pk: int,
    *,
    by: User,
    name: str,
    lead_committee: str,
    leader: Deputy | None,
    duties: str,
    stations: Iterable[Station],
) -> Group:
    group = _locked(pk, by)
    chosen = list(stations)
    if leader is not None and (leader.county_id != group.county_id or leader.status != Status.SERVING):
        raise ValidationError({"leader": "组长要由本县在任代表担任。"})
    if any(station.county_id != group.county_id for station in chosen):
        raise ValidationError({"stations": "只能联系本县的站点。"})
    before = {"committee": group.lead_committee, "leader": group.leader_id}
    group.name, group.lead_committee, group.leader, group.duties = name, lead_committee, leader, duties
    group.save(update_fields=["name", "lead_committee", "leader", "duties"])
    group.stations.set(chosen)
    after = {"committee": lead_committee, "leader": group.leader_id, "stations": sorted(one.pk for one in chosen)}
    record(group, "group_edit", actor=by, before=before, after=after)
    return group


def free_deputies(group: Group) -> DeputyQuerySet:
    """Serving deputies of the county who are not in the group."""
    inside = group.members.filter(until__isnull=True).values("deputy")
    return Deputy.objects.serving().filter(county=group.county_id).exclude(pk__in=inside)


@transaction.atomic
def add_members(pk: int, deputies: Iterable[Deputy], *, by: User) -> int:
    """Returns how many are new; who is in the group already stays as before."""
    group = _locked(pk, by)
    chosen = {deputy.pk: deputy for deputy in deputies}
    free = set(free_deputies(group).filter(pk__in=chosen).values_list("pk", flat=True))
    current = group.members.filter(until__isnull=True).count()
    if current + len(free) > MOST_MEMBERS:
        raise ValidationError({"deputies": f"一个小组最多 {MOST_MEMBERS} 名代表，现在已有 {current} 名。"})
    today = timezone.localdate()
    GroupMember.objects.bulk_create(GroupMember(group=group, deputy_id=one, since=today) for one in sorted(free))
    record(group, "group_members", actor=by, after={"deputies": sorted(free)})
    return len(free)


@transaction.atomic
def end_member(pk: int, *, by: User) -> GroupMember:
    row = GroupMember.objects.select_related("deputy").get(pk=pk)
    row.group = _locked(row.group_id, by)
    if row.until is None:
        row.until = max(timezone.localdate(), row.since)
        row.save(update_fields=["until"])
        record(row.group, "group_member_end", actor=by, after={"deputy": row.deputy_id})
    return row


# --- local experts ------------------------------------------------------------------------


@transaction.atomic
def add_expert(
    pk: int, *, by: User, name: str, phone: str, kind: str, trade: str, station: Station | None = None
) -> Expert:
    group = _locked(pk, by)
    _refuse_twin(group, phone)
    who = {"name": name, "phone": phone, "kind": kind, "trade": trade, "station": station}
    one = Expert.objects.create(group=group, since=timezone.localdate(), **who)
    record(group, "expert_add", actor=by, after={"expert": one.pk, "kind": kind})
    return one


@transaction.atomic
def edit_expert(
    pk: int, *, by: User, name: str, phone: str, kind: str, trade: str, station: Station | None = None
) -> Expert:
    one = _expert(pk, by)
    _refuse_twin(one.group, phone, without=pk)
    one.name, one.phone, one.kind, one.trade, one.station = name, phone, kind, trade, station
    one.save()
    record(one.group, "expert_edit", actor=by, after={"expert": one.pk})
    return one


@transaction.atomic
def end_expert(pk: int, *, by: User) -> Expert:
    """No longer of the group: name, telephone and address are erased with it, since nothing needs them any more; in
    which inspections somebody of that trade took part stays."""
    one = _expert(pk, by)
    one.name = one.phone = one.address = ""
    one.until, one.erased_at = max(timezone.localdate(), one.since), timezone.now()
    one.save()
    record(one.group, "expert_end", actor=by, after={"expert": one.pk})
    return one


def _expert(pk: int, by: User) -> Expert:
    group = _locked(Expert.objects.values_list("group_id", flat=True).get(pk=pk), by)
    one = Expert.objects.get(pk=pk)
    one.group = group
    if one.until is not None:
        raise ValidationError("这名专业人才已经解聘，个人信息已删除，不能再改。")
    return one


def _refuse_twin(group: Group, phone: str, without: int | None = None) -> None:
    same = Expert.objects.filter(group=group, until__isnull=True, phone_index__in=blind_indexes(phone))
    if phone and same.exclude(pk=without or 0).exists():
        raise ValidationError({"phone": "这个电话已经登记在本组的专业人才里了。"})


def note_look(group: Group, *, by: User, address: str | None = None) -> None:
    """Names and telephones in full were shown to ``by``: an event, the first time that day."""
    start = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    looks = Event.objects.filter(chain=group.chain, actor=by, at__gte=start, action="view_experts")
    if not looks.exists():
        record(group, "view_experts", actor=by, address=address)
