"""The workbook of an export, and its event: nothing leaves without one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import IO, TYPE_CHECKING, Any

from django.db import transaction
from django.http import FileResponse
from django.utils import timezone

from liaison.lib.extracts import Extract
from liaison.lib.xlsx import MEDIA_TYPE, Sheet, spooled, write_sheets
from stations.changes import record

if TYPE_CHECKING:
    from accounts.models import User


def county_names(user: User) -> str:
    return "、".join(county.name for county in user.seats.counties)


def title_of(extracts: Sequence[Extract]) -> str:
    return extracts[0].title if len(extracts) == 1 else f"{extracts[0].title}等 {len(extracts)} 张表"


def file_name(title: str, user: User, now: dt.datetime) -> str:
    return f"{title}-{county_names(user)}-{now:%Y-%m-%d}.xlsx"


def head(words: str, user: User, now: dt.datetime) -> str:
    seat = user.seats.labels[0] if user.seats.labels else ""
    return f"筛选：{words}　导出时间：{now:%Y-%m-%d %H:%M}　导出人：{user.name}（{seat}）"


def sheet(extract: Extract, user: User, now: dt.datetime, rows: Iterable[Sequence[Any]] | None = None) -> Sheet:
    """The sheet of ``extract``: above the columns stand county and matter, then the filter, the time and who it was."""
    return Sheet(
        title=f"{county_names(user)} {extract.title}",
        subtitle=head(extract.words, user, now),
        columns=extract.columns,
        rows=extract if rows is None else rows,
        tab=extract.title,
    )


def at_once(extracts: Sequence[Extract], user: User, *, address: str | None) -> FileResponse:
    """The file as the answer to the request."""
    now = timezone.localtime()
    sheets = [sheet(one, user, now) for one in extracts]
    return _answer(title_of(extracts), sheets, user, now, lambda: note_down(extracts, sheets, user, address=address))


def tables_to_xlsx(
    tables: Sequence[Sheet], words: str, user: User, *, title: str, address: str | None, ledger: str = "statistics"
) -> FileResponse:
    """Tables of figures as one workbook, each on a sheet of its own, its ``title`` after the county's name.

    ``words`` say what was asked for (place, period); the head of each sheet states them with the time and who it was,
    and the export is an event. Nothing personal is in it: that is the caller's business.
    """
    now = timezone.localtime()
    for table in tables:
        table.tab = table.tab or table.title
        table.title = f"{county_names(user)} {table.title}"
        table.subtitle = head(words, user, now)

    def note() -> None:
        after = {"ledger": ledger, "tables": len(tables), "rows": sum(table.count for table in tables)}
        for county in user.seats.counties:
            record(county.pk, "export", actor=user, after=after, note=words, address=address)

    return _answer(title, tables, user, now, note)


def _answer(
    title: str, sheets: Sequence[Sheet], user: User, now: dt.datetime, note: Callable[[], None]
) -> FileResponse:
    stream = spooled()
    try:
        write_sheets(stream, sheets)
        with transaction.atomic():
            note()
    except BaseException:
        stream.close()
        raise
    stream.seek(0)
    name = file_name(title, user, now)
    return FileResponse(stream, as_attachment=True, filename=name, content_type=MEDIA_TYPE)


def write(
    stream: IO[bytes],
    extracts: Sequence[Extract],
    user: User,
    now: dt.datetime,
    written: Callable[[], None] | None = None,
) -> list[Sheet]:
    """One sheet a matter; ``written`` is called before each row."""
    sheets = [sheet(one, user, now, _told(one, written) if written else None) for one in extracts]
    write_sheets(stream, sheets)
    return sheets


def _told(rows: Iterable[Sequence[Any]], written: Callable[[], None]) -> Iterator[Sequence[Any]]:
    for row in rows:
        written()
        yield row


@transaction.atomic
def note_down(extracts: Sequence[Extract], sheets: Sequence[Sheet], user: User, *, address: str | None) -> None:
    """An event a matter, in the chain of each county one has a seat in. The filter may hold a name or a number that was
    searched for: it is the note, which can be erased."""
    for extract, one in zip(extracts, sheets, strict=True):
        after = {"ledger": extract.name, "rows": one.count, "in_full": extract.in_full}
        for county in user.seats.counties:
            record(county.pk, "export", actor=user, after=after, note=extract.words, address=address)
