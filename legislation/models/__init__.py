from legislation.models.draft import PUBLIC_STATES, Article, DraftLaw, DraftLawQuerySet, DraftState, Material
from legislation.models.opinion import IN_ORDER, TAKEN_UP, Giver, GiverKind, Opinion, OpinionQuerySet, Outcome

__all__ = [
    "IN_ORDER",
    "PUBLIC_STATES",
    "TAKEN_UP",
    "Article",
    "DraftLaw",
    "DraftLawQuerySet",
    "DraftState",
    "Giver",
    "GiverKind",
    "Material",
    "Opinion",
    "OpinionQuerySet",
    "Outcome",
]
