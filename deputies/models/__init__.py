"""Deputies, whom they keep contact with, to whom they are tied, and what is entered in their duty records."""

from deputies.models.contact import Constituent, ConstituentQuerySet, Contact, ContactQuerySet, Way
from deputies.models.deputy import (
    Constituency,
    Deputy,
    DeputyQuerySet,
    Level,
    Status,
    Term,
    Trade,
    photo_version,
)
from deputies.models.duty import (
    DutyEntry,
    DutyEntryQuerySet,
    DutyFile,
    DutyKind,
    DutyPublication,
    DutyWeight,
    Part,
    Scored,
)
from deputies.models.tie import CommitteeMember, Post, Tie, TieContact, TieKind, TieQuerySet

__all__ = [
    "CommitteeMember",
    "Constituency",
    "Constituent",
    "ConstituentQuerySet",
    "Contact",
    "ContactQuerySet",
    "Deputy",
    "DeputyQuerySet",
    "DutyEntry",
    "DutyEntryQuerySet",
    "DutyFile",
    "DutyKind",
    "DutyPublication",
    "DutyWeight",
    "Level",
    "Part",
    "Post",
    "Scored",
    "Status",
    "Term",
    "Tie",
    "TieContact",
    "TieKind",
    "TieQuerySet",
    "Trade",
    "Way",
    "photo_version",
]
