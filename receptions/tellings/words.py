"""The texts of a telling: links, what changed since it was told, the parameters of a short message."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.urls import NoReverseMatch, reverse

from receptions.arrangements import place
from receptions.dates import full_date, hours, short_date
from receptions.models import DayState, ReceptionDay


def link_to(name: str, *arguments: object) -> str:
    try:
        return reverse(name, args=arguments)
    except NoReverseMatch:
        return ""


def day_link(day: ReceptionDay) -> str:
    return link_to("receptions:day", day.pk)


def public_link(day: ReceptionDay) -> str:
    """Where everybody reads it: the notice on the board, else the station's page."""
    return (day.notice_id and link_to("portal:notice", day.notice_id)) or link_to("portal:station", day.station_id)


def as_told(day: ReceptionDay, was: str) -> dict[str, str]:
    """What those who are told now believe of the day from now on; ``was`` in words what it was before."""
    return {
        "date": day.date.isoformat(),
        "hours": hours(day.starts_at, day.ends_at),
        "place": place(day.station, day.place),
        "state": day.state,
        "was": was,
    }


def change_since_told(day: ReceptionDay) -> str:
    """What is other than it was told, in words; empty where nothing is, or nobody was told."""
    old = day.told_as
    if not old or old["state"] == DayState.CANCELLED:
        return ""
    new, parts = as_told(day, ""), []
    if old["date"] != new["date"]:
        parts.append(f"日期由{full_date(dt.date.fromisoformat(old['date']))}改为{full_date(day.date)}")
    if old["hours"] != new["hours"]:
        parts.append(f"时间由{old['hours']}改为{new['hours']}")
    if old["place"] != new["place"]:
        parts.append(f"地点由{old['place']}改为{new['place']}")
    return f"{'；'.join(parts)}。" if parts else ""


def is_moved(day: ReceptionDay) -> bool:
    return bool(day.told_as) and day.told_as["date"] != day.date.isoformat()


def changed_subject(day: ReceptionDay) -> str:
    if is_moved(day):
        old = dt.date.fromisoformat(day.told_as["date"])
        return f"接待日改期：{short_date(old)}改为{short_date(day.date)}"
    return f"接待日安排变更：{short_date(day.date)}"


def sms(template: str, name: str, day: ReceptionDay, date: dt.date | None = None) -> dict[str, Any]:
    """Name, date, hours, place: every template of ours has these four."""
    texts = [name, full_date(date or day.date), hours(day.starts_at, day.ends_at), place(day.station, day.place)]
    return {"template": template, "params": texts}


def date_as_told(day: ReceptionDay) -> dt.date:
    return dt.date.fromisoformat(day.told_as["date"]) if day.told_as else day.date
