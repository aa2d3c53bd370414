"""What people do with notices: each act locks the row, checks seat, version and state, changes, and records the event
in the notice's chain, in one transaction. Events hold no text of the notice, only states, dates and names of fields."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypedDict

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from deputies.models import Deputy
from history import log
from messaging import outbox
from noticeboard import files as stored_files
from noticeboard import review
from noticeboard.models import Notice, NoticeState
from stations.models import Station

if TYPE_CHECKING:
    from accounts.models import User

MOST_PINNED = 5  # of one station: more, and pinning says nothing
FARTHEST = dt.timedelta(days=366)
STALE = "您打开这个页面以后，这条公示有了变动，请看过现在的内容再操作。"
# What a new version brings; its place on the board (station, pin, time of release) is that of the old one.
CONTENT = ("kind", "title", "body", "event_on", "written_by_id", "released_by_id")


class NoticeError(ValidationError):
    """The act cannot be done: a sentence that a clerk understands, shown on the form."""


class Stale(NoticeError):
    """Somebody changed the notice since the page was opened."""


class Content(TypedDict):
    kind: str
    title: str
    body: str
    event_on: dt.date | None
    deputies: Sequence[Deputy]


@dataclass
class Act:
    """One act on one locked notice."""

    notice: Notice
    by: User
    at: dt.datetime
    before: dict[str, Any]
    after: dict[str, Any] = field(default_factory=dict)
    note: str = ""
    changed: set[str] = field(default_factory=set)

    def set(self, **fields: Any) -> None:
        for name, value in fields.items():
            setattr(self.notice, name, value)
        self.changed |= fields.keys()


@contextmanager
def _act(action: str, pk: int, *, by: User, version: int | None) -> Iterator[Act]:
    with transaction.atomic():
        notice = locked(pk)
        review.require(by, action, notice)
        settle(notice)
        if version is not None and version != notice.version:
            raise Stale(STALE)
        if reason := review.obstacle(action, notice):
            raise NoticeError(reason)
        now = Act(notice, by, timezone.now(), {"state": notice.state})
        yield now
        now.set(version=notice.version + 1)
        notice.save(update_fields=sorted(now.changed))
        record(notice, action, by=by, before=now.before, after={"state": notice.state, **now.after}, note=now.note)


def locked(pk: int) -> Notice:
    """The notice, locked; of a new version the one that it replaces first, so that no two acts wait for each other."""
    replaced = Notice.objects.values_list("replaces_id", flat=True).get(pk=pk)
    rows = Notice.objects.select_for_update(of=("self",)).select_related("station__parent", "county")
    found = {row.pk: row for row in rows.filter(pk__in=[pk, *([replaced] if replaced else [])]).order_by("pk")}
    notice = found[pk]
    if notice.replaces_id is not None:
        notice.replaces = found[notice.replaces_id]
    return notice


def settle(notice: Notice) -> bool:
    """Write down that the time of a scheduled notice has come; the public sees it from that minute on anyway."""
    if not notice.is_due:
        return False
    notice.state, before = NoticeState.RELEASED, {"state": notice.state}
    notice.save(update_fields=["state"])
    record(notice, "publish", before=before, after={"state": notice.state}, at=timezone.now())
    return True


def record(notice: Notice, action: str, *, by: User | None = None, **what: Any) -> None:
    labels = by.seats.labels if by else []
    log.append(
        notice.chain, action=action, actor=by, seat=labels[0] if labels else "定时发布" if not by else "", **what
    )


@transaction.atomic
def write(*, by: User, station: Station, files: Sequence[UploadedFile] = (), **content: Any) -> Notice:
    """A new draft on the board of ``station``; ``content`` as in :class:`Content`."""
    if not by.seats.covers(station):
        raise PermissionDenied("公示由本站和上级站的工作人员起草。")
    deputies = content.pop("deputies", ())
    notice = Notice.objects.create(county_id=station.county_id, station=station, written_by=by, **content)
    notice.deputies.set(deputies)
    with stored_files.stored(notice, files) as rows:
        record(notice, "write", by=by, after={"state": notice.state, "station": station.pk, "files": len(rows)})
    return notice


def edit(
    pk: int,
    *,
    by: User,
    version: int | None = None,
    files: Sequence[UploadedFile] = (),
    captions: dict[int, str] | None = None,
    removed: Sequence[int] = (),
    **content: Any,
) -> Notice:
    """Change a draft. Who changed it last counts as its writer: somebody else releases it."""
    with _act("edit", pk, by=by, version=version) as now:
        deputies = content.pop("deputies")
        now.after["fields"] = [name for name, value in content.items() if getattr(now.notice, name) != value]
        now.set(**content, written_by=by, updated_at=now.at)
        now.notice.deputies.set(deputies)
        stored_files.remove(list(now.notice.files.filter(pk__in=removed)))
        for row in now.notice.files.filter(pk__in=(captions or {}).keys()):
            row.caption = (captions or {})[row.pk]
            row.save(update_fields=["caption"])
        with stored_files.stored(now.notice, files) as rows:
            now.after["files"] = {"added": len(rows), "removed": len(removed)}
    return now.notice


def submit(pk: int, *, by: User, version: int | None = None) -> Notice:
    """To the reviewers, who are told."""
    with _act("submit", pk, by=by, version=version) as now:
        now.set(state=NoticeState.CHECKING)
        _tell(
            now, review.reviewers(now.notice), "公示等您审核", relevance="noticeboard.review.still_waits:{pk}:{version}"
        )
    return now.notice


def release(
    pk: int, *, by: User, version: int | None = None, at: dt.datetime | None = None, confirmed: bool = False
) -> Notice:
    """Onto the board, now or at ``at``. A new version takes the place of the one it replaces, at once."""
    with _act("release", pk, by=by, version=version) as now:
        if not confirmed and review.found_in(now.notice, review.texts_of_files(now.notice)):
            raise NoticeError("内容里有像电话、证件号或车牌号的文字（已标出）。请核对，可以公开的请勾选确认。")
        if at is not None:
            _check_time(now, at)
            now.set(state=NoticeState.SCHEDULED, release_at=at, released_at=at, released_by=by)
            now.after["release_at"] = at
        elif now.notice.replaces is not None:
            now.set(released_by=by)
            _take_place(now, now.notice.replaces)
        else:
            now.set(state=NoticeState.RELEASED, released_at=now.at, released_by=by, updated_at=now.at)
        _tell_writer(now, "您起草的公示已审核发布" if at is None else "您起草的公示已审核，将定时发布")
    return now.notice.replaces or now.notice


def _check_time(now: Act, at: dt.datetime) -> None:
    if now.notice.replaces_id is not None:
        raise NoticeError("修订稿审核后立即代替原来的公示，不能定时发布。")
    if at <= now.at:
        raise NoticeError("定时发布的时间已经过了。请选以后的时间，或者立即发布。")
    if at > now.at + FARTHEST:
        raise NoticeError("定时发布最多提前一年。")


def _take_place(now: Act, old: Notice) -> None:
    """The new text goes where the old one is, so that its address stays; the old text is kept as a version."""
    if old.state != NoticeState.RELEASED and not settle(old):
        raise NoticeError("原来的公示已经不在公示栏上，修订稿不能发布。")
    new, changes = now.notice, {}
    for name in CONTENT:
        changes[name], mine = getattr(old, name), getattr(new, name)
        setattr(old, name, mine)
    deputies = list(old.deputies.all()), list(new.deputies.all())
    old.deputies.set(deputies[1])
    new.deputies.set(deputies[0])
    stored_files.swap(old, new)
    now.set(**changes, state=NoticeState.REPLACED, released_at=old.released_at, updated_at=old.updated_at)
    old.version, old.updated_at = old.version + 1, now.at
    old.save(update_fields=[*CONTENT, "version", "updated_at"])
    record(old, "new_version", by=now.by, after={"state": old.state, "version": new.pk})


def send_back(pk: int, *, by: User, note: str = "", version: int | None = None) -> Notice:
    """Back to a draft: by a reviewer, who says why, or by the writer, who takes it back."""
    with _act("send_back", pk, by=by, version=version) as now:
        if by.pk != now.notice.written_by_id and not note.strip():
            raise NoticeError("请写明退回的原因，起草人好修改。")
        now.set(state=NoticeState.DRAFT, release_at=None, released_at=None, released_by=None)
        now.note = note.strip()
        _tell_writer(now, "您起草的公示被退回修改")
    return now.notice


def pin(pk: int, *, by: User, on: bool, version: int | None = None) -> Notice:
    with _act("pin", pk, by=by, version=version) as now:
        others = Notice.objects.filter(station=now.notice.station_id, state=NoticeState.RELEASED, pinned=True)
        if on and others.exclude(pk=pk).count() >= MOST_PINNED:
            raise NoticeError(f"一个站点最多置顶 {MOST_PINNED} 条，请先取消一条。")
        now.set(pinned=on)
        now.after["pinned"] = on
    return now.notice


def withdraw(pk: int, *, by: User, reason: str, version: int | None = None) -> Notice:
    """Off the board, or a draft given up. The text, who did it and why stay for the staff; nothing is deleted."""
    if not reason.strip():
        raise NoticeError("请写明撤下的原因。")
    with _act("withdraw", pk, by=by, version=version) as now:
        _withdraw(now, reason.strip())
        _tell_writer(now, "您起草的公示已撤下")
        for new in now.notice.revisions.filter(state__in=[NoticeState.DRAFT, NoticeState.CHECKING]):
            _withdraw_version(now, new)
    return now.notice


def _withdraw(now: Act, reason: str) -> None:
    now.set(
        state=NoticeState.WITHDRAWN,
        pinned=False,
        withdrawn_at=now.at,
        withdrawn_by=now.by,
        withdraw_reason=reason[:200],
    )
    now.note = reason


def _withdraw_version(now: Act, new: Notice) -> None:
    with _act("withdraw", new.pk, by=now.by, version=None) as then:
        _withdraw(then, "原公示已撤下")


def revise(pk: int, *, by: User, version: int | None = None) -> Notice:
    """A draft of a new version; the text on the board stays until that is reviewed. There is one at a time."""
    with _act("revise", pk, by=by, version=version) as now:
        old = now.notice
        new = old.revisions.filter(state__in=[NoticeState.DRAFT, NoticeState.CHECKING]).first()
        if new is None:
            content = {
                name: getattr(old, name) for name in ("county_id", "station_id", "kind", "title", "body", "event_on")
            }
            new = Notice.objects.create(replaces=old, written_by=by, **content)
            new.deputies.set(old.deputies.all())
            stored_files.copy(old, new)
            record(new, "write", by=by, after={"state": new.state, "replaces": old.pk})
        now.after["version"] = new.pk
    return new


def _tell_writer(now: Act, subject: str) -> None:
    writer = now.notice.written_by
    if writer is not None and writer != now.by:
        _tell(now, [writer], subject)


def _tell(now: Act, people: Sequence[User], subject: str, relevance: str = "") -> None:
    notice, version = now.notice, now.notice.version + 1
    outbox.tell(
        key=f"{notice.chain}:{version}",
        people=[person for person in people if person != now.by],
        subject=f"{subject}：{notice.title}",
        body=f"{notice.station.name} · {notice.get_kind_display()}" + (f"\n{now.note}" if now.note else ""),
        link=reverse("noticeboard:detail", args=[notice.pk]),
        relevance=relevance.format(pk=notice.pk, version=version),
        scope=notice.station.path,
    )
