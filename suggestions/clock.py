"""What happens when a limit runs out: nothing hangs. Driven by a task that scans the database; it may run twice, or
a week late, and then catches up without doing anything twice.

* overdue: the owner is urged on the first day after the limit and every ``urge_repeat_days`` working days after it;
  from the second urging the desk above is told as well;
* replied: the voter's rating is asked at the reply; unrated cases are archived when the limit ends;
* "on the plan": when the follow-up day comes, the department (or the desk) is asked.
"""

from __future__ import annotations

import datetime as dt
import logging

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from messaging import outbox
from suggestions import notices, workflow
from suggestions.choices import State
from suggestions.errors import WorkflowError
from suggestions.models import Suggestion
from suggestions.transitions import Voice
from workdays.calendar import Calendar

logger = logging.getLogger("liaison.suggestions")

URGED = (State.SUBMITTED, State.REGISTERED, State.ASSIGNED, State.HANDLING, State.REPORTED, State.HANDED_OVER)


def archive_unrated(now: dt.datetime | None = None) -> int:
    """Archive what was replied to and not rated within its time; returns how many."""
    now = now or timezone.now()
    due = Suggestion.objects.filter(state=State.REPLIED, due_on__lt=timezone.localdate(now))
    done = 0
    for pk in due.order_by("pk").values_list("pk", flat=True):
        try:
            workflow.archive(pk, by=Voice.CLOCK, at=now)
            done += 1
        except WorkflowError:  # rated while we came to it
            logger.info("case %s moved before it was archived", pk)
    return done


def urge_overdue(today: dt.date | None = None) -> int:
    """Write the reminders that are due for overdue cases; returns the outbox rows handed over.

    The key holds the running number of the reminder, so a second run of the same day writes nothing.
    """
    today = today or timezone.localdate()
    calendar = Calendar.current()
    written = 0
    cases = Suggestion.objects.filter(Q(state__in=URGED) | Q(state=State.ASSESSING), due_on__lt=today).for_page()
    for case in cases.order_by("pk").iterator(chunk_size=500):
        if case.due_on is None:
            continue
        late = calendar.between(case.due_on, today)
        ordinal = max(late - 1, 0) // case.county.rules.urge_repeat_days + 1
        people = notices.owners(case)
        if ordinal > 1 and case.desk.parent is not None:
            people = [*people, *notices.station_people(case.desk.parent)]
        written += outbox.tell(
            key=f"{case.chain}:overdue:{case.version}:{ordinal}",
            people=people,
            subject=f"逾期催办：{case.number}",
            body=f"{case.title}\n时限 {case.due_on:%Y年%-m月%-d日}，已逾期 {late} 个工作日，现为“{case.get_state_display()}”。",
            link=reverse("suggestions:case", args=[case.pk]),
            scope=case.desk.path,
            relevance=f"suggestions.notices.still_at:{case.pk}:{case.version}",
        )
    return written


def ask_follow_up(today: dt.date | None = None) -> int:
    """Ask again about results that were only planned; returns the outbox rows handed over."""
    today = today or timezone.localdate()
    written = 0
    cases = Suggestion.objects.filter(state=State.CLOSED, follow_up_on__lte=today).for_page()
    for case in cases.order_by("pk").iterator(chunk_size=500):
        people = [*notices.lead_people(case), *notices.desk_people(case)]
        written += outbox.tell(
            key=f"{case.chain}:follow_up:{case.follow_up_on}",
            people=people,
            subject=f"列入计划事项回访：{case.number}",
            body=f"{case.title}\n请登记目前的进展。",
            link=reverse("suggestions:case", args=[case.pk]),
            scope=case.desk.path,
        )
    return written


def remind_rating(today: dt.date | None = None) -> int:
    """Ask the desk to call voters who have not rated ``rate_remind_days`` after the reply; once per reply."""
    today = today or timezone.localdate()
    written = 0
    cases = Suggestion.objects.filter(state=State.REPLIED, due_on__gte=today).for_page()
    for case in cases.order_by("pk").iterator(chunk_size=500):
        since = timezone.localdate(case.state_since)
        if (today - since).days < case.county.rules.rate_remind_days:
            continue
        written += outbox.tell(
            key=f"{case.chain}:rating:{case.version}",
            people=notices.desk_people(case),
            subject=f"{'代表尚未反馈意见，请联系' if case.is_formal else '选民尚未评价，请回访'}：{case.number}",
            body=case.title,
            link=reverse("suggestions:case", args=[case.pk]),
            scope=case.desk.path,
            relevance=f"suggestions.notices.still_at:{case.pk}:{case.version}",
        )
    return written
