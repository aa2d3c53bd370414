"""Where a deputy is reached, asked when a message is written and again when it is sent."""

from __future__ import annotations

from deputies.models import Deputy, Status
from messaging import outbox


def recipient(deputy: Deputy) -> outbox.Recipient:
    """``deputy`` with ``user`` loaded."""
    source = f"deputies.reach.contact:{deputy.pk}"
    return outbox.recipient(f"deputy:{deputy.pk}", deputy.name, user=deputy.user, phone=deputy.phone, contact=source)


def contact(pk: str) -> outbox.Contact | None:
    """The addresses now; None for a deputy who no longer serves."""
    deputy = Deputy.objects.select_related("user").filter(pk=pk, status=Status.SERVING).first()
    return outbox.reached(deputy.user, deputy.phone) if deputy else None
