"""Groups, projects with their tasks, inspections and findings; satisfaction rounds."""

from supervision.models.group import Expert, ExpertKind, Group, GroupMember, GroupQuerySet
from supervision.models.project import (
    Milestone,
    MilestoneQuerySet,
    Project,
    ProjectKind,
    ProjectQuerySet,
    Task,
)
from supervision.models.rectification import Rectification, RectificationFile, RectificationState
from supervision.models.round import BallotCode, Choice, Round, RoundKind, RoundState, Subject, Way

__all__ = [
    "BallotCode",
    "Choice",
    "Expert",
    "ExpertKind",
    "Group",
    "GroupMember",
    "GroupQuerySet",
    "Milestone",
    "MilestoneQuerySet",
    "Project",
    "ProjectKind",
    "ProjectQuerySet",
    "Rectification",
    "RectificationFile",
    "RectificationState",
    "Round",
    "RoundKind",
    "RoundState",
    "Subject",
    "Task",
    "Way",
]
