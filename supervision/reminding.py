"""Reminders: of a rectification's two limits, before and after; of a result that nobody published.

Found by scanning; each is told once (the outbox refuses a second row with the same key), a missed day is caught up. A
limit that is due today is not over.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from django.urls import reverse
from django.utils import timezone

from stations.staff import clerks, county_office
from supervision import rectifying
from supervision.acts import tell
from supervision.models import Rectification, RectificationState, Round, RoundState
from supervision.models.rectification import WITH_DEPARTMENT
from workdays.calendar import Calendar

BEFORE = 3  # working days before a limit
AGAIN = 7  # days between two reminders of a limit that is over
UNPUBLISHED = 3  # days a sealed result may lie

WORDS = {RectificationState.ASKED: "提交书面说明", RectificationState.WORKING: "整改并报告情况"}


def remind(today: dt.date | None = None) -> int:
    """Rows written to the outbox."""
    today = today or timezone.localdate()
    return sum(_of_department(today)) + sum(_of_office(today))


def _of_department(today: dt.date) -> Iterator[int]:
    """To the department before the limit; once it is over to the county office, too, every week."""
    latest = Calendar.current().add(today, BEFORE)
    running = Rectification.objects.filter(state__in=WITH_DEPARTMENT).select_related(*rectifying.WITH_SUBJECT)
    for one in running:
        due = one.due_on
        if due is None or due > latest:
            continue
        what, people = WORDS[RectificationState(one.state)], clerks([one.department])
        late = (today - due).days
        if late > 0:
            key, people = (
                f"{one.state}:late:{due}:{late // AGAIN}",
                [*people, *county_office(one.subject.round.county_id)],
            )
            yield rectifying.tell(one, key, people, f"已逾期 {late} 天：{one.subject}{what}")
        else:
            words = f"期限是{due:%-m月%-d日}。"
            yield rectifying.tell(one, f"{one.state}:soon:{due}", people, f"快到期：{one.subject}{what}", words)


def _of_office(today: dt.date) -> Iterator[int]:
    for one in Round.objects.filter(state=RoundState.SEALED):
        assert one.counted_at is not None  # a constraint of the table
        if (today - timezone.localdate(one.counted_at)).days >= UNPUBLISHED:
            yield tell(
                county_office(one.county_id),
                key=f"{one.chain}:unpublished",
                subject=f"测评结果还没有公布：{one.title}",
                body="公布后单位才能看到，低于达标线的才开始整改。",
                link=reverse("supervision:round", args=[one.pk]),
                relevance=f"supervision.tallies.still:{one.pk}:{RoundState.SEALED}",
            )
