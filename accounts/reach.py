"""Where a user is reached, asked when a message is sent."""

from __future__ import annotations

from accounts.models import User
from messaging import outbox


def contact(pk: str) -> outbox.Contact | None:
    """The addresses of the user; None where the account is closed, and nothing is to be sent any more."""
    user = User.objects.filter(pk=pk, is_active=True).first()
    return outbox.reached(user) if user else None
