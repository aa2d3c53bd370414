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

__all__ = [
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
    "Task",
]
