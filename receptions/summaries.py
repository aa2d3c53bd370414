"""The summary of a day (接待小结), on the noticeboard: looked through for personal data first, kept true afterwards."""

from __future__ import annotations

from typing import TYPE_CHECKING

from liaison.lib.masking import findings
from noticeboard import system
from noticeboard.models import Notice, NoticeKind
from receptions import photos
from receptions.arrangements import full_date, short_date
from receptions.models import ReceptionDay
from receptions.sittings import figures, record

if TYPE_CHECKING:
    from accounts.models import User


def findings_in(day: ReceptionDay, text: str) -> list[tuple[str, str]]:
    """(kind, found) of what should not be public in ``text``: numbers of any kind, and names of the day's visitors."""
    names = {
        voter.name
        for case in day.suggestions.prefetch_related("voters").defer("content")
        for voter in case.voters.all()
        if len(voter.name) > 1 and voter.name in text
    }
    return [*findings(text), *(("来访人姓名", name) for name in sorted(names))]


def release(day: ReceptionDay, *, by: User, with_photos: bool) -> Notice:
    """Put the summary of ``day`` (locked or just changed) on the board, or bring it up to date there. One notice a day;
    one that people withdrew stays withdrawn."""
    kept = system.Kept(
        key=f"summary:{day.pk}",
        station=day.station,
        kind=NoticeKind.SUMMARY,
        title=f"{short_date(day.date)}人大代表接待选民情况",
        body=body(day),
        event_on=day.date,
        deputies=list(day.duties.filter(signed_in_at__isnull=False).values_list("deputy_id", flat=True)),
    )
    notice = system.keep_all([kept]).notices[kept.key]
    if day.summary_notice_id != notice.pk:
        day.summary_notice = notice
        day.save(update_fields=["summary_notice"])
    shown = photos.show_on(day, notice) if with_photos else 0
    record(day, "release_summary", by=by, after={"notice": notice.pk, "photos": shown})
    return notice


def body(day: ReceptionDay) -> str:
    """Figures first, then the words of the office."""
    found = figures(day)
    names = list(
        day.duties.filter(signed_in_at__isnull=False).order_by("deputy__pinyin").values_list("deputy__name", flat=True)
    )
    who = f"{'、'.join(names)} {len(names)} 名代表" if names else "联络站"
    lines = [
        f"{full_date(day.date)}，{who}在{day.station.name}接待选民群众 {found.visitors} 人次，"
        f"登记意见 {found.cases} 件，其中当场答复 {found.answered} 件。",
        day.summary,
    ]
    return "\n".join(filter(None, lines))
