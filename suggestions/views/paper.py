"""The paper forms of one case. What shows a voter's name and number, what leaves as a file, and the whole file of a
case are kept in its history."""

from __future__ import annotations

from typing import Any

from axes.helpers import get_client_ip_address
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Prefetch
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.requests import SignedInRequest
from suggestions import formal as papers
from suggestions.choices import GRADES, ResultKind
from suggestions.looks import may_see_contact, note_look
from suggestions.models import Assignment, AssignmentRole, Formal, Suggestion
from suggestions.paper import forms, motion
from suggestions.paper.proof import proof_of
from suggestions.paper.sheets import answer, wants_pdf
from suggestions.timeline import entries, events_of


def _case(request: SignedInRequest, pk: int) -> Suggestion:
    rows = Assignment.objects.select_related("department__station", "assigned_by", "taken_by")
    rows = rows.prefetch_related("extensions__decided_by")
    seen = Suggestion.objects.visible_to(request.user).for_page().select_related("station__parent", "deputy__term")
    return get_object_or_404(seen.prefetch_related("voters", Prefetch("assignments", rows)), pk=pk)


def _row(case: Suggestion, pk: int) -> Assignment:
    return get_object_or_404(case.assignments.select_related("department__station", "assigned_by", "taken_by"), pk=pk)


def _shown(request: SignedInRequest, case: Suggestion, form: str, *, always: bool = False) -> dict[str, Any]:
    """What every form of ``case`` is shown with; the look is noted here. ``?contact=1`` asks for names and numbers."""
    contact = request.GET.get("contact") == "1"
    if contact and not may_see_contact(request.user, case):
        raise PermissionDenied("您的身份不能打印来访人的联系方式。")
    if contact or always or wants_pdf(request):
        action = "view_contact" if contact else "print"
        note_look(case.pk, action, by=request.user, address=get_client_ip_address(request), form=form)
    return {"case": case, "revealed": contact, "can_reveal": may_see_contact(request.user, case) and not contact}


def _not_yet(request: SignedInRequest, case: Suggestion, why: str) -> HttpResponseBase:
    messages.error(request, why)
    return redirect("suggestions:case", case.pk)


@require_safe
@never_cache
def assignment_order(request: SignedInRequest, pk: int, assignment_id: int) -> HttpResponseBase:
    """交办单, one for each department: it signs its own."""
    case = _case(request, pk)
    row = _row(case, assignment_id)
    if not forms.may_print_orders(request.user, case):
        raise PermissionDenied("交办单由联络站和承办单位打印。")
    same = [one for one in case.assignments.all() if one.round == row.round and one.is_current == row.is_current]
    context = {
        **_shown(request, case, "assignment_order"),
        "row": row,
        "leads": [one.department.name for one in same if one.role == AssignmentRole.LEAD],
        "co": [one.department.name for one in same if one.role == AssignmentRole.CO],
    }
    return answer(request, "suggestions/paper/assignment_order.html", context, name=f"交办单-{case.number}")


@require_safe
@never_cache
def reply_letter(request: SignedInRequest, pk: int, assignment_id: int) -> HttpResponseBase:
    """答复函: what the lead department answers the deputy."""
    case = _case(request, pk)
    row = _row(case, assignment_id)
    if row not in forms.letters_of(case):
        return _not_yet(request, case, "主办单位报告办理结果以后才有答复函。")
    context = {
        **_shown(request, case, "reply_letter"),
        "row": row,
        "formal": case.kind in forms.FORMAL,
        "signed": papers.signed(case.formal, papers.signers_of(case.formal)) if case.is_formal else 1,
        "lines": [line.strip() for line in row.text.splitlines() if line.strip()],
        "grade": GRADES.get(ResultKind(row.result_kind), "") if row.result_kind else "",
        "copies": forms.copies_of(case, row),
    }
    return answer(request, "suggestions/paper/reply_letter.html", context, name=f"答复函-{case.number}")


@require_safe
@never_cache
def opinion_form(request: SignedInRequest, pk: int) -> HttpResponseBase:
    """征询意见表: with the rating where there is one, else to be filled in and signed."""
    case = _case(request, pk)
    if not forms.is_answered(case):
        return _not_yet(request, case, "有了答复以后才能征询意见。")
    rating = forms.rating_now(case)
    formal = case.kind in forms.FORMAL
    context = {
        **_shown(request, case, "opinion_form"),
        "rating": rating,
        "not_received": rating is not None and rating.replied is False,
        "formal": formal,
        "choices": [(one.label, rating is not None and rating.satisfaction == one) for one in forms.SATISFACTIONS],
    }
    return answer(request, "suggestions/paper/opinion_form.html", context, name=f"征询意见表-{case.number}")


@require_safe
@never_cache
def motion_sheet(request: SignedInRequest, pk: int) -> HttpResponseBase:
    """建议专用纸 of a deputy's suggestion or motion."""
    case = _case(request, pk)
    if case.kind not in forms.FORMAL:
        return _not_yet(request, case, "群众意见不用建议专用纸；代表提出建议或者议案时才用。")
    context = {
        **_shown(request, case, "motion_sheet"),
        "sheet": motion.of_case(request.user, case),
        "paper": case.formal if case.is_formal else None,
    }
    context["can_reveal"] = False  # nothing of a voter is on it
    name = f"{case.get_kind_display()}专用纸-{case.number}"
    return answer(request, "suggestions/paper/motion_sheet.html", context, name=name)


@require_safe
@never_cache
def formal_sheet(request: SignedInRequest, pk: int) -> HttpResponseBase:
    """建议专用纸 of a paper at any time: to be signed by hand before it is filed, to be kept afterwards."""
    paper = get_object_or_404(Formal.objects.visible_to(request.user).for_page(), pk=pk)
    context = {"paper": paper, "sheet": motion.of_paper(request.user, paper)}
    name = f"{paper.get_kind_display()}专用纸-{paper.pk}"
    return answer(request, "suggestions/paper/motion_sheet.html", context, name=name)


@require_safe
@never_cache
@transaction.atomic
def case_file(request: SignedInRequest, pk: int) -> HttpResponseBase:
    """办理全卷: everything in order, as it stands with this print in the history."""
    found = _case(request, pk)
    shown = _shown(request, found, "case_file", always=True)
    case = _case(request, pk)  # with the event of this print
    events = events_of(case)
    history = entries(events)
    looks = [entry for entry in history if entry.is_look]
    context = {
        **shown,
        "case": case,
        "history": [entry for entry in history if not entry.is_look],
        # As on the page: who looked at what concerns those who answer for the case.
        "looks": looks if request.user.seats.covers(case.desk) else [],
        "look_count": len(looks),
        "attachments": case.attachments.select_related("uploaded_by"),
        "ratings": case.ratings.select_related("called_by"),
        "merged": case.merged.visible_to(request.user).order_by("pk"),
        "proof": proof_of(case, events),
    }
    return answer(request, "suggestions/paper/case_file.html", context, name=f"办理全卷-{case.number}")
