"""What is entered in a duty record: by the office, which counts at once, or by the deputy, which counts once the office
has confirmed it. Evidence lies outside of what the web server serves."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone

from deputies.access import may_edit, may_keep_log
from deputies.models import Deputy, DutyEntry, DutyFile, DutyPublication, DutyWeight
from deputies.models.duty import FIVE_ONES
from liaison.lib.storing import storing
from liaison.lib.uploads import check_upload
from stations.changes import record
from stations.models import County, Station

if TYPE_CHECKING:
    from accounts.models import User

MOST_FILES = 10  # of one entry


def may_confirm(user: User, entry: DutyEntry) -> bool:
    """Staff who cover the deputy's station, or the station the entry is of. Not the deputy."""
    if entry.station is not None:
        return user.seats.covers(entry.station)
    return entry.deputy is not None and may_edit(user, entry.deputy)


def may_change(user: User, entry: DutyEntry) -> bool:
    """Who may confirm it; the deputy as long as nobody has."""
    own = entry.deputy_id in user.seats.deputy_ids and entry.confirmed_at is None
    return own or may_confirm(user, entry)


@transaction.atomic
def enter(
    *,
    by: User,
    deputy: Deputy | None = None,
    station: Station | None = None,
    files: Sequence[UploadedFile] = (),
    **said: Any,
) -> DutyEntry:
    """Of a deputy or, for the five ones, of a station."""
    if deputy is not None and not may_keep_log(by, deputy):
        raise PermissionDenied("履职情况由代表本人或所在联络站、上级站的工作人员填报。")
    if station is not None and not by.seats.covers(station):
        raise PermissionDenied("站点的“五个一”由本站和上级站的工作人员填报。")
    if station is not None and said["kind"] not in FIVE_ONES:
        raise ValidationError({"kind": "站点只填报“五个一”。"})
    _check_day(said["happened_on"])
    now = timezone.now()
    entry = DutyEntry(deputy=deputy, station=station, entered_by=by, entered_at=now, **said)
    entry.confirmed_at = now if may_confirm(by, entry) else None
    entry.save()
    _attach(entry, files)
    _note("duty_enter", entry, by)
    return entry


@transaction.atomic
def edit(pk: int, *, by: User, files: Sequence[UploadedFile] = (), **said: Any) -> DutyEntry:
    entry = _lock(pk)
    if not may_change(by, entry):
        raise PermissionDenied("已经核定的登记由工作人员修改。")
    _check_day(said["happened_on"])
    for name, value in said.items():
        setattr(entry, name, value)
    entry.save()
    _attach(entry, files)
    _note("duty_edit", entry, by)
    return entry


@transaction.atomic
def confirm(pk: int, *, by: User) -> DutyEntry:
    entry = _lock(pk)
    if not may_confirm(by, entry):
        raise PermissionDenied("履职登记由所在联络站和上级站的工作人员核定。")
    if entry.confirmed_at is None:
        entry.confirmed_at = timezone.now()
        entry.save(update_fields=["confirmed_at"])
        _note("duty_confirm", entry, by)
    return entry


@transaction.atomic
def delete(pk: int, *, by: User) -> None:
    entry = _lock(pk)
    if not may_change(by, entry):
        raise PermissionDenied("已经核定的登记由工作人员删除。")
    _note("duty_delete", entry, by)
    stored = [file.file for file in entry.files.all()]
    entry.delete()
    for file in stored:
        transaction.on_commit(partial(file.storage.delete, str(file.name)), robust=True)


def _lock(pk: int) -> DutyEntry:
    rows = DutyEntry.objects.select_for_update(of=("self",))
    return rows.select_related("deputy__home_station", "deputy__constituency", "station").get(pk=pk)


def _check_day(happened_on: dt.date) -> None:
    if happened_on > timezone.localdate():
        raise ValidationError({"happened_on": "日期不能晚于今天。"})


def _attach(entry: DutyEntry, files: Sequence[UploadedFile]) -> None:
    """What was stored goes again if one of them is refused."""
    if entry.files.count() + len(files) > MOST_FILES:
        raise ValidationError({"files": f"一项登记最多 {MOST_FILES} 个文件。"})
    with storing() as keep:
        for file in files:
            kind = check_upload(file)
            keep(DutyFile(entry=entry, name=kind.name, media_type=kind.media_type), file, kind.extension)


def _note(action: str, entry: DutyEntry, by: User) -> None:
    owner = entry.deputy or entry.station
    assert owner is not None
    after = {"entry": entry.pk, "deputy": entry.deputy_id, "station": entry.station_id, "kind": entry.kind}
    record(owner.county_id, action, actor=by, after=after)


# --- what is public, what it weighs -------------------------------------------------------


@transaction.atomic
def release(deputy: Deputy, year: int, shown: list[dict[str, Any]], *, by: User) -> DutyPublication:
    """Put ``shown`` on the deputy's public page, in place of what was there of that year; empty takes it down."""
    if not (by.seats.is_office and may_edit(by, deputy)):
        raise PermissionDenied("履职情况由县、乡镇（街道）人大办公室公开。")
    values = {"shown": shown, "released_by": by, "released_at": timezone.now()}
    row, _ = DutyPublication.objects.update_or_create(deputy=deputy, year=year, defaults=values)
    after = {"deputy": deputy.pk, "year": year, "parts": [part["label"] for part in shown]}
    record(deputy.county_id, "duty_release", actor=by, after=after)
    return row


@transaction.atomic
def set_weights(county: County, weights: dict[str, tuple[Any, Any]], *, by: User) -> None:
    """item → (points, most); an item that is not given weighs nothing. No item at all: no score is shown."""
    if county.pk not in by.seats.office_county_ids:
        raise PermissionDenied("计分规则由县人大常委会代表工委设置。")
    rows = DutyWeight.objects.filter(county=county)
    before = {row.item: [row.points, row.most] for row in rows}
    rows.delete()
    DutyWeight.objects.bulk_create(
        DutyWeight(county=county, item=item, points=points, most=most) for item, (points, most) in weights.items()
    )
    after = {item: list(pair) for item, pair in weights.items()}
    record(county.pk, "duty_weights", actor=by, before=before, after=after)
