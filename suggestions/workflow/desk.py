"""At the desk: what the staff of the station now responsible decide about a case that came in."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Unpack

from stations.models import Department, Station
from suggestions.choices import OPEN_STATES, LimitRule, RefuseReason, State
from suggestions.errors import WorkflowError
from suggestions.limits import Limit, handling, longest
from suggestions.models import Suggestion
from suggestions.steps import Step, lock, record, snapshot, step
from suggestions.workflow.act import Act, need
from suggestions.workflow.assignments import begin


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
    opinion = need(opinion, "请写明上报的理由。")
    with step(pk, "escalate", note=opinion, **act) as now:
        parent = now.case.desk.parent
        if parent is None:
            raise WorkflowError("县级中心站没有上级站。")
        _move_desk(now, parent)
        now.case.escalated_at = now.case.escalated_at or now.at
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
        # As they are now, and until this is committed: one that is being merged or closed is waited for.
        locked = Department.objects.select_for_update(of=("self",), no_key=True).order_by("pk")
        standing = locked.in_bulk([lead.pk, *(one.pk for one in co)])
        for department in (lead, *co):
            if department.station_id != now.case.desk_id or not standing[department.pk].is_active:
                raise WorkflowError(f"{department.name}不是{now.case.desk.name}的承办单位，不能交办。")
        if lead.pk in {department.pk for department in co}:
            raise WorkflowError(f"{lead.name}已是主办单位，不能同时协办。")
        limit = _handling_limit(now, due_on)
        begin(now, lead, co, limit, instruction)
    return now.case


def _handling_limit(now: Step, due_on: dt.date | None) -> Limit:
    case = now.case
    limit = handling(case.desk, now.rules, now.today, redo=case.redo_count > 0, formal=case.is_formal)
    if due_on is None or due_on == limit.due_on:
        return limit
    last = longest(case.desk, now.rules, now.today, formal=case.is_formal)
    if not now.today < due_on <= last:
        raise WorkflowError(f"办理期限要在今天之后，最迟不超过 {last:%Y年%-m月%-d日}。")
    return Limit(LimitRule.BY_HAND, now.today, due_on)
