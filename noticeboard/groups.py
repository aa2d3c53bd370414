"""Change work groups and try them out; each change is an event of the county. A robot's address is in none of them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction

from messaging import outbox
from messaging.models import Channel, OutboxQuerySet, OutboxRow, RowState
from messaging.senders import wecom
from noticeboard import reach
from noticeboard.models import WorkGroup
from stations.changes import record

if TYPE_CHECKING:
    from accounts.models import User

ON_ITS_WAY = (RowState.WAITING, RowState.SENDING)


def key_end(group: WorkGroup) -> str:
    """The last four characters of the robot's key: enough to tell two robots apart, not to use one."""
    return wecom.key_of(group.webhook)[-4:]


def same_robot(address: str, *, but: WorkGroup) -> WorkGroup | None:
    """The group that this robot already serves. Addresses are encrypted, so each is read: there are few."""
    key = wecom.key_of(address)
    others = WorkGroup.objects.select_related("station").order_by("pk")
    return next((one for one in others if one.pk != but.pk and wecom.key_of(one.webhook) == key), None)


@transaction.atomic
def save_group(group: WorkGroup, *, actor: User, changed: list[str]) -> None:
    new = group.pk is None
    group.save()
    _record("group_create" if new else "group_edit", group, actor, fields=changed)


@transaction.atomic
def set_group_active(group: WorkGroup, active: bool, *, actor: User) -> None:
    group = _locked(group)
    group.is_active = active
    group.save(update_fields=["is_active"])
    _record("group_enable" if active else "group_disable", group, actor)


@transaction.atomic
def send_test(group: WorkGroup, *, actor: User) -> None:
    """Put a test message into the outbox, the way every other message goes. ValidationError while one is on its way."""
    group = _locked(group)
    if not group.is_active:
        raise ValidationError("这个工作群已停用，恢复后再测试。")
    tests = _tests([group])
    if tests.filter(state__in=ON_ITS_WAY).exists():
        raise ValidationError("上一条测试消息还没有发出，请稍等。")
    outbox.tell_all(
        [
            outbox.Message(
                key=f"group:{group.pk}:test:{tests.count() + 1}",
                recipients=[reach.recipient(group)],
                subject="测试消息",
                body=f"{group.station}的人大代表联络站系统已接通“{group.name}”，以后接待安排和公示会发到这里。",
                scope=group.station.path,
            )
        ]
    )
    _record("group_test", group, actor)


def last_tests(groups: Iterable[WorkGroup]) -> dict[str, OutboxRow]:
    """By recipient ("group:2"), the latest test message; one query."""
    return {row.recipient: row for row in _tests(groups).order_by("pk")}


def _tests(groups: Iterable[WorkGroup]) -> OutboxQuerySet:
    recipients = [f"group:{group.pk}" for group in groups]
    return OutboxRow.objects.filter(recipient__in=recipients, channel=Channel.WECOM, key__contains=":test:")


def _locked(group: WorkGroup) -> WorkGroup:
    return WorkGroup.objects.select_for_update(of=("self",)).select_related("station").get(pk=group.pk)


def _record(action: str, group: WorkGroup, actor: User, **more: object) -> None:
    after = {"group": group.pk, "name": group.name, "station": group.station_id, **more}
    record(group.station.county_id, action, actor=actor, after=after)
