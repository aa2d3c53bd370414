"""Notices that the system keeps on the board: one per key, written once and brought up to date from then on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from history import log
from noticeboard.models import Notice, NoticeKind, NoticeState
from stations.models import Station

# What is compared, and written where it differs.
FIELDS = ("station_id", "county_id", "kind", "title", "body", "event_on")


@dataclass(frozen=True)
class Kept:
    """What a notice is to say. ``key`` names the thing it tells of (``reception:17``); ``deputies`` are keys of those
    shown with photo, field and constituency."""

    key: str
    station: Station
    kind: NoticeKind
    title: str
    body: str
    event_on: dt.date | None = None
    deputies: Sequence[int] = ()


@dataclass(frozen=True)
class Board:
    """The notices by key, and how many of them were written or changed."""

    notices: dict[str, Notice]
    changed: int


@transaction.atomic
def keep_all(items: Iterable[Kept], *, now: dt.datetime | None = None) -> Board:
    """Have each item on the board as it says; what says so already is left alone.

    Ten statements at most, however many items. A notice that people withdrew is brought up to date and stays withdrawn:
    putting it back is their decision.
    """
    now = now or timezone.now()
    wanted = {item.key: item for item in items}
    old = _locked(wanted)
    new = [_new(item, now) for key, item in wanted.items() if key not in old]
    if new:
        # Somebody may write the same key at this moment: the constraint decides, and what is there then counts.
        Notice.objects.bulk_create(new, ignore_conflicts=True)
    notices = old | _locked([notice.key for notice in new if notice.key])
    shown = _show_deputies(wanted, notices)
    changed = [key for key in old if _differs(old[key], wanted[key]) or key in shown]
    for key in changed:
        _bring_up_to_date(old[key], wanted[key], now)
    Notice.objects.bulk_update([old[key] for key in changed], [*FIELDS, "updated_at", "version"])
    log.append_all(
        [
            log.Entry(notices[notice.key].chain, "release", after={"station": notice.station_id, "by": "system"})
            for notice in new
            if notice.key
        ]
        + [log.Entry(old[key].chain, "update", after={"version": old[key].version, "by": "system"}) for key in changed],
        at=now,
    )
    return Board(notices, len(new) + len(changed))


def _locked(keys: Iterable[str]) -> dict[str, Notice]:
    rows = Notice.objects.select_for_update(of=("self",)).filter(key__in=list(keys)).order_by("pk")
    return {notice.key or "": notice for notice in rows}


def _new(item: Kept, now: dt.datetime) -> Notice:
    return Notice(
        key=item.key,
        state=NoticeState.RELEASED,
        released_at=now,
        created_at=now,
        updated_at=now,
        **_values(item),
    )


def _values(item: Kept) -> dict[str, object]:
    return {
        "station_id": item.station.pk,
        "county_id": item.station.county_id,
        "kind": item.kind,
        "title": item.title[:80],
        "body": item.body[:8000],
        "event_on": item.event_on,
    }


def _differs(notice: Notice, item: Kept) -> bool:
    return any(getattr(notice, name) != value for name, value in _values(item).items())


def _bring_up_to_date(notice: Notice, item: Kept, now: dt.datetime) -> None:
    for name, value in _values(item).items():
        setattr(notice, name, value)
    notice.updated_at, notice.version = now, notice.version + 1


def _show_deputies(wanted: dict[str, Kept], notices: dict[str, Notice]) -> set[str]:
    """Make the deputies of each notice those of its item; returns the keys whose deputies were others before."""
    through = Notice.deputies.through
    keys = {notice.pk: key for key, notice in notices.items()}
    stored = {
        (notice, deputy): pk
        for pk, notice, deputy in through.objects.filter(notice__in=keys).values_list("pk", "notice_id", "deputy_id")
    }
    meant = {(notice.pk, deputy) for key, notice in notices.items() for deputy in wanted[key].deputies}
    through.objects.filter(pk__in=[pk for pair, pk in stored.items() if pair not in meant]).delete()
    missing = sorted(meant - stored.keys())
    through.objects.bulk_create(
        [through(notice_id=notice, deputy_id=deputy) for notice, deputy in missing], ignore_conflicts=True
    )
    return {keys[notice] for notice, _ in meant ^ stored.keys()}
