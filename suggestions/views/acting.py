"""The shape that all actions of a case share; the views that name them are in ``actions.py``."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils.http import url_has_allowed_host_and_scheme

from accounts.requests import SignedInRequest, posted_version
from suggestions import forms
from suggestions.errors import Stale, WrongState
from suggestions.looks import may_see_contact
from suggestions.models import Suggestion
from suggestions.standing import waiting_for
from suggestions.timeline import since
from suggestions.transitions import TRANSITIONS, may, open_to

if TYPE_CHECKING:
    from accounts.models import User


def act(
    request: SignedInRequest,
    pk: int,
    action: str,
    form_class: type[forms.ActionForm],
    change: Callable[..., Suggestion],
    said: Callable[[Suggestion], str],
    **initial: Any,
) -> HttpResponse:
    """Fetch scoped (404), check the seat (403), form, workflow, say what happened, go on.

    ``change`` is the workflow's function, ``said`` what the person is told, given the case as it is afterwards.
    """
    case = get_object_or_404(Suggestion.objects.visible_to(request.user).for_page(), pk=pk)
    posted = request.method == "POST"
    version = posted_version(request) if posted else case.version
    moved = posted and version is not None and version != case.version
    # Who could have done it when the page was opened reads what happened since, not that it is forbidden.
    if not may(request.user, action, case) and not moved:
        raise PermissionDenied(f"您的身份不能“{TRANSITIONS[action].label}”这件意见。")
    shut = _shut(request.user, action, case)
    if posted:
        form = form_class(request.POST, request.FILES, case=case, user=request.user)
    else:
        form = form_class(initial=initial, case=case, user=request.user)
    if posted and not shut and (moved or version is None):
        form.add_error(None, _STALE if moved else _NO_VERSION)
    elif posted and not shut and form.is_valid():
        try:
            changed = change(pk, **form.arguments(), by=request.user, version=version)
        except (Stale, WrongState):  # in the blink between the look and the lock: look again
            return act(request, pk, action, form_class, change, said, **initial)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, said(changed))
            return redirect(_onward(request, changed))
    context = {
        "case": case,
        "action": TRANSITIONS[action],
        "form": form,
        "shut": shut,
        "news": since(case, version or 0) if moved else [],
        # Once the news is on the page it is not stale any more; any other keeps the version it was opened with.
        "version": case.version if moved or version is None else version,
        "can_reveal": may_see_contact(request.user, case),
        "next": _there(request),
    }
    return render(request, [f"suggestions/{action}.html", "suggestions/act.html"], context)


_STALE = "您打开这个页面以后，这件意见有了新的进展（见上）。您填写的内容还在，看过后再按一次即可提交。"
_NO_VERSION = "这个页面已经过期，请核对后再按一次。"


def _shut(user: User, action: str, case: Suggestion) -> str:
    """Why the action cannot be taken on the case as it is now, or ""."""
    row = TRANSITIONS[action]
    if case.state not in row.sources or not may(user, action, case):
        return f"这件意见现在是“{case.get_state_display()}”，{waiting_for(case)}，不能“{row.label}”。"
    return row.obstacle(case) if row.obstacle else ""


def _there(request: SignedInRequest) -> str:
    """The page of this site that the person came from and wants to go back to, or ""."""
    there = request.POST.get("next") or request.GET.get("next", "")
    known = url_has_allowed_host_and_scheme(there, {request.get_host()}, require_https=request.is_secure())
    return there if known else ""


def _onward(request: SignedInRequest, case: Suggestion) -> str:
    """Where to after an action: where the person came from; the case, if it still waits for that person; else the
    list of what waits."""
    if there := _there(request):
        return there
    page = reverse("suggestions:case", args=[case.pk])
    action = request.resolver_match.url_name if request.resolver_match else ""
    if not TRANSITIONS[action or ""].targets or any(row.main for row in open_to(request.user, case)):
        return page
    try:
        return reverse("suggestions:my_work")
    except NoReverseMatch:
        return page
