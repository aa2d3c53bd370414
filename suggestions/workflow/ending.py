"""Rating, redoing, and the ends of a case."""

from __future__ import annotations

from typing import Unpack

from django.db import transaction

from stations.models import Station
from suggestions import publicity
from suggestions.attachments import attach
from suggestions.choices import GRADES, ResultKind, Satisfaction, State
from suggestions.errors import WorkflowError
from suggestions.limits import handling
from suggestions.models import Assignment, AssignmentRole, Rating, Suggestion
from suggestions.steps import Step, step
from suggestions.workflow.act import Act, Files, need
from suggestions.workflow.assignments import begin, end_all
from workdays.calendar import Calendar


@transaction.atomic
def rate(
    pk: int,
    *,
    satisfaction: str,
    reason: str = "",
    replied: bool | None = None,
    understood: bool | None = None,
    solved: bool | None = None,
    in_time: bool | None = None,
    **act: Unpack[Act],
) -> Suggestion:
    """By the voter with the query code, or by staff who called. "Not satisfied" needs a reason and has it done again
    within a month, once; not satisfied again goes to the county office for assessment (Henan art 22). What was made
    public of a result that the voter does not accept is taken down: it would tell of a matter that is open again."""
    if satisfaction not in Satisfaction.values:
        raise WorkflowError("请选择满意程度。")
    if satisfaction == Satisfaction.NOT:
        reason = need(reason, "不满意请说明原因，便于重新办理。")
    with step(pk, "rate", **act) as now:
        Rating.objects.create(
            suggestion=now.case,
            round=now.case.redo_count + 1,
            satisfaction=satisfaction,
            reason=reason,
            replied=replied,
            understood=understood,
            solved=solved,
            in_time=in_time,
            rated_at=now.at,
            called_by=now.user,
        )
        now.case.satisfaction = satisfaction
        now.after["satisfaction"] = satisfaction  # said again even where the second answer is the first one's
        if satisfaction != Satisfaction.NOT:
            _close(now)
        elif now.case.redo_count:
            now.case.desk = Station.objects.get(county=now.case.county_id, kind="hub")
            now.move(State.ASSESSING)
        else:
            _redo(now)
    if satisfaction == Satisfaction.NOT:
        publicity.take_down(now.case, by=now.by, reason=publicity.DISPUTED)
    return now.case


def _redo(now: Step) -> None:
    now.case.redo_count = 1
    now.case.on_the_spot = False
    last = Assignment.objects.filter(suggestion=now.case, is_current=True).select_related("department__station")
    lead = next((row.department for row in last if row.role == AssignmentRole.LEAD), None)
    if lead is not None:
        now.case.desk = lead.station
    if lead is None or not lead.is_active:  # answered on the spot, or the department is gone: the desk decides anew
        end_all(now.case)
        now.case.lead = None
        now.move(State.REGISTERED)
        return
    who = "代表" if now.case.is_formal else "选民"
    co = [row.department for row in last if row.role == AssignmentRole.CO and row.department.is_active]
    begin(now, lead, co, handling(lead.station, now.rules, now.today, redo=True), f"{who}不满意，请重新办理。")


def _close(now: Step) -> None:
    now.case.closed_at = now.at
    if now.case.grade == GRADES[ResultKind.PLANNED] and now.case.follow_up_on is None:
        _follow_up_later(now)
    now.move(State.CLOSED)


def _follow_up_later(now: Step) -> None:
    """ "On the plan" is asked again every six months until it is done."""
    now.case.follow_up_on = Calendar.current().add_months(now.today, now.rules.follow_up_months)


def archive(pk: int, **act: Unpack[Act]) -> Suggestion:
    with step(pk, "archive", **act) as now:
        _close(now)
    return now.case


def assess(pk: int, *, text: str, files: Files = (), **act: Unpack[Act]) -> Suggestion:
    text = need(text, "请写明评估结论。")
    with step(pk, "assess", note=text, **act) as now:
        now.case.assessment = text
        attach(now, files)
        _close(now)
    return now.case


def follow_up(pk: int, *, text: str, done: bool, **act: Unpack[Act]) -> Suggestion:
    text = need(text, "请写明进展。")
    with step(pk, "follow_up", note=text, **act) as now:
        now.after["done"] = done
        if done:
            now.case.follow_up_on, now.case.result_kind = None, ResultKind.SOLVED
        else:
            _follow_up_later(now)
    return now.case


def withdraw(pk: int, *, reason: str = "", **act: Unpack[Act]) -> Suggestion:
    """By the voter, who may say why."""
    with step(pk, "withdraw", note=reason.strip(), **act) as now:
        now.case.closed_at = now.at
        now.move(State.WITHDRAWN)
    return now.case
