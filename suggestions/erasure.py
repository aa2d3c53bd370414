"""Erase a voter's personal data on request (个人信息保护法 art 47); the history still verifies afterwards."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import CharField, Field, TextField
from django.utils import timezone
from django.utils.module_loading import import_string

from history import log
from liaison.lib.panels import functions
from suggestions import publicity
from suggestions.choices import END_STATES
from suggestions.errors import NotAllowed, WorkflowError
from suggestions.models import Suggestion, Voter
from suggestions.steps import Step, lock, record, snapshot

if TYPE_CHECKING:
    from accounts.models import User


def may_erase(user: User, case: Suggestion) -> bool:
    """Whose word it is; that the case has ended comes on top."""
    return user.seats.is_office and user.seats.covers(case.desk)


@transaction.atomic
def erase_voter(voter_id: int, *, by: User) -> Voter:
    """Blank name, phone, address, gender and age of one voter, and every free note of the case, which may name people.
    What was released about the case stays public if it holds nothing of the voter, else it is withdrawn and blanked.
    Texts that rooms above hold about the case (a whistle, a consultation) go where they hold something of the voter.

    Only by an office that covers the case's desk, and only once the case has ended: before that the data is still
    needed for what it was given for.
    """
    voter = Voter.objects.select_related("suggestion").get(pk=voter_id)
    case = lock(voter.suggestion_id)
    if not may_erase(by, case):
        raise NotAllowed("只有乡镇（街道）和县级办公室可以删除来访人的个人信息。")
    if case.state not in END_STATES:
        raise WorkflowError(f"这件意见现在是“{case.get_state_display()}”，办结以后才能删除个人信息。")
    if voter.erased_at:
        raise WorkflowError("这位来访人的个人信息已经删除。")
    publicity.erase(case, voter, by=by)
    _blank_elsewhere(case, voter)
    voter.name = voter.phone = voter.address = voter.gender = voter.age_band = ""
    voter.erased_at = timezone.now()
    voter.save()
    log.erase_notes(case.chain)
    now = Step(case=case, action="erase", by=by, at=voter.erased_at, after={"voter": voter.pk})
    record(now, snapshot(case))
    Suggestion.objects.filter(pk=case.pk).update(event_seq=case.event_seq, event_hash=case.event_hash)
    return voter


def _blank_elsewhere(case: Suggestion, voter: Voter) -> None:
    """The config of an app names, under ``erasures["case"]``, the function that finds its rows about a case, locked."""
    tells_of_voter = publicity.tells_of(voter)
    for path in functions("case", "erasures"):
        for row in import_string(path)(case):
            free = [field for field in row._meta.concrete_fields if _is_free(field)]
            told = [field.attname for field in free if tells_of_voter(getattr(row, field.attname))]
            for name in told:
                setattr(row, name, publicity.ERASED)
            if told:
                row.save(update_fields=told)
            if chain := getattr(row, "chain", ""):
                log.erase_notes(chain)


def _is_free(field: Field[Any, Any]) -> bool:
    return isinstance(field, CharField | TextField) and field.editable and not field.choices and not field.unique
