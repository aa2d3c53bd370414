"""An import from the file to the rows: uploaded, looked at, confirmed or dropped, undone, forgotten.

Each step is one transaction with its event in the county's chain. What a file said is kept encrypted, and no longer than it
serves: a preview a day, the rows that were refused a week, what an undo needs a month.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from imports import headings, reading
from imports.columns import folded
from imports.guard import MOST_ROWS, Refused
from imports.kinds import KINDS, Kind
from imports.models import Import, Payload, State
from imports.packing import pack, unpack
from imports.rows import REFUSED, Plan, Upload, fingerprint
from imports.scope import Scope
from imports.stages import Told, quiet
from liaison.lib import jobs
from liaison.lib.uploads import clean_name
from stations.changes import record
from stations.models import County, Station

if TYPE_CHECKING:
    from accounts.models import User

KEPT_WAITING = dt.timedelta(days=1)
KEPT_REFUSED = dt.timedelta(days=7)
KEPT_SLIPS = dt.timedelta(days=1)
KEPT_UNDO = dt.timedelta(days=30)
TASK = "imports.tasks.carry_out"  # by its name: the tasks stand on this module
HANDLED = "这次导入已经处理过了。"
LOOK_AGAIN = "上传以后系统里的资料有变化，预览已经更新。请再看一遍，然后确认。"
CLASH = "导入时有人同时改了同样的资料，这次什么都没有导入。请再确认一次。"


class Stale(Exception):
    """What the preview showed is no longer what would happen; the preview has been made anew."""


def read_upload(kind: type[Kind], name: str, content: bytes) -> Upload:
    """:class:`Refused` where the file as a whole cannot be used."""
    sheet, found = headings.choose(reading.read(name, content), kind.label, kind.columns)
    names = list(found.places)
    places = [found.places[name] for name in names]
    examples = _example_rows(kind, names)
    widest = max(places) + 1
    upload = Upload(names, [], found.unused)
    for number, cells in sheet.rows:
        if number <= found.row:
            continue
        if len(cells) < widest:
            cells = cells + [""] * (widest - len(cells))
        chosen = [cells[place] for place in places]
        if not any(chosen):
            continue
        if chosen[0] in examples.get(0, ()) and tuple(map(folded, chosen)) in examples["rows"]:
            upload.examples += 1
            continue
        upload.rows.append((number, chosen))
    if not upload.rows:
        only = "只有模板里的示例行" if upload.examples else "标题下面没有内容"
        raise Refused(f"表格里没有要导入的行：{only}。")
    if len(upload.rows) > MOST_ROWS:
        raise Refused(f"表格有 {len(upload.rows):,} 行，每次最多导入 {MOST_ROWS:,} 行。请分成几个文件。")
    return upload


def _example_rows(kind: type[Kind], names: list[str]) -> dict[Any, set[Any]]:
    by_name = {column.name: column.examples for column in kind.columns}
    pairs = [tuple(by_name[name][number] for name in names) for number in (0, 1)]
    return {0: {pair[0] for pair in pairs}, "rows": {tuple(map(folded, pair)) for pair in pairs}}


def make_plan(kind: type[Kind], scope: Scope, upload: Upload, told: Told = quiet) -> Plan:
    return kind(told).planned(scope, upload)


def upload(kind: type[Kind], office: Station, *, actor: User, name: str, content: bytes) -> Import:
    """Read the file and keep it with its plan, to be looked at; many rows are planned by a worker. Nothing else is
    written."""
    found = read_upload(kind, name, content)
    one = Import(
        county=office.county,
        office=office,
        kind=kind.key,
        file_name=clean_name(name),
        uploaded_by=actor,
        uploaded_at=timezone.now(),
        rows=len(found.rows),
    )
    kept = "" if one.is_large else _set_plan(one, make_plan(kind, Scope(office, actor), found))
    with transaction.atomic():
        one.save()
        Payload.objects.create(of=one, sheet=pack(_sheet(found)), plan=kept)
        note_down(one, "import_upload", actor=actor, rows=one.rows)
        if one.is_large:
            hand_over(one, State.CHECKING)
    return one


def hand_over(one: Import, state: State) -> None:
    """To a worker."""
    one.state, one.attempt, one.alive_at, one.error = state, 0, None, ""
    one.save()
    transaction.on_commit(lambda: wake(one.pk), robust=True)


def wake(pk: int) -> None:
    jobs.wake(TASK, pk)


def _sheet(found: Upload) -> dict[str, Any]:
    return {"names": found.names, "rows": found.rows, "unused": found.unused, "examples": found.examples}


def kept_upload(payload: Payload) -> Upload:
    sheet = unpack(payload.sheet)
    if sheet is None:
        raise ValidationError("上传的内容已经过期删除，请重新上传。")
    return Upload(sheet["names"], sheet["rows"], sheet["unused"], sheet["examples"])


def _set_plan(one: Import, plan: Plan) -> str:
    stored = plan.stored()
    one.fingerprint = fingerprint(stored)
    for verdict, count in plan.counts.items():
        setattr(one, verdict, count)
    return pack(stored)


def note_down(one: Import, action: str, *, actor: User, **more: Any) -> None:
    what = {"import": one.pk, "kind": one.kind, "office": one.office_id, **one.counts, **more}
    record(one.county_id, action, actor=actor, after=what, note=one.file_name)


def locked(pk: int, *states: State, why: str = HANDLED) -> Import:
    """ValidationError with ``why`` where it is in none of ``states``."""
    related = ("county", "office__county")
    one = Import.objects.select_for_update(of=("self",)).select_related(*related).get(pk=pk)
    if one.state not in states:
        raise ValidationError(why)
    # One import of a county at a time: each plan counts on what it saw.
    County.objects.select_for_update().get(pk=one.county_id)
    return one


def confirm(pk: int, *, actor: User) -> Import:
    """Do what the preview showed, all of it or nothing; many rows are written by a worker. :class:`Stale` where it would
    be something else by now."""
    try:
        with transaction.atomic():
            one = locked(pk, State.WAITING)
            if not one.is_large:
                return write(one, actor=actor)
            one.decided_by, one.decided_at = actor, timezone.now()
            hand_over(one, State.WRITING)
            return one
    except Stale:
        _plan_anew(pk, actor=actor)
        raise
    except IntegrityError:
        raise ValidationError(CLASH) from None


def write(one: Import, *, actor: User, told: Told = quiet) -> Import:
    """Of a locked import, in the transaction of the lock."""
    payload = one.payload
    scope = Scope(one.office, actor)
    found = kept_upload(payload)
    kind = one.of(told)
    plan = kind.planned(scope, found)
    stored = plan.stored()
    if fingerprint(stored) != one.fingerprint:
        raise Stale
    if not one.new + one.changed:
        raise ValidationError("没有要导入的内容：每一行不是没有变化，就是不能导入。")
    written = kind.write(scope, plan)
    refused = {row.number for row in plan.rows if row.verdict == REFUSED}
    found.rows = [row for row in found.rows if row[0] in refused]
    stored["rows"] = [row for row in stored["rows"] if row[1] == REFUSED]
    payload.sheet, payload.plan = pack(_sheet(found)), pack(stored)
    payload.slips = pack(written.extra.pop("slips")) if "slips" in written.extra else ""
    payload.written = pack(written.as_json())
    payload.save()
    one.state, one.decided_by, one.decided_at, one.error = State.DONE, actor, timezone.now(), ""
    one.save(update_fields=["state", "decided_by", "decided_at", "error"])
    note_down(one, "import", actor=actor)
    return one


@transaction.atomic
def _plan_anew(pk: int, *, actor: User) -> None:
    one = locked(pk, State.WAITING)
    show_plan(one, make_plan(one.of, Scope(one.office, actor), kept_upload(one.payload)))


def show_plan(one: Import, plan: Plan) -> None:
    """Keep what is to be looked at; it waits for a 确认 from now on."""
    Payload.objects.filter(of=one).update(plan=_set_plan(one, plan))
    one.state, one.decided_by, one.decided_at = State.WAITING, None, None
    one.save(update_fields=["state", "decided_by", "decided_at", "fingerprint", "new", "changed", "same", "refused"])


@transaction.atomic
def drop(pk: int, *, actor: User) -> Import:
    """Forget an upload that is not to be imported, also one that a worker has not finished."""
    one = locked(pk, State.WAITING, State.CHECKING, State.WRITING)
    forget(one, actor=actor)
    return one


def forget(one: Import, *, actor: User | None) -> None:
    one.state, one.decided_by, one.decided_at = State.DROPPED, actor, timezone.now()
    one.save(update_fields=["state", "decided_by", "decided_at"])
    Payload.objects.filter(of=one).update(sheet="", plan="")


@dataclass(frozen=True)
class Preview:
    """What is kept of an upload: per row number, cells by name of column, verdict, changes, troubles."""

    names: list[str]
    unused: list[str]
    examples: int
    notes: list[str]
    rows: list[dict[str, Any]]

    def of(self, verdict: str) -> list[dict[str, Any]]:
        return [row for row in self.rows if row["verdict"] == verdict]


def preview(one: Import) -> Preview | None:
    """None once it is erased."""
    sheet, plan = unpack(one.payload.sheet), unpack(one.payload.plan)
    if sheet is None or plan is None:
        return None
    names = sheet["names"]
    rows = [
        {
            "number": number,
            "cells": cells,
            "by_name": dict(zip(names, cells, strict=True)),
            "verdict": verdict,
            "changes": changes,
            "troubles": troubles,
        }
        for (number, cells), (_, verdict, changes, troubles) in zip(sheet["rows"], plan["rows"], strict=True)
    ]
    return Preview(names, sheet["unused"], sheet["examples"], plan["notes"], rows)


@transaction.atomic
def take_slips(pk: int, *, actor: User) -> list[list[str]]:
    """The first passwords of the accounts that were made, once: name, user name, phone, password, place."""
    payload = Payload.objects.select_for_update(of=("self",)).select_related("of").get(of=pk)
    slips: list[list[str]] | None = unpack(payload.slips)
    if slips is None:
        raise ValidationError("初始密码只能领取一次，已经领取过或者已经过期。忘记的可以在“账号”里重置密码。")
    payload.slips = ""
    payload.save(update_fields=["slips"])
    note_down(payload.of, "import_slips", actor=actor, rows=len(slips))
    return slips


def erase_expired(now: dt.datetime | None = None) -> int:
    """Previews nobody confirmed, refused rows, passwords and what undos needed, each when its time is over."""
    now = now or timezone.now()
    begun = (State.WAITING, State.CHECKING)
    old = Import.objects.filter(state__in=begun, uploaded_at__lt=now - KEPT_WAITING)
    with transaction.atomic():
        waiting = list(old.select_for_update(of=("self",)))
        for one in waiting:
            forget(one, actor=None)
    kept = Payload.objects.exclude(of__state__in=(*begun, State.WRITING))
    erased = (
        kept.filter(of__decided_at__lt=now - KEPT_REFUSED).exclude(Q(sheet="") & Q(plan="")).update(sheet="", plan="")
    )
    erased += kept.filter(of__decided_at__lt=now - KEPT_SLIPS).exclude(slips="").update(slips="")
    erased += kept.filter(of__decided_at__lt=now - KEPT_UNDO).exclude(written="").update(written="")
    return len(waiting) + erased


def kind_or_none(key: str) -> type[Kind] | None:
    return KINDS.get(key)
