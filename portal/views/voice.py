"""What a voter does with the own case: add to it, rate the answer, have it done again, withdraw it, say anew whether it may be made public."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from portal import drafts
from portal.forms_follow import ConsentForm, RateForm, SupplementForm, WithdrawForm
from portal.limiting import ADDITIONS
from portal.models import Draft
from portal.picking import keep_picked
from portal.views.follow import show
from portal.views.receipt import case_in_session
from suggestions import workflow
from suggestions.choices import State
from suggestions.models import Suggestion
from suggestions.transitions import TRANSITIONS, Voice

F = TypeVar("F", bound=Form)
RATED = {
    State.CLOSED: "谢谢您的评价，这件事已经归档。",
    State.ASSESSING: "谢谢您的评价，县人大将组织评估。",
}
AGREED = "已改为可以公开。公开前由工作人员隐去姓名、电话、住址。"
NOT_AGREED = "已改为不公开。"
TAKEN_DOWN = "已改为不公开。公开过的内容已经撤下，别人转发、截图的本站收不回来。"
AGAIN = "谢谢您的评价，我们会重新办理，办好后再回复您。"


def _allow_another(one: Suggestion) -> None:
    if ADDITIONS.used_up(str(one.pk)):
        raise ValidationError("今天补充、更改的次数已经很多了，请明天再来，或直接到联络站说明。")


def _act(request: HttpRequest, form: F, act: Callable[[Suggestion, F], str]) -> HttpResponse:
    """``act`` on the case that this browser follows; what it cannot do is said at the form, which keeps what was typed."""
    one = case_in_session(request)
    if one is None:
        return redirect("portal:query")
    if form.is_valid():
        try:
            messages.success(request, act(one, form))
        except ValidationError as error:
            form.add_error(None, error)
        else:
            return redirect("portal:case")
    return show(request, one, form)


@login_not_required
@never_cache
@require_POST
def rate(request: HttpRequest) -> HttpResponse:
    def act(one: Suggestion, form: RateForm) -> str:
        rated = workflow.rate(one.pk, by=Voice.VOTER, **form.cleaned_data)
        return RATED.get(State(rated.state), AGAIN)

    return _act(request, RateForm(request.POST), act)


@login_not_required
@never_cache
@require_POST
def withdraw(request: HttpRequest) -> HttpResponse:
    def act(one: Suggestion, form: WithdrawForm) -> str:
        workflow.withdraw(one.pk, by=Voice.VOTER, reason=form.reason)
        return "已撤回。需要时可以重新留言。"

    return _act(request, WithdrawForm(request.POST), act)


@login_not_required
@never_cache
@require_POST
def consent(request: HttpRequest) -> HttpResponse:
    def act(one: Suggestion, form: ConsentForm) -> str:
        _allow_another(one)
        was_public = one.public_results.public().exists()
        changed = workflow.consent(one.pk, by=Voice.VOTER, **form.cleaned_data)
        ADDITIONS.count(str(one.pk))
        if changed.may_publish:
            return AGREED
        return TAKEN_DOWN if was_public else NOT_AGREED

    return _act(request, ConsentForm(request.POST), act)


@login_not_required
@never_cache
@require_POST
def supplement(request: HttpRequest) -> HttpResponse:
    form = SupplementForm(request.POST, request.FILES)
    form.full_clean()
    one = case_in_session(request)
    draft = _picked(request, form, one) if one else None

    def act(one: Suggestion, form: SupplementForm) -> str:
        _allow_another(one)
        drafts.add(one, draft, note=form.cleaned_data["note"])
        ADDITIONS.count(str(one.pk))
        return "已补充，办理这件事的人会看到。"

    return _act(request, form, act)


def _picked(request: HttpRequest, form: SupplementForm, one: Suggestion) -> Draft | None:
    if one.state not in TRANSITIONS["supplement"].sources:
        return None
    return keep_picked(request, form, drafts.addition(request, one), lambda: drafts.begin_addition(request, one))
