"""Who is told what of a reception day, and whether that is still true when it is sent.

What somebody was told last is read from the outbox itself: the condition a row is sent under names what it said
(``on_duty``, ``off_duty``, ``arranged``, ``cancelled``) and at which revision of the day.
"""

from receptions.tellings.rounds import Round, round_of
from receptions.tellings.told import Told, key_of, keys_of, told_before
from receptions.tellings.truth import (
    arranged,
    asked_again,
    cancelled,
    off_duty,
    on_duty,
    unacknowledged,
    untold,
    without_deputies,
)
from receptions.tellings.words import as_told, change_since_told, day_link, link_to, public_link, sms

__all__ = [
    "Round",
    "Told",
    "arranged",
    "as_told",
    "asked_again",
    "cancelled",
    "change_since_told",
    "day_link",
    "key_of",
    "keys_of",
    "link_to",
    "off_duty",
    "on_duty",
    "public_link",
    "round_of",
    "sms",
    "told_before",
    "unacknowledged",
    "untold",
    "without_deputies",
]
