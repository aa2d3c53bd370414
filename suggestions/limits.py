"""Clocks: which limit runs in which state, when it ends, and why that date.

Awaiting, due soon and overdue are derived from dates, never stored. A case due today is not overdue.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from django.utils import timezone

from stations.models import Rules, Station
from suggestions.choices import LimitRule, State
from suggestions.models import Assignment, Suggestion
from workdays.calendar import Calendar, ExplainedDay


@dataclass(frozen=True)
class Limit:
    """``amount`` counts working days, calendar days or months, as ``unit`` says; ``start`` itself is not counted."""

    rule: LimitRule
    start: dt.date
    due_on: dt.date
    amount: int | None = None

    @property
    def unit(self) -> str:
        return unit_of(self.rule)


class Phase(StrEnum):
    """Three colours: green, yellow from ``warn_days`` working days before the limit, red after it."""

    AWAITING = "awaiting"
    DUE_SOON = "due_soon"
    OVERDUE = "overdue"


def unit_of(rule: str) -> str:
    if rule == LimitRule.ARCHIVE:
        return "days"
    if rule.endswith("_months"):
        return "months"
    return "workdays" if rule.endswith("_days") else ""


def count(rule: LimitRule, rules: Rules, start: dt.date) -> Limit:
    """The limit that ``rule`` sets from ``start`` under a county's ``rules``."""
    amount = getattr(rules, rule)
    if rule == LimitRule.ARCHIVE:  # asked at the reply, reminded once, archived after more days without an answer
        amount += rules.rate_remind_days
        return Limit(rule, start, start + dt.timedelta(days=amount), amount)
    calendar = Calendar.current()
    due_on = calendar.add_months(start, amount) if unit_of(rule) == "months" else calendar.add(start, amount)
    return Limit(rule, start, due_on, amount)


def handling(desk: Station, rules: Rules, start: dt.date, *, redo: bool = False, formal: bool = False) -> Limit:
    """How long the lead department has: a redo one month, else three months at the hub, working days below it. What
    deputies put before their congress (``formal``) has three months in a township, too (代表法 2025 art 51)."""
    if redo:
        return count(LimitRule.REDO, rules, start)
    return count(LimitRule.COUNTY if desk.is_hub or formal else LimitRule.TOWNSHIP, rules, start)


def longest(desk: Station, rules: Rules, start: dt.date, *, formal: bool = False) -> dt.date:
    """The last date an extension may reach (Henan art 20: six months with a written explanation)."""
    calendar = Calendar.current()
    if desk.is_hub or formal:
        return calendar.add_months(start, rules.county_max_months)
    return calendar.add(start, max(rules.township_max_days, rules.township_days))


def take(rules: Rules, start: dt.date, due_on: dt.date) -> Limit:
    """Ten working days to take or object, never longer than the handling itself."""
    limit = count(LimitRule.TAKE, rules, start)
    return limit if limit.due_on <= due_on else Limit(LimitRule.BY_HAND, start, due_on)


RUNNING: dict[str, LimitRule] = {
    State.SUBMITTED: LimitRule.ACCEPT,
    State.REGISTERED: LimitRule.TRIAGE,
    State.REPORTED: LimitRule.HAND_OVER,
    State.HANDED_OVER: LimitRule.REPLY,
    State.REPLIED: LimitRule.ARCHIVE,
    State.ASSESSING: LimitRule.ASSESS,
}
"""The clock of each state that has one of its own; assigned and handling follow the assignment."""


def phase(due_on: dt.date | None, today: dt.date, warn_from: dt.date) -> Phase:
    """``warn_from``: see :func:`warning_date`; the same for all cases of a county on one day."""
    if due_on is None or due_on > warn_from:
        return Phase.AWAITING
    return Phase.OVERDUE if due_on < today else Phase.DUE_SOON


def warning_date(today: dt.date, rules: Rules | None = None) -> dt.date:
    """The last due date that is yellow on ``today``: a list compares with it instead of counting days per row."""
    return Calendar.current().add(today, rules.warn_days if rules else 5)


def of_case(suggestion: Suggestion) -> Limit | None:
    """The running limit; None where no clock runs."""
    if suggestion.due_from is None or suggestion.due_on is None:
        return None
    return Limit(LimitRule(suggestion.due_rule), suggestion.due_from, suggestion.due_on, suggestion.due_amount)


def of_assignment(assignment: Assignment) -> Limit:
    """The limit that a department was given when the case was assigned to it, as far as it has been extended since."""
    start = timezone.localdate(assignment.assigned_at)
    return Limit(LimitRule(assignment.due_rule), start, assignment.due_on, assignment.due_amount)


def explain(limit: Limit) -> list[ExplainedDay]:
    """Day by day from the start of ``limit`` to its end: which day counted as which, or why it did not."""
    return Calendar.current().explain_until(limit.start, limit.due_on)
