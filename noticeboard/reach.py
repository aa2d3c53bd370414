"""Where a work group is reached, asked when a message is written and again when it is sent."""

from __future__ import annotations

from messaging import outbox
from messaging.models import Channel
from noticeboard.models import WorkGroup


def recipient(group: WorkGroup) -> outbox.Recipient:
    return outbox.Recipient(f"group:{group.pk}", group.name, (Channel.WECOM,), f"noticeboard.reach.contact:{group.pk}")


def contact(pk: str) -> outbox.Contact | None:
    """The robot's address; None for a group that is no longer used."""
    group = WorkGroup.objects.filter(pk=pk, is_active=True).first()
    return outbox.Contact(webhook=group.webhook) if group else None
