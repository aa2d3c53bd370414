"""Random cases of a county for property tests: every column that figures read takes every value it can."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace
from typing import Any

from django.utils import timezone
from hypothesis import strategies as st

from suggestions.choices import OPEN_STATES, Channel, Field, Kind, ResultKind, Satisfaction, State
from suggestions.models import Suggestion

TODAY = timezone.localdate()


def moments(most_days_ago: int = 420) -> st.SearchStrategy[dt.datetime]:
    """To the minute, midnights of our day and of UTC included."""
    return st.builds(
        lambda days, minutes: (
            timezone.make_aware(dt.datetime.combine(TODAY - dt.timedelta(days=days), dt.time()))
            + dt.timedelta(minutes=minutes)
        ),
        st.integers(1, most_days_ago),
        st.one_of(st.sampled_from([0, 1, 479, 480, 1439]), st.integers(0, 1439)),
    )


@st.composite
def values(draw: Any, people: SimpleNamespace) -> dict[str, Any]:
    """The columns of one case, as its constraints allow them."""
    p = people
    state = draw(st.sampled_from([state for state in State if state != State.MERGED]))
    created_at = draw(moments())
    answered = state in (State.REPLIED, State.CLOSED) or draw(st.booleans())
    lead = draw(st.sampled_from([p.town_department, p.county_department]))
    with_lead = state in (State.ASSIGNED, State.HANDLING) or draw(st.booleans())
    return {
        "state": state,
        "created_at": created_at,
        "station": draw(st.sampled_from([p.hub, p.town, p.other_town, p.point, p.studio])),
        "desk": draw(st.sampled_from([p.hub, p.town, p.point, p.studio])),
        "deputy": draw(st.sampled_from([None, p.deputy, p.other_deputy])),
        "lead": lead if with_lead else None,
        "channel": draw(st.sampled_from(list(Channel))),
        "field": draw(st.sampled_from(["", *Field])),
        "kind": draw(st.sampled_from(list(Kind))),
        "due_on": TODAY + dt.timedelta(days=draw(st.integers(-3, 3))) if state in OPEN_STATES else None,
        "replied_at": min(created_at + dt.timedelta(hours=draw(st.integers(0, 2500))), timezone.now())
        if answered
        else None,
        "reply": "已修好。" if answered else "",
        "result_kind": draw(st.sampled_from(["", *ResultKind])),
        "satisfaction": draw(st.sampled_from(["", *Satisfaction])) if answered else "",
        "overran": draw(st.booleans()),
        "refuse_reason": "vague" if state == State.REFUSED else "",
        "escalated_at": draw(st.sampled_from([None, created_at])),
    }


def make(people: SimpleNamespace, rows: list[dict[str, Any]]) -> list[Suggestion]:
    start = Suggestion.objects.count()
    return Suggestion.objects.bulk_create(
        Suggestion(
            county=people.county,
            year=2026,
            seq=start + number,
            number=f"BA2026-{start + number:05d}",
            title=f"第{number}件",
            content="路灯不亮。",
            happened_on=TODAY,
            state_since=row["created_at"],
            query_code="12345678",
            **row,
        )
        for number, row in enumerate(rows, start=1)
    )
