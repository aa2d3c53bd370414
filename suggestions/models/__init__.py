"""The case and what belongs to it. Only ``suggestions.workflow`` changes a state."""

from suggestions.models.assignment import Assignment, AssignmentRole, AssignmentState, Extension, ExtensionState
from suggestions.models.attachment import Attachment
from suggestions.models.case import NumberSeries, Suggestion, SuggestionQuerySet
from suggestions.models.formal import (
    Formal,
    FormalQuerySet,
    FormalSeries,
    FormalSigner,
    FormalSource,
    FormalState,
    SignerState,
)
from suggestions.models.public_result import PublicResult, PublicResultQuerySet, ReleaseState
from suggestions.models.raised import RaisedContact
from suggestions.models.rating import Rating
from suggestions.models.voter import Voter

__all__ = [
    "Assignment",
    "AssignmentRole",
    "AssignmentState",
    "Attachment",
    "Extension",
    "ExtensionState",
    "Formal",
    "FormalQuerySet",
    "FormalSeries",
    "FormalSigner",
    "FormalSource",
    "FormalState",
    "NumberSeries",
    "PublicResult",
    "PublicResultQuerySet",
    "RaisedContact",
    "Rating",
    "ReleaseState",
    "SignerState",
    "Suggestion",
    "SuggestionQuerySet",
    "Voter",
]
