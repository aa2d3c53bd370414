"""The way back to the voter: result → township office → receiving deputy → voter (Y15)."""

from __future__ import annotations

import datetime as dt
from typing import Unpack

from suggestions import formal
from suggestions.attachments import attach
from suggestions.choices import LimitRule, ResultKind, State
from suggestions.errors import WorkflowError
from suggestions.limits import count, of_assignment
from suggestions.models import AssignmentState, Suggestion
from suggestions.steps import Step, lock, record, snapshot, step
from suggestions.transitions import intake_office
from suggestions.workflow.act import Act, Files, need
from suggestions.workflow.assignments import lead_of


def return_result(pk: int, *, note: str = "", **act: Unpack[Act]) -> Suggestion:
    """Down to the township office where the case came in; from there it goes to the receiving deputy (Y15)."""
    with step(pk, "return_result", note=note, **act) as now:
        now.case.desk = intake_office(now.case)
        now.case.state_since = now.at
        now.restart(LimitRule.HAND_OVER)
    return now.case


def hand_over(pk: int, *, note: str = "", **act: Unpack[Act]) -> Suggestion:
    """To the deputy, who replies to the voter. What deputies put before their congress is answered by this: the result
    is the reply, and each of them is asked for an opinion of it."""
    with step(pk, "hand_over", note=note, **act) as now:
        if now.case.is_formal:
            _give_reply(now, now.case.result)
            formal.tell_answer(now.case.formal, by=now.user)
        else:
            now.move(State.HANDED_OVER)
    return now.case


def send_back(pk: int, *, reason: str, due_on: dt.date | None = None, **act: Unpack[Act]) -> Suggestion:
    """The result is not good enough: the department goes on, until ``due_on`` (by default ten working days at least)."""
    reason = need(reason, "请写明退回的理由。")
    with step(pk, "send_back", note=reason, **act) as now:
        assignment = lead_of(now.case)
        again = count(LimitRule.REDECIDE, now.rules, now.today).due_on
        if due_on is not None and due_on <= now.today:
            raise WorkflowError("新的期限要在今天之后。")
        assignment.due_on = due_on or max(assignment.due_on, again)
        assignment.due_rule, assignment.due_amount = LimitRule.BY_HAND, None
        assignment.state, assignment.finished_at = AssignmentState.TAKEN, None
        assignment.save(update_fields=["due_on", "due_rule", "due_amount", "state", "finished_at"])
        now.move(State.HANDLING, of_assignment(assignment))
    return now.case


def answer(pk: int, *, text: str, files: Files = (), **act: Unpack[Act]) -> Suggestion:
    """On the spot, without any department."""
    text = need(text, "请写明答复内容。")
    with step(pk, "answer", **act) as now:
        now.case.on_the_spot = True
        now.case.result_kind = now.case.result_kind or ResultKind.SOLVED
        _give_reply(now, text)
        attach(now, files)
    return now.case


def reply(pk: int, *, text: str, files: Files = (), **act: Unpack[Act]) -> Suggestion:
    """By the receiving deputy; by desk staff where there is none, or in the deputy's name, which the event says."""
    text = need(text, "请写明回复内容。")
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
