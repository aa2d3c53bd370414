"""An opinion heard while keeping contact becomes a case in one press: the register page, filled in with what was said."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied

from deputies import contacts
from deputies.models import Contact, Way
from suggestions.choices import Channel
from suggestions.models import RaisedContact, Suggestion

if TYPE_CHECKING:
    from accounts.models import User

CHANNELS = {Way.PHONE: Channel.PHONE, Way.VISIT: Channel.VISIT, Way.OTHER: Channel.VISIT}
LONGEST_TITLE = 30


def asked_for(user: User, pk: str) -> Contact | None:
    """The talk a register page is opened for; None where none is asked for. Not one that ``user`` may not see."""
    if not pk:
        return None
    number = int(pk) if pk.isascii() and pk.isdigit() and len(pk) < 18 else 0
    row = Contact.objects.visible_to(user).filter(pk=number).select_related("deputy__home_station").first()
    if row is None:
        raise PermissionDenied("没有这条联系记录，或者不归您填报。")
    return row


def case_of(contact: Contact) -> Suggestion | None:
    """What was made of the talk already."""
    link = RaisedContact.objects.filter(contact=contact).select_related("suggestion").first()
    return link.suggestion if link else None


def initial(contact: Contact) -> dict[str, Any]:
    text = contact.asked or contact.summary
    return {
        "channel": CHANNELS[Way(contact.way)],
        "happened_on": contact.happened_on,
        "title": re.split(r"[，。；,;\n]", text)[0][:LONGEST_TITLE],
        "content": text,
        "words": contact.handling,
    }


def voters(contact: Contact, *, by: User, address: str | None) -> list[dict[str, str]]:
    """Whom was talked with, in full: that they were shown is an event."""
    contacts.note_look(contact.deputy, by=by, address=address)
    people = [one.constituent for one in contacts.together(contact)]
    return [{"name": one.name, "phone": one.phone, "address": one.address} for one in people if not one.erased_at]


def link(contact: Contact, case: Suggestion) -> None:
    """In the transaction that made the case."""
    rows = [RaisedContact(contact=one, suggestion=case) for one in contacts.together(contact) if not case_of(one)]
    RaisedContact.objects.bulk_create(rows)
