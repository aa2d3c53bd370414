"""Follow one's own case with number and query code: where it stands, how it came there, the answer."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from liaison.lib.querycodes import normalise_number
from portal import drafts
from portal.codes import right_case
from portal.forms_follow import ConsentForm, QueryForm, RateForm, SupplementForm, WithdrawForm
from portal.limiting import WRONG_CODES, address, in_words
from portal.progress import STANDS, due_of, steps_of
from portal.views.receipt import SESSION_KEY, case_in_session
from suggestions.choices import State
from suggestions.models import Suggestion
from suggestions.transitions import TRANSITIONS


@login_not_required
@never_cache
def query(request: HttpRequest) -> HttpResponse:
    form = QueryForm(
        request.POST if request.method == "POST" else None, initial={"number": request.GET.get("number", "")[:30]}
    )
    if request.method == "POST" and form.is_valid() and (pk := _look_up(request, form)):
        request.session[SESSION_KEY] = pk
        return redirect("portal:case")
    return render(request, "portal/query.html", {"form": form})


def _look_up(request: HttpRequest, form: QueryForm) -> int | None:
    """The same words for an unknown number as for a wrong code, and the same work (``codes.py``)."""
    number, who = normalise_number(form.cleaned_data["number"]), address(request)
    if wait := WRONG_CODES.left(who, number):
        form.add_error(None, f"输错的次数多了，请等 {in_words(wait)}再试。编号和查询码在您的回执上。")
        return None
    pk = right_case(number, form.cleaned_data["code"])
    if pk:
        WRONG_CODES.right(number)
        return pk
    wait = WRONG_CODES.wrong(who, number)
    later = f"{in_words(wait)}后可以再试。" if wait else ""
    form.add_error(None, f"编号或查询码不对，请对照回执再输一次。{later}")
    return None


@login_not_required
@never_cache
def case(request: HttpRequest) -> HttpResponse:
    one = case_in_session(request)
    return show(request, one) if one else redirect("portal:query")


def show(request: HttpRequest, one: Suggestion, wrong: Form | None = None) -> HttpResponse:
    """The page of the case; ``wrong`` is the form that was refused, in the place of its empty one."""
    today = timezone.localdate()
    forms = {"rate": RateForm(), "supplement": SupplementForm(), "withdraw": WithdrawForm(), "consent": ConsentForm()}
    for name, empty in forms.items():
        if wrong is not None and type(wrong) is type(empty):
            forms[name] = wrong
    main = one.merged_into if one.state == State.MERGED else None
    addition = drafts.addition(request, one)
    files = list(one.attachments.filter(uploaded_by=None).values_list("uploaded_at", flat=True))
    context = {
        "case": one,
        "stands": STANDS[State(one.state)],
        "due": due_of(main or one, today),
        "main": main,
        "main_stands": STANDS[State(main.state)] if main else "",
        "steps": steps_of(one),
        "photos": len(files),
        "may_rate": one.state == State.REPLIED,
        "may_withdraw": one.state in TRANSITIONS["withdraw"].sources,
        "may_consent": one.state in TRANSITIONS["consent"].sources,
        "result": one.public_results.public().first() if one.may_publish else None,
        "may_supplement": one.state in TRANSITIONS["supplement"].sources,
        "kept": list(addition.photos.all()) if addition else [],
        "forms": forms,
        "wrong": wrong,
        "today": today,
    }
    return render(request, "portal/case.html", context)


@login_not_required
@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    """For a phone that is lent around: forget the case, and the message that is not sent yet."""
    request.session.pop(SESSION_KEY, None)
    drafts.forget(request)
    messages.success(request, "已退出查询，这个手机上看不到您的留言了。")
    return redirect("portal:home")
