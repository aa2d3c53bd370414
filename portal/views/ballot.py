"""The secret ballot of the standing committee, on the phone: enter the code, mark, look, cast.

Between the steps nothing is kept on the server: code and marks travel in the form. No session, no message, no event;
what an error report would hold of a form is blanked.
"""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from portal.forms_ballot import BallotForm, CodeForm
from portal.limiting import BALLOT_CODES, address, in_words
from supervision import ballots
from supervision.ballots import BallotError, UnknownCode
from supervision.models import Round


@login_not_required
@never_cache
@sensitive_post_parameters()
def ballot(request: HttpRequest) -> HttpResponse:
    """Enter the code; with a good one the ballot itself."""
    form = CodeForm(request.POST if request.method == "POST" else None)
    one = _opened(request, form)
    if one is None:
        return render(request, "portal/ballot.html", {"form": form})
    return _marking(request, one, BallotForm(one=one), form.cleaned_data["code"])


@login_not_required
@never_cache
@require_POST
@sensitive_post_parameters()
def ballot_look(request: HttpRequest) -> HttpResponse:
    """Everything marked, once more before it is cast; ``back`` leads to the marks again."""
    code = CodeForm(request.POST)
    one = _opened(request, code)
    if one is None:
        return render(request, "portal/ballot.html", {"form": code})
    form = BallotForm(request.POST, one=one)
    if not form.is_valid() or "back" in request.POST:
        return _marking(request, one, form, code.cleaned_data["code"])
    context = {"round": one, "form": form, "code": code.cleaned_data["code"]}
    return render(request, "portal/ballot_look.html", context)


@login_not_required
@never_cache
@require_POST
@sensitive_post_parameters()
def ballot_cast(request: HttpRequest) -> HttpResponse:
    code = CodeForm(request.POST)
    one = _opened(request, code)
    if one is None:
        return render(request, "portal/ballot.html", {"form": code})
    form = BallotForm(request.POST, one=one)
    if not form.is_valid():
        return _marking(request, one, form, code.cleaned_data["code"])
    try:
        ballots.cast(code.cleaned_data["code"], form.choices())
    except BallotError as error:  # the round was closed, or the code used, since it was looked at
        code.add_error(None, error)
        return render(request, "portal/ballot.html", {"form": code})
    return redirect("portal:ballot_done")


@login_not_required
@never_cache
@require_safe
def ballot_done(request: HttpRequest) -> HttpResponse:
    """The same page for everybody: it knows nothing of who comes."""
    return render(request, "portal/ballot_done.html")


def _marking(request: HttpRequest, one: Round, form: BallotForm, code: str) -> HttpResponse:
    return render(request, "portal/ballot_mark.html", {"round": one, "form": form, "code": code})


def _opened(request: HttpRequest, form: CodeForm) -> Round | None:
    """The round that the code in ``form`` opens, or None with the reason in the form. Guesses make an address wait."""
    if not form.is_bound or not form.is_valid():
        return None
    who = address(request)
    if wait := BALLOT_CODES.left(who):
        form.add_error(None, f"输错的次数多了，请等 {in_words(wait)}再试。投票码在您的票签上。")
        return None
    try:
        return ballots.find(form.cleaned_data["code"])
    except UnknownCode as error:
        wait = BALLOT_CODES.wrong(who)
        form.add_error(None, error.message + (f"{in_words(wait)}后可以再试。" if wait else ""))
    except BallotError as error:
        form.add_error(None, error)
    return None
