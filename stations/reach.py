"""Where a resident officer is reached, asked when a message is written and again when it is sent."""

from __future__ import annotations

from messaging import outbox
from stations.models import ResidentOfficer


def recipient(officer: ResidentOfficer) -> outbox.Recipient:
    """``officer`` with ``user`` loaded."""
    source = f"stations.reach.contact:{officer.pk}"
    return outbox.recipient(
        f"officer:{officer.pk}", officer.name, user=officer.user, phone=officer.phone, contact=source
    )


def contact(pk: str) -> outbox.Contact | None:
    """The addresses now; None for an officer who is no longer at the station."""
    officer = ResidentOfficer.objects.select_related("user").filter(pk=pk, is_active=True).first()
    return outbox.reached(officer.user, officer.phone) if officer else None
