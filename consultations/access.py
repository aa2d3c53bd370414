"""Who may do what with a consultation: its station's staff conduct it; deputies and departments who were asked to come
sign in and rate for themselves; a department tells how its promise goes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.shortcuts import get_object_or_404

from consultations.models import Consultation, Party, Promise

if TYPE_CHECKING:
    from accounts.models import User

RELATED = ("county", "station__parent__parent", "brand", "created_by")


def may_manage(user: User, consultation: Consultation) -> bool:
    return user.seats.covers(consultation.station)


def require_manage(user: User, consultation: Consultation) -> None:
    if not may_manage(user, consultation):
        raise PermissionDenied("协商议事由本站和上级站的工作人员组织。")


def own_parties(user: User, consultation: Consultation) -> list[Party]:
    """The places at the table that are the person's own."""
    seats = user.seats
    own = Q(deputy__in=seats.deputy_ids) | Q(department__in=seats.department_ids)
    return list(consultation.parties.filter(own).select_related("deputy", "department"))


def is_owner(user: User, promise: Promise) -> bool:
    return promise.department_id is not None and promise.department_id in user.seats.department_ids


def may_report(user: User, promise: Promise) -> bool:
    """Write down how a promise goes."""
    return is_owner(user, promise) or may_manage(user, promise.consultation)


def consultation_or_404(user: User, pk: int) -> Consultation:
    return get_object_or_404(Consultation.objects.visible_to(user).select_related(*RELATED), pk=pk)


def managed_or_403(user: User, pk: int) -> Consultation:
    """404 for what one does not see, 403 for what others organise."""
    consultation = consultation_or_404(user, pk)
    require_manage(user, consultation)
    return consultation


def promise_or_404(user: User, pk: int) -> Promise:
    related = ("department", "consultation__station__parent", "consultation__county")
    return get_object_or_404(Promise.objects.visible_to(user).select_related(*related), pk=pk)
