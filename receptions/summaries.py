"""The summary of a day (接待小结) on its way to the noticeboard: looked through for personal data first."""

from __future__ import annotations

from contextlib import nullcontext
from typing import TYPE_CHECKING, Any

from liaison.lib.masking import findings
from noticeboard import changes, review
from noticeboard.models import Notice, NoticeKind, NoticeState
from receptions import photos
from receptions.changes import record
from receptions.dates import full_date, short_date
from receptions.models import ReceptionDay
from receptions.sittings import figures

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
    """Bring the summary of ``day``, looked through and confirmed by ``by``, on its way to the board: as any notice it is
    public once a second person releases it, or at once where ``by`` may release the own (noticeboard/review.py).

    Returns the notice as it stands then: released, or waiting for that person."""
    draft = _draft(day, by=by)
    with photos.shown_on(day, draft) if with_photos else nullcontext(0) as shown:
        notice = changes.submit(draft.pk, by=by)
        if review.may_release(by, notice):
            notice = changes.release(draft.pk, by=by, confirmed=True)
        after = {"notice": notice.pk, "photos": shown, "notice_state": notice.state}
        record(day, "release_summary", actor=by, after=after)
    return notice


def _draft(day: ReceptionDay, *, by: User) -> Notice:
    """A draft that says what the day says now: of a new notice, or of a new version of the one on the board."""
    notice, content = day.summary_notice, _content(day)
    if notice is None or notice.state == NoticeState.WITHDRAWN:
        notice = changes.write(by=by, station=day.station, **content)
        day.summary_notice = notice
        day.save(update_fields=["summary_notice"])
        return notice
    if notice.state == NoticeState.RELEASED:
        notice = changes.revise(notice.pk, by=by)
    if notice.state in (NoticeState.CHECKING, NoticeState.SCHEDULED):
        notice = changes.send_back(notice.pk, by=by, note="接待记录有更正，小结随后重新送审。")
    return changes.edit(notice.pk, by=by, **content)


def _content(day: ReceptionDay) -> dict[str, Any]:
    return {
        "kind": NoticeKind.SUMMARY,
        "title": f"{short_date(day.date)}人大代表接待选民情况",
        "body": body(day),
        "event_on": day.date,
        "deputies": [duty.deputy for duty in day.duties.filter(signed_in_at__isnull=False).select_related("deputy")],
    }


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
