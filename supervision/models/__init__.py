"""Groups, projects with their tasks, inspections and findings; satisfaction rounds."""

from supervision.models.finding import (
    OPEN,
    Finding,
    FindingPhoto,
    FindingQuerySet,
    FindingState,
    FindingStep,
    StepKind,
)
from supervision.models.group import Expert, ExpertKind, Group, GroupMember, GroupQuerySet
from supervision.models.inspection import (
    Answer,
    Inspection,
    InspectionKind,
    InspectionQuerySet,
    InspectionState,
    Participant,
)
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
    "OPEN",
    "Answer",
    "BallotCode",
    "Choice",
    "Expert",
    "ExpertKind",
    "Finding",
    "FindingPhoto",
    "FindingQuerySet",
    "FindingState",
    "FindingStep",
    "Group",
    "GroupMember",
    "GroupQuerySet",
    "Inspection",
    "InspectionKind",
    "InspectionQuerySet",
    "InspectionState",
    "Milestone",
    "MilestoneQuerySet",
    "Participant",
    "Project",
    "ProjectKind",
    "ProjectQuerySet",
    "Rectification",
    "RectificationFile",
    "RectificationState",
    "Round",
    "RoundKind",
    "RoundState",
    "StepKind",
    "Subject",
    "Task",
    "Way",
]
