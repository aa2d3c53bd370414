"""Follow one's own case with number and query code: where it stands, the answer, rate it, withdraw it."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from history.models import Event
from liaison.lib.querycodes import matches, normalise_number
from portal.forms import QueryForm, RateForm
from portal.limiting import WRONG_CODES, address
from suggestions import workflow
from suggestions.choices import State
from suggestions.models import Suggestion
from suggestions.transitions import Voice

SESSION_KEY = "followed_case"
# What a voter is told of each step; steps between offices that are no news to the voter are left out.
STEPS = {
    "submit": "留言已提交",
    "register": "意见已登记",
    "accept": "联络站已受理",
    "refuse": "不予受理",
    "escalate": "已报上级站点",
    "delegate": "已转下级站点",
    "merge": "与同类意见合并办理",
    "assign": "已交有关单位办理",
    "take": "承办单位已签收",
    "object": "正在重新确定承办单位",
    "supervise": "已列入县人大督办",
    "report": "承办单位已报告办理结果",
    "hand_over": "结果已交接待代表",
    "answer": "已答复",
    "reply": "已回复",
    "answer_merged": "已回复",
    "rate": "已评价",
    "assess": "已组织评估",
    "archive": "已归档",
    "withdraw": "已撤回",
    "supplement": "已补充材料",
}
STANDS = {
    State.SUBMITTED: "联络站正在决定是否受理",
    State.REGISTERED: "联络站正在研究由谁办理",
    State.ASSIGNED: "已交给承办单位，等待签收",
    State.HANDLING: "承办单位正在办理",
    State.REPORTED: "已有办理结果，正在审核",
    State.HANDED_OVER: "结果已交给代表，代表将回复您",
    State.REPLIED: "已回复，请您评价",
    State.ASSESSING: "县人大正在组织评估",
    State.CLOSED: "已办结归档",
    State.MERGED: "与同类意见合并办理，办好后同样回复您",
    State.REFUSED: "不予受理",
    State.WITHDRAWN: "已撤回",
}


def remember(request: HttpRequest, case: Suggestion) -> None:
    request.session[SESSION_KEY] = case.pk


def case_in_session(request: HttpRequest) -> Suggestion | None:
    """The case whose code this browser has shown; never from the address of a page."""
    pk = request.session.get(SESSION_KEY)
    return Suggestion.objects.for_page().filter(pk=pk).first() if pk else None


@login_not_required
@never_cache
def query(request: HttpRequest) -> HttpResponse:
    form = QueryForm(request.POST or None, initial={"number": request.GET.get("number", "")[:30]})
    if request.method == "POST" and form.is_valid():
        number = normalise_number(form.cleaned_data["number"])
        whos = (address(request), f"number:{number}")
        if WRONG_CODES.used_up(*whos):
            form.add_error(None, "输错的次数太多了，请 15 分钟后再试。编号和查询码在您的回执上。")
        else:
            case = Suggestion.objects.filter(number=number).first()
            # The same words and the same work for an unknown number as for a wrong code.
            if matches(case.query_code if case else "????????", form.cleaned_data["code"]) and case:
                WRONG_CODES.forget(*whos)
                remember(request, case)
                return redirect("portal:case")
            WRONG_CODES.count(*whos)
            form.add_error(None, "编号或查询码不对，请对照回执再输一次。")
    return render(request, "portal/query.html", {"form": form})


@login_not_required
@never_cache
def case(request: HttpRequest) -> HttpResponse:
    one = case_in_session(request)
    if one is None:
        return redirect("portal:query")
    return _show(request, one, RateForm())


def _show(request: HttpRequest, one: Suggestion, form: RateForm, status: int = 200) -> HttpResponse:
    events = Event.objects.filter(chain=one.chain, action__in=STEPS).order_by("seq").values_list("at", "action")
    context = {
        "case": one,
        "stands": STANDS[State(one.state)],
        "steps": [(at, STEPS[action]) for at, action in events],
        "may_rate": one.state == State.REPLIED,
        "may_withdraw": one.state in (State.SUBMITTED, State.REGISTERED),
        "form": form,
        "today": timezone.localdate(),
    }
    return render(request, "portal/case.html", context, status=status)


@login_not_required
@never_cache
@require_POST
def rate(request: HttpRequest) -> HttpResponse:
    one = case_in_session(request)
    if one is None:
        return redirect("portal:query")
    form = RateForm(request.POST)
    if form.is_valid():
        try:
            one = workflow.rate(one.pk, by=Voice.VOTER, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            again = {
                State.CLOSED: "谢谢您的评价，这件事已经归档。",
                State.ASSESSING: "谢谢您的评价，县人大将组织评估。",
            }
            messages.success(request, again.get(State(one.state), "谢谢您的评价，我们会重新办理，办好后再回复您。"))
            return redirect("portal:case")
    return _show(request, one, form)


@login_not_required
@never_cache
@require_POST
def withdraw(request: HttpRequest) -> HttpResponse:
    one = case_in_session(request)
    if one is None:
        return redirect("portal:query")
    try:
        workflow.withdraw(one.pk, by=Voice.VOTER)
        messages.success(request, "已撤回。需要时可以重新留言。")
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect("portal:case")


@login_not_required
@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    """For a phone that is lent around: forget the case on this browser."""
    request.session.pop(SESSION_KEY, None)
    return redirect("portal:home")
