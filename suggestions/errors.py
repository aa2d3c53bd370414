"""What a step can answer instead of happening: each is a sentence a clerk understands, shown on the form."""

from django.core.exceptions import PermissionDenied, ValidationError


class WorkflowError(ValidationError):
    """The step cannot be taken with what was entered."""


class WrongState(WorkflowError):
    """The case is not where this step starts."""


class Stale(WrongState):
    """Somebody else moved the case since the page was opened."""


class NotAllowed(PermissionDenied):
    """This person's seats do not include this step (a 403 page)."""
