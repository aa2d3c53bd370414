"""What was sent of a reception day, and what is passed on by hand: the text to paste, the poster."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from accounts.requests import SignedInRequest
from deputies.reach import recipient
from receptions import posters
from receptions.access import day_or_404, may_manage
from receptions.acknowledging import is_silent
from receptions.arrangements import arrangements_of, is_over
from receptions.models import DayState, ReceptionDay
from receptions.schedule import rule_for
from receptions.sent import sent


def part(request: SignedInRequest, day: ReceptionDay) -> dict[str, Any]:
    """The context of ``receptions/day_parts/telling.html``: for those who arrange the day; others have the poster."""
    if not may_manage(request.user, day.station):
        return {}
    found = sent(day)
    one = arrangements_of([day])[0]
    silent = [duty.deputy for duty in one.duties if is_silent(duty, day)] if found.now else []
    return {
        "told": found,
        "silent_deputies": silent,
        "barred_deputies": [duty.deputy for duty in one.barred],
        "unreached_deputies": [deputy for deputy in one.deputies if not recipient(deputy).channels],
        "tell_from": day.date - dt.timedelta(days=rule_for(day.station).notice_days),
        "today": timezone.localdate(),
        "too_late": day.to_tell and is_over(day, timezone.now()),
        "copy_text": posters.copy_text(one, day.told_as.get("was", "")),
    }


def poster(request: SignedInRequest, pk: int) -> HttpResponse:
    day = day_or_404(request.user, pk)
    one = arrangements_of([day])[0]
    context = {
        "day": day,
        "poster": posters.poster(one) if day.state != DayState.CANCELLED else None,
        "copy_text": posters.copy_text(one, day.told_as.get("was", "")),
    }
    return render(request, "receptions/poster.html", context)
