"""The one place that changes a case: a function per action of ``transitions.TRANSITIONS``.

Each takes the case's id and keyword arguments: ``by`` (a user, or ``Voice.VOTER`` / ``Voice.CLOCK``), ``at`` (when it
happened, now by default), ``version`` (the one the page showed). Each returns the case as it is afterwards and raises
what :func:`suggestions.steps.step` raises.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import TYPE_CHECKING, TypedDict, Unpack

from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone

from stations.models import Department, Station
from suggestions.attachments import attach
from suggestions.choices import GRADES, OPEN_STATES, LimitRule, RefuseReason, ResultKind, Satisfaction, State
from suggestions.errors import WorkflowError
from suggestions.limits import Limit, count, handling, longest
from suggestions.limits import take as take_limit
from suggestions.models import (
    Assignment,
    AssignmentRole,
    AssignmentState,
    Extension,
    ExtensionState,
    Rating,
    Suggestion,
)
from suggestions.registration import register, submit
from suggestions.steps import Step, lock, record, snapshot, step
from suggestions.transitions import Voice, intake_office
from workdays.calendar import Calendar

if TYPE_CHECKING:
    from accounts.models import User

__all__ = ["register", "submit"]


class Act(TypedDict, total=False):
    """What every action takes besides its own matter."""

    by: User | Voice
    at: dt.datetime | None
    version: int | None


Files = Sequence[UploadedFile]


def _need(text: str, message: str) -> str:
    if not text.strip():
        raise WorkflowError(message)
    return text.strip()


# --- at the desk --------------------------------------------------------------------------


def accept(pk: int, **act: Unpack[Act]) -> Suggestion:
    with step(pk, "accept", **act) as now:
        now.move(State.REGISTERED)
    return now.case


def refuse(pk: int, *, reason: str, note: str = "", **act: Unpack[Act]) -> Suggestion:
    """The voter is always given the reason (one of ``RefuseReason``)."""
    if reason not in RefuseReason.values:
        raise WorkflowError("请选择不予受理的原因。")
    with step(pk, "refuse", note=note, **act) as now:
        now.case.refuse_reason, now.case.refuse_note = reason, note
        now.case.closed_at = now.at
        now.after["reason"] = reason
        now.move(State.REFUSED)
    return now.case


def classify(pk: int, *, field: str, kind: str, title: str | None = None, **act: Unpack[Act]) -> Suggestion:
    with step(pk, "classify", **act) as now:
        now.case.field, now.case.kind = field, kind
        if title and title != now.case.title:
            now.case.title = title
            now.after["title_changed"] = True
    return now.case


def escalate(pk: int, *, opinion: str, **act: Unpack[Act]) -> Suggestion:
    """To the desk of the station above; its triage clock starts anew."""
    opinion = _need(opinion, "请写明上报的理由。")
    with step(pk, "escalate", note=opinion, **act) as now:
        parent = now.case.desk.parent
        if parent is None:
            raise WorkflowError("县级中心站没有上级站。")
        _move_desk(now, parent)
        now.restart(LimitRule.TRIAGE)
    return now.case


def delegate(pk: int, *, to: Station, opinion: str, **act: Unpack[Act]) -> Suggestion:
    """To the desk of a station right below; its triage clock starts anew."""
    with step(pk, "delegate", note=opinion, **act) as now:
        if to.parent_id != now.case.desk_id or not to.is_active:
            raise WorkflowError("只能下转到本站直接下属的站点。")
        _move_desk(now, to)
        now.restart(LimitRule.TRIAGE)
    return now.case


def _move_desk(now: Step, desk: Station) -> None:
    now.case.desk = desk
    now.case.state_since = now.at


def merge(pk: int, *, into: int, **act: Unpack[Act]) -> Suggestion:
    """Into another case of the same county that is still being handled; its voters get that case's answer."""
    if into == pk:
        raise WorkflowError("不能把一件意见并入它自己。")
    with step(pk, "merge", **act) as now:
        main = lock(into)
        if main.county_id != now.case.county_id:
            raise WorkflowError("只能并入本县的意见。")
        if main.state not in OPEN_STATES or main.state in (State.SUBMITTED, State.REPLIED, State.ASSESSING):
            raise WorkflowError(f"{main.number}现在是“{main.get_state_display()}”，不能再并入其他意见。")
        now.case.merged_into = main
        now.after["into"] = main.number
        now.move(State.MERGED)
        Suggestion.objects.filter(merged_into=now.case).update(merged_into=main)  # their answer comes from there now
        taking = Step(case=main, action="take_in", by=now.by, at=now.at, after={"number": now.case.number})
        record(taking, snapshot(main))
        main.save(update_fields=["event_seq", "event_hash"])
    return now.case


def assign(
    pk: int,
    *,
    lead: Department,
    co: Sequence[Department] = (),
    due_on: dt.date | None = None,
    instruction: str = "",
    **act: Unpack[Act],
) -> Suggestion:
    """To a lead and any co-handling departments of the desk, until ``due_on`` (by default the county's rule)."""
    with step(pk, "assign", note=instruction, **act) as now:
        for department in (lead, *co):
            if department.station_id != now.case.desk_id or not department.is_active:
                raise WorkflowError(f"{department.name}不是{now.case.desk.name}的承办单位，不能交办。")
        if lead.pk in {department.pk for department in co}:
            raise WorkflowError(f"{lead.name}已是主办单位，不能同时协办。")
        limit = _handling_limit(now, due_on)
        _assign(now, lead, co, limit, instruction)
    return now.case


def _handling_limit(now: Step, due_on: dt.date | None) -> Limit:
    limit = handling(now.case.desk, now.rules, now.today, redo=now.case.redo_count > 0)
    if due_on is None or due_on == limit.due_on:
        return limit
    last = longest(now.case.desk, now.rules, now.today)
    if not now.today < due_on <= last:
        raise WorkflowError(f"办理期限要在今天之后，最迟不超过 {last:%Y-%m-%d}。")
    return Limit(LimitRule.BY_HAND, now.today, due_on)


def _assign(now: Step, lead: Department, co: Sequence[Department], limit: Limit, instruction: str) -> None:
    co_due = min(count(LimitRule.CO_HANDLER, now.rules, now.today).due_on, limit.due_on)
    _end_assignments(now.case)
    Assignment.objects.bulk_create(
        Assignment(
            suggestion=now.case,
            department=department,
            role=role,
            round=now.case.redo_count + 1,
            instruction=instruction,
            assigned_by=now.user,
            assigned_at=now.at,
            due_on=due,
            due_rule=rule,
            due_amount=amount,
        )
        for department, role, due, rule, amount in [
            (lead, AssignmentRole.LEAD, limit.due_on, limit.rule, limit.amount),
            *((one, AssignmentRole.CO, co_due, LimitRule.CO_HANDLER, None) for one in co),
        ]
    )
    now.case.lead = lead
    now.after["co"] = [department.name for department in co]
    now.after["handle_by"] = limit.due_on
    now.move(State.ASSIGNED, take_limit(now.rules, now.today, limit.due_on))


def _end_assignments(case: Suggestion) -> None:
    current = Assignment.objects.filter(suggestion=case, is_current=True)
    current.filter(state__in=(AssignmentState.SENT, AssignmentState.TAKEN)).update(state=AssignmentState.ENDED)
    current.update(is_current=False)


# --- at the department --------------------------------------------------------------------


def _lead_assignment(case: Suggestion) -> Assignment:
    return Assignment.objects.get(suggestion=case, is_current=True, role=AssignmentRole.LEAD)


def take(pk: int, **act: Unpack[Act]) -> Suggestion:
    with step(pk, "take", **act) as now:
        assignment = _lead_assignment(now.case)
        assignment.state, assignment.taken_by, assignment.taken_at = AssignmentState.TAKEN, now.user, now.at
        assignment.save(update_fields=["state", "taken_by", "taken_at"])
        now.move(State.HANDLING, _assignment_limit(assignment))
    return now.case


def _assignment_limit(assignment: Assignment) -> Limit:
    start = timezone.localdate(assignment.assigned_at)
    return Limit(LimitRule(assignment.due_rule), start, assignment.due_on, assignment.due_amount)


def object_(pk: int, *, reason: str, **act: Unpack[Act]) -> Suggestion:
    """In writing, that it is not its matter: back to the desk. A department never passes it on itself (Henan art 14)."""
    reason = _need(reason, "请写明申退的理由。")
    with step(pk, "object", note=reason, **act) as now:
        assignment = _lead_assignment(now.case)
        assignment.state, assignment.objection = AssignmentState.OBJECTED, reason
        assignment.finished_at = now.at
        assignment.save(update_fields=["state", "objection", "finished_at"])
        _end_assignments(now.case)
        now.case.lead = None
        now.move(State.REGISTERED, count(LimitRule.REDECIDE, now.rules, now.today))
    return now.case


def advise(pk: int, *, text: str, files: Files = (), **act: Unpack[Act]) -> Suggestion:
    """A co-handler's opinion to the lead (Henan art 18)."""
    text = _need(text, "请写明协办意见。")
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
    text = _need(text, "请写明办理情况。")
    if result_kind not in ResultKind.values:
        raise WorkflowError("请选择办理结果。")
    with step(pk, "report", **act) as now:
        assignment = _lead_assignment(now.case)
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
    reason = _need(reason, "请写明延期的理由。")
    with step(pk, "ask_extension", note=reason, **act) as now:
        assignment = _lead_assignment(now.case)
        start = _assignment_limit(assignment).start
        last = longest(now.case.desk, now.rules, start)
        if not max(assignment.due_on, now.today) < new_due_on <= last:
            raise WorkflowError(f"延期后的日期要晚于原期限 {assignment.due_on:%Y-%m-%d}，最迟不超过 {last:%Y-%m-%d}。")
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
        note = _need(note, "不批准时请写明理由。")
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
            now.run(_assignment_limit(assignment))
    return now.case


# --- the way back to the voter ------------------------------------------------------------


def return_result(pk: int, *, note: str = "", **act: Unpack[Act]) -> Suggestion:
    """Down to the township office where the case came in; from there it goes to the receiving deputy (Y15)."""
    with step(pk, "return_result", note=note, **act) as now:
        now.case.desk = intake_office(now.case)
        now.case.state_since = now.at
        now.restart(LimitRule.HAND_OVER)
    return now.case


def hand_over(pk: int, *, note: str = "", **act: Unpack[Act]) -> Suggestion:
    with step(pk, "hand_over", note=note, **act) as now:
        now.move(State.HANDED_OVER)
    return now.case


def send_back(pk: int, *, reason: str, due_on: dt.date | None = None, **act: Unpack[Act]) -> Suggestion:
    """The result is not good enough: the department goes on, until ``due_on`` (by default ten working days at least)."""
    reason = _need(reason, "请写明退回的理由。")
    with step(pk, "send_back", note=reason, **act) as now:
        assignment = _lead_assignment(now.case)
        again = count(LimitRule.REDECIDE, now.rules, now.today).due_on
        if due_on is not None and due_on <= now.today:
            raise WorkflowError("新的期限要在今天之后。")
        assignment.due_on = due_on or max(assignment.due_on, again)
        assignment.due_rule, assignment.due_amount = LimitRule.BY_HAND, None
        assignment.state, assignment.finished_at = AssignmentState.TAKEN, None
        assignment.save(update_fields=["due_on", "due_rule", "due_amount", "state", "finished_at"])
        now.move(State.HANDLING, _assignment_limit(assignment))
    return now.case


def answer(pk: int, *, text: str, files: Files = (), **act: Unpack[Act]) -> Suggestion:
    """On the spot, without any department."""
    text = _need(text, "请写明答复内容。")
    with step(pk, "answer", **act) as now:
        now.case.on_the_spot = True
        now.case.result_kind = now.case.result_kind or ResultKind.SOLVED
        _give_reply(now, text)
        attach(now, files)
    return now.case


def reply(pk: int, *, text: str, files: Files = (), **act: Unpack[Act]) -> Suggestion:
    """By the receiving deputy; by desk staff where there is none, or in the deputy's name, which the event says."""
    text = _need(text, "请写明回复内容。")
    with step(pk, "reply", **act) as now:
        user = now.user
        if now.case.deputy_id and user and now.case.deputy_id not in user.seats.deputy_ids:
            now.after["for_deputy"] = True
        _give_reply(now, text)
        attach(now, files)
    return now.case


def _give_reply(now: Step, text: str) -> None:
    now.case.reply, now.case.replied_at = text, now.at
    now.move(State.REPLIED)
    for merged in Suggestion.objects.filter(merged_into_id=now.case.pk, state=State.MERGED).values_list(
        "pk", flat=True
    ):
        _answer_merged(merged, now)


def _answer_merged(pk: int, main: Step) -> None:
    """Everybody whose case was merged gets the answer, and may rate it (Henan art 21)."""
    case = lock(pk)
    before = snapshot(case)
    now = Step(case=case, action="answer_merged", by=main.by, at=main.at, after={"main": main.case.number})
    case.reply, case.replied_at = main.case.reply, main.at
    case.result_kind, case.result = main.case.result_kind, main.case.result
    now.move(State.REPLIED)
    case.version += 1
    record(now, before)
    case.save()


# --- rating and the end -------------------------------------------------------------------


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
    within a month, once; not satisfied again goes to the county office for assessment (Henan art 22)."""
    if satisfaction not in Satisfaction.values:
        raise WorkflowError("请选择满意程度。")
    if satisfaction == Satisfaction.NOT:
        reason = _need(reason, "不满意请说明原因，便于重新办理。")
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
    return now.case


def _redo(now: Step) -> None:
    now.case.redo_count = 1
    now.case.on_the_spot = False
    last = Assignment.objects.filter(suggestion=now.case, is_current=True).select_related("department__station")
    lead = next((row.department for row in last if row.role == AssignmentRole.LEAD), None)
    if lead is not None:
        now.case.desk = lead.station
    if lead is None or not lead.is_active:  # answered on the spot, or the department is gone: the desk decides anew
        _end_assignments(now.case)
        now.case.lead = None
        now.move(State.REGISTERED)
        return
    co = [row.department for row in last if row.role == AssignmentRole.CO and row.department.is_active]
    _assign(now, lead, co, handling(lead.station, now.rules, now.today, redo=True), "选民不满意，请重新办理。")


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
    text = _need(text, "请写明评估结论。")
    with step(pk, "assess", note=text, **act) as now:
        now.case.assessment = text
        attach(now, files)
        _close(now)
    return now.case


def follow_up(pk: int, *, text: str, done: bool, **act: Unpack[Act]) -> Suggestion:
    text = _need(text, "请写明进展。")
    with step(pk, "follow_up", note=text, **act) as now:
        now.after["done"] = done
        if done:
            now.case.follow_up_on, now.case.result_kind = None, ResultKind.SOLVED
        else:
            _follow_up_later(now)
    return now.case


def withdraw(pk: int, **act: Unpack[Act]) -> Suggestion:
    with step(pk, "withdraw", **act) as now:
        now.case.closed_at = now.at
        now.move(State.WITHDRAWN)
    return now.case


# --- pressing on --------------------------------------------------------------------------


def urge(pk: int, *, note: str = "", **act: Unpack[Act]) -> Suggestion:
    with step(pk, "urge", note=note, **act) as now:
        now.case.urge_count += 1
    return now.case


def supervise(pk: int, *, note: str = "", **act: Unpack[Act]) -> Suggestion:
    """督办 by the county office: the case is marked and every side is told."""
    with step(pk, "supervise", note=note, **act) as now:
        now.case.supervised_at = now.at
    return now.case


def remark(pk: int, *, note: str, files: Files = (), **act: Unpack[Act]) -> Suggestion:
    note = _need(note, "请写明内容。")
    with step(pk, "remark", note=note, **act) as now:
        attach(now, files)
    return now.case
