"""At the department: taking, objecting, co-handling, reporting, and more time."""

from __future__ import annotations

import datetime as dt
from typing import Unpack

from suggestions.attachments import attach
from suggestions.choices import LimitRule, ResultKind, State
from suggestions.errors import WorkflowError
from suggestions.limits import count, longest, of_assignment
from suggestions.models import Assignment, AssignmentRole, AssignmentState, Extension, ExtensionState, Suggestion
from suggestions.steps import step
from suggestions.workflow.act import Act, Files, need
from suggestions.workflow.assignments import end_all, lead_of


def take(pk: int, **act: Unpack[Act]) -> Suggestion:
    with step(pk, "take", **act) as now:
        assignment = lead_of(now.case)
        assignment.state, assignment.taken_by, assignment.taken_at = AssignmentState.TAKEN, now.user, now.at
        assignment.save(update_fields=["state", "taken_by", "taken_at"])
        now.move(State.HANDLING, of_assignment(assignment))
    return now.case


def object_(pk: int, *, reason: str, **act: Unpack[Act]) -> Suggestion:
    """In writing, that it is not its matter: back to the desk. A department never passes it on itself (Henan art 14)."""
    reason = need(reason, "请写明申退的理由。")
    with step(pk, "object", note=reason, **act) as now:
        assignment = lead_of(now.case)
        assignment.state, assignment.objection = AssignmentState.OBJECTED, reason
        assignment.finished_at = now.at
        assignment.save(update_fields=["state", "objection", "finished_at"])
        end_all(now.case)
        now.case.lead = None
        now.move(State.REGISTERED, count(LimitRule.REDECIDE, now.rules, now.today))
    return now.case


def advise(pk: int, *, text: str, files: Files = (), **act: Unpack[Act]) -> Suggestion:
    """A co-handler's opinion to the lead (Henan art 18)."""
    text = need(text, "请写明协办意见。")
    with step(pk, "advise", note=text, **act) as now:
        user = now.user
        row = Assignment.objects.filter(
            suggestion=now.case,
            is_current=True,
            role=AssignmentRole.CO,
            department_id__in=user.seats.department_ids if user else [],
        ).first()
        if row is None:
            raise WorkflowError("您的单位不是这件意见的协办单位。")
        row.state, row.text, row.finished_at, row.taken_by = AssignmentState.REPORTED, text, now.at, user
        row.taken_at = row.taken_at or now.at
        row.save(update_fields=["state", "text", "finished_at", "taken_by", "taken_at"])
        attach(now, files)
    return now.case


def report(
    pk: int,
    *,
    result_kind: str,
    text: str,
    files: Files = (),
    document_number: str = "",
    handler: str = "",
    handler_phone: str = "",
    **act: Unpack[Act],
) -> Suggestion:
    text = need(text, "请写明办理情况。")
    if result_kind not in ResultKind.values:
        raise WorkflowError("请选择办理结果。")
    with step(pk, "report", **act) as now:
        assignment = lead_of(now.case)
        for name, value in {
            "state": AssignmentState.REPORTED,
            "result_kind": result_kind,
            "text": text,
            "finished_at": now.at,
            "document_number": document_number,
            "handler": handler,
            "handler_phone": handler_phone,
        }.items():
            setattr(assignment, name, value)
        assignment.save()
        Extension.objects.filter(assignment=assignment, state=ExtensionState.ASKED).update(
            state=ExtensionState.DENIED, decided_at=now.at, decision_note="已报告办理结果，申请自动结束。"
        )
        now.case.result_kind, now.case.result, now.case.reported_at = result_kind, text, now.at
        now.after["result_kind"] = result_kind  # said again even where a redo ends as the first time did
        attach(now, files)
        now.move(State.REPORTED)
    return now.case


def ask_extension(pk: int, *, new_due_on: dt.date, reason: str, **act: Unpack[Act]) -> Suggestion:
    """Until ``new_due_on``, at most six months in all at the hub (代表法 art 51; Henan art 20), with a written reason."""
    reason = need(reason, "请写明延期的理由。")
    with step(pk, "ask_extension", note=reason, **act) as now:
        assignment = lead_of(now.case)
        start = of_assignment(assignment).start
        last = longest(now.case.desk, now.rules, start, formal=now.case.is_formal)
        if not max(assignment.due_on, now.today) < new_due_on <= last:
            raise WorkflowError(
                f"延期后的日期要晚于原期限 {assignment.due_on:%Y年%-m月%-d日}，最迟不超过 {last:%Y年%-m月%-d日}。"
            )
        if now.user is None:
            raise WorkflowError("只有承办单位可以申请延期。")
        Extension.objects.create(
            assignment=assignment,
            old_due_on=assignment.due_on,
            new_due_on=new_due_on,
            reason=reason,
            asked_by=now.user,
            asked_at=now.at,
        )
        now.after["asked_until"] = new_due_on
    return now.case


def decide_extension(pk: int, *, grant: bool, note: str = "", **act: Unpack[Act]) -> Suggestion:
    if not grant:
        note = need(note, "不批准时请写明理由。")
    with step(pk, "decide_extension", note=note, **act) as now:
        extension = Extension.objects.select_for_update(of=("self",)).get(
            assignment__suggestion=now.case, state=ExtensionState.ASKED
        )
        extension.state = ExtensionState.GRANTED if grant else ExtensionState.DENIED
        extension.decided_by, extension.decided_at, extension.decision_note = now.user, now.at, note
        extension.save(update_fields=["state", "decided_by", "decided_at", "decision_note"])
        now.after["granted"] = grant
        if grant:
            assignment = extension.assignment
            assignment.due_on, assignment.due_rule = extension.new_due_on, LimitRule.EXTENDED
            assignment.due_amount = None
            assignment.save(update_fields=["due_on", "due_rule", "due_amount"])
            now.run(of_assignment(assignment))
    return now.case
