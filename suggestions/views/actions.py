"""One view per action of a case; what they have in common is in ``acting.act``."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.http import HttpResponse
from django.views.decorators.http import require_http_methods

from accounts.requests import SignedInRequest
from suggestions import forms, workflow
from suggestions.choices import State
from suggestions.forms_publicity import ConsentForm
from suggestions.models import Suggestion
from suggestions.standing import day, waiting_for
from suggestions.triage import suggest_field
from suggestions.views.acting import act

view = require_http_methods(["GET", "HEAD", "POST"])


def _until(case: Suggestion) -> str:
    """The next step and its limit: ``等村镇建设中心签收，11月30日前。``"""
    return waiting_for(case) + (f"，{day(case.due_on)}前" if case.due_on and case.is_open else "") + "。"


# --- at the desk --------------------------------------------------------------------------


@view
def accept(request: SignedInRequest, pk: int) -> HttpResponse:
    return act(request, pk, "accept", forms.AcceptForm, workflow.accept, lambda case: f"已受理。{_until(case)}")


@view
def refuse(request: SignedInRequest, pk: int) -> HttpResponse:
    return act(
        request,
        pk,
        "refuse",
        forms.RefuseForm,
        workflow.refuse,
        lambda case: f"{case.number} 不予受理，原因会告诉来信人：{case.get_refuse_reason_display()}。",
    )


@view
def classify(request: SignedInRequest, pk: int) -> HttpResponse:
    return act(
        request,
        pk,
        "classify",
        forms.ClassifyForm,
        workflow.classify,
        lambda case: f"已分类：{case.get_field_display()}，{case.get_kind_display()}。",
    )


@view
def assign(request: SignedInRequest, pk: int) -> HttpResponse:
    case = Suggestion.objects.visible_to(request.user).filter(pk=pk).first()
    guess = {} if case is None or case.field else {"field": suggest_field(case.title, case.content)}
    return act(
        request,
        pk,
        "assign",
        forms.AssignForm,
        _assign,
        lambda case: f"{case.number} 已交办给{case.lead}。{_until(case)}",
        **guess,
    )


def _assign(pk: int, *, field: str, version: int, **arguments: Any) -> Suggestion:
    """One press for what belongs together: the field that was chosen on the form, then the departments."""
    with transaction.atomic():
        case = Suggestion.objects.get(pk=pk)
        if field and field != case.field:
            case = workflow.classify(pk, field=field, kind=case.kind, by=arguments["by"], version=version)
            version = case.version
        return workflow.assign(pk, version=version, **arguments)


@view
def escalate(request: SignedInRequest, pk: int) -> HttpResponse:
    return act(
        request,
        pk,
        "escalate",
        forms.EscalateForm,
        workflow.escalate,
        lambda case: f"{case.number} 已上报{case.desk}。{_until(case)}",
    )


@view
def delegate(request: SignedInRequest, pk: int) -> HttpResponse:
    return act(
        request,
        pk,
        "delegate",
        forms.DelegateForm,
        workflow.delegate,
        lambda case: f"{case.number} 已下转{case.desk}。{_until(case)}",
    )


@view
def merge(request: SignedInRequest, pk: int) -> HttpResponse:
    def said(case: Suggestion) -> str:
        return f"{case.number} 已并入 {case.merged_into.number if case.merged_into else ''}，答复时一起答复。"

    return act(request, pk, "merge", forms.MergeForm, workflow.merge, said, into=request.GET.get("into", ""))


@view
def decide_extension(request: SignedInRequest, pk: int) -> HttpResponse:
    return act(
        request,
        pk,
        "decide_extension",
        forms.DecideExtensionForm,
        workflow.decide_extension,
        lambda case: f"已审批，承办单位会收到通知。办理期限：{day(case.due_on)}。",
    )


# --- at the department --------------------------------------------------------------------


@view
def take(request: SignedInRequest, pk: int) -> HttpResponse:
    return act(
        request,
        pk,
        "take",
        forms.TakeForm,
        workflow.take,
        lambda case: f"已签收。请在{day(case.due_on)}前办理并报告结果。",
    )


@view
def object_(request: SignedInRequest, pk: int) -> HttpResponse:
    return act(
        request,
        pk,
        "object",
        forms.ObjectForm,
        workflow.object_,
        lambda case: f"{case.number} 已申退，退回{case.desk}重新交办。",
    )


@view
def report(request: SignedInRequest, pk: int) -> HttpResponse:
    return act(
        request,
        pk,
        "report",
        forms.ReportForm,
        workflow.report,
        lambda case: f"{case.number} 的办理结果已报告。{_until(case)}",
    )


@view
def advise(request: SignedInRequest, pk: int) -> HttpResponse:
    return act(
        request,
        pk,
        "advise",
        forms.AdviseForm,
        workflow.advise,
        lambda case: f"协办意见已送主办单位{case.lead}。",
    )


@view
def ask_extension(request: SignedInRequest, pk: int) -> HttpResponse:
    return act(
        request,
        pk,
        "ask_extension",
        forms.AskExtensionForm,
        workflow.ask_extension,
        lambda case: f"延期申请已送{case.desk}审批；批准前仍按{day(case.due_on)}的期限。",
    )


# --- the way back to the voter ------------------------------------------------------------


@view
def return_result(request: SignedInRequest, pk: int) -> HttpResponse:
    return act(
        request,
        pk,
        "return_result",
        forms.ReturnResultForm,
        workflow.return_result,
        lambda case: f"结果已转回{case.desk}。{_until(case)}",
    )


@view
def hand_over(request: SignedInRequest, pk: int) -> HttpResponse:
    return act(
        request,
        pk,
        "hand_over",
        forms.HandOverForm,
        workflow.hand_over,
        lambda case: f"{case.number} 已反馈。{_until(case)}",
    )


@view
def send_back(request: SignedInRequest, pk: int) -> HttpResponse:
    return act(
        request,
        pk,
        "send_back",
        forms.SendBackForm,
        workflow.send_back,
        lambda case: f"{case.number} 已退回{case.lead}继续办理，{day(case.due_on)}前重新报告。",
    )


@view
def reply(request: SignedInRequest, pk: int) -> HttpResponse:
    return act(
        request,
        pk,
        "reply",
        forms.ReplyForm,
        workflow.reply,
        lambda case: f"{case.number} 已回复选民，谢谢。选民可以凭编号和查询码查看、评价。",
    )


@view
def answer(request: SignedInRequest, pk: int) -> HttpResponse:
    return act(
        request,
        pk,
        "answer",
        forms.AnswerForm,
        workflow.answer,
        lambda case: f"{case.number} 已当场答复，等选民评价。",
    )


@view
def rate(request: SignedInRequest, pk: int) -> HttpResponse:
    def said(case: Suggestion) -> str:
        match case.state:
            case State.CLOSED:
                return f"评价已登记：{case.get_satisfaction_display()}。{case.number} 办结归档。"
            case State.ASSESSING:
                return f"选民再次不满意，{case.number} 转{case.desk}组织评估。"
            case _:
                return f"选民不满意，{case.number} 重新办理。{_until(case)}"

    return act(request, pk, "rate", forms.RateForm, workflow.rate, said)


@view
def archive(request: SignedInRequest, pk: int) -> HttpResponse:
    return act(request, pk, "archive", forms.ArchiveForm, workflow.archive, lambda case: f"{case.number} 已归档。")


@view
def assess(request: SignedInRequest, pk: int) -> HttpResponse:
    return act(
        request, pk, "assess", forms.AssessForm, workflow.assess, lambda case: f"评估结论已登记，{case.number} 归档。"
    )


@view
def follow_up(request: SignedInRequest, pk: int) -> HttpResponse:
    def said(case: Suggestion) -> str:
        return f"回访已登记，{day(case.follow_up_on)}再问。" if case.follow_up_on else "回访已登记：已经办成。"

    return act(request, pk, "follow_up", forms.FollowUpForm, workflow.follow_up, said)


# --- pressing on --------------------------------------------------------------------------


@view
def urge(request: SignedInRequest, pk: int) -> HttpResponse:
    return act(
        request,
        pk,
        "urge",
        forms.UrgeForm,
        workflow.urge,
        lambda case: f"已催办（第 {case.urge_count} 次）。{_until(case)}",
    )


@view
def supervise(request: SignedInRequest, pk: int) -> HttpResponse:
    return act(
        request,
        pk,
        "supervise",
        forms.SuperviseForm,
        workflow.supervise,
        lambda case: f"已督办，各方会收到通知。{_until(case)}",
    )


@view
def remark(request: SignedInRequest, pk: int) -> HttpResponse:
    return act(request, pk, "remark", forms.RemarkForm, workflow.remark, lambda case: "已记下。")


@view
def consent(request: SignedInRequest, pk: int) -> HttpResponse:
    def said(case: Suggestion) -> str:
        return "已改为同意公开。" if case.may_publish else "已改为不公开；公开过的，已经撤下。"

    return act(request, pk, "consent", ConsentForm, workflow.consent, said)
