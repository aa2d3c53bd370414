"""整改 of what was rated under the line: written explanation, put right within a month, accepted or returned, voted on again.

Source: 博爱县，年终测评满意度低于80%的，向市人大常委会报告，由承办单位做出书面说明，限期1个月内整改完成.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from history.log import last_seq
from liaison.lib.storing import storing
from liaison.lib.uploads import check_upload
from stations.models import Rules
from stations.staff import clerks, county_office
from supervision import acts, rounds
from supervision.acts import record
from supervision.models import (
    Rectification,
    RectificationFile,
    RectificationState,
    Round,
    RoundKind,
    RoundState,
)
from supervision.models.rectification import ENDED, Part
from supervision.rounds import RoundError
from workdays.calendar import Calendar

if TYPE_CHECKING:
    from accounts.models import User
    from supervision.models import Subject

R = RectificationState
MOST_FILES = 10  # of one part
WITH_SUBJECT = (
    "successor__station",
    "subject__round__county",
    "subject__department__station",
    "subject__project__department",
)

# action → what it is called, from which states, whether it is the department's (else the county office's)
ACTIONS: dict[str, tuple[str, tuple[RectificationState, ...], bool]] = {
    "explain": ("提交书面说明", (R.ASKED, R.WORKING), True),
    "report_result": ("报告整改情况", (R.WORKING,), True),
    "accept": ("认定整改完成", (R.REPORTED,), False),
    "send_back": ("退回继续整改", (R.REPORTED,), False),
    "note_committee": ("登记向常委会报告", tuple(state for state in R if state not in ENDED), False),
    "vote_again": ("发起复评", (R.ACCEPTED,), False),
}


@dataclass
class Act:
    one: Rectification
    before: str
    after: dict[str, Any] = field(default_factory=dict)
    note: str = ""


def may(user: User, action: str, one: Rectification) -> bool:
    """Whether the seats of ``user`` include the action, whatever the state."""
    if ACTIONS[action][2]:
        return one.department_id in user.seats.department_ids
    return rounds.may_manage(user, one.subject.round.county_id)


def require(user: User, action: str, one: Rectification) -> None:
    if not may(user, action, one):
        whom = "被测评的单位" if ACTIONS[action][2] else "县人大常委会代表工委"
        raise PermissionDenied(f"“{ACTIONS[action][0]}”由{whom}办理。")


def obstacle(action: str, one: Rectification) -> str:
    label, sources, _ = ACTIONS[action]
    if one.state not in sources:
        return f"这项整改现在是“{one.get_state_display()}”，不能“{label}”。"
    if action == "vote_again" and one.rounds.exclude(state=RoundState.VOID).exists():
        return "复评已经发起，请在那次测评里继续。"
    return ""


def open_to(user: User, one: Rectification) -> list[str]:
    return [name for name in ACTIONS if may(user, name, one) and not obstacle(name, one)]


@contextmanager
def act(pk: int, action: str, *, by: User) -> Iterator[Act]:
    """Lock, check seat and state on the locked row, change, append the event."""
    with transaction.atomic():
        one = Rectification.objects.select_for_update(of=("self",)).select_related(*WITH_SUBJECT).get(pk=pk)
        require(by, action, one)
        if why := obstacle(action, one):
            raise RoundError(why)
        now = Act(one, one.state)
        yield now
        one.save()
        _record(now, action, by)


def _record(now: Act, action: str, by: User) -> None:
    what: dict[str, Any] = {"before": {"state": now.before}, "after": {"state": now.one.state, **now.after}}
    record(now.one, f"rectification_{action}", actor=by, note=now.note, **what)


# --- opened by a result -------------------------------------------------------------------


def follow(one: Round, *, by: User) -> list[Rectification]:
    """What the publication of ``one`` opens; of a re-vote, the rectification it was about ends first."""
    if one.again_for is not None:
        _settle(one, one.again_for, by=by)
    if one.kind not in (RoundKind.YEAR_END, RoundKind.AGAIN) or one.pass_rate is None:
        return []
    under = [subject for subject in one.subjects.select_related("department") if not subject.reaches(one.pass_rate)]
    return [_begin(one, subject, by=by) for subject in under]


def _begin(one: Round, subject: Subject, *, by: User) -> Rectification:
    rules = Rules.objects.filter(county=one.county_id).first() or Rules()
    calendar, today = Calendar.current(), timezone.localdate()
    made = Rectification.objects.create(
        subject=subject,
        opened_on=today,
        explain_due=calendar.add(today, rules.explain_days),
        rectify_due=calendar.add_months(today, rules.rectify_months),
    )
    after = {"round": one.pk, "explain_due": made.explain_due, "rectify_due": made.rectify_due}
    _record(Act(made, "", after), "open", by)
    body = f"满意率低于 {one.pass_rate}%。{_day(made.explain_due)}前提交书面说明，{_day(made.rectify_due)}前整改完成。"
    tell(made, "opened", clerks([subject.department]), f"请作书面说明并整改：{subject}", body)
    return made


def _settle(one: Round, again_for: Rectification, *, by: User) -> None:
    earlier = Rectification.objects.select_for_update(of=("self",)).get(pk=again_for.pk)
    passed = all(subject.reaches(one.pass_rate or 0) for subject in one.subjects.all())
    now = Act(earlier, earlier.state, {"round": one.pk})
    earlier.state = R.PASSED if passed else R.FAILED
    earlier.save(update_fields=["state"])
    _record(now, "settle", by)


# --- the department -----------------------------------------------------------------------


def explain(pk: int, *, by: User, text: str, files: Sequence[UploadedFile] = ()) -> Rectification:
    """May be put in other words until the result is reported."""
    with act(pk, "explain", by=by) as now:
        one = now.one
        one.explanation, one.explained_by = _said(text, "请写书面说明：为什么群众和委员不满意，打算怎么改。"), by
        one.explained_at = timezone.now()
        one.state = R.WORKING
        now.after, now.note = {"files": _attach(one, Part.EXPLANATION, files)}, one.explanation
        tell(one, f"explained:{_turn(one)}", county_office(one.subject.round.county_id), f"已交书面说明：{one.subject}")
    return one


def report_result(pk: int, *, by: User, text: str, files: Sequence[UploadedFile] = ()) -> Rectification:
    with act(pk, "report_result", by=by) as now:
        one = now.one
        one.result, one.reported_by = _said(text, "请写整改情况：改了什么、效果怎样。"), by
        one.reported_at, one.returned, one.state = timezone.now(), "", R.REPORTED
        now.after, now.note = {"files": _attach(one, Part.RESULT, files)}, one.result
        tell(one, f"reported:{_turn(one)}", county_office(one.subject.round.county_id), f"请认定整改：{one.subject}")
    return one


def _said(text: str, missing: str) -> str:
    if not text.strip():
        raise RoundError({"text": missing})
    return text.strip()


def _attach(one: Rectification, part: Part, files: Sequence[UploadedFile]) -> int:
    """How many the part has now; what was stored goes again if one of them is refused."""
    there = one.files.filter(part=part).count()
    if there + len(files) > MOST_FILES:
        raise ValidationError({"files": f"最多 {MOST_FILES} 个文件。"})
    try:
        with storing() as keep:
            for file in files:
                kind = check_upload(file)
                row = RectificationFile(rectification=one, part=part, name=kind.name, media_type=kind.media_type)
                keep(row, file, kind.extension)
    except ValidationError as error:
        raise ValidationError({"files": error.messages}) from error
    return there + len(files)


# --- the county office --------------------------------------------------------------------


def accept(pk: int, *, by: User) -> Rectification:
    with act(pk, "accept", by=by) as now:
        one = now.one
        one.state, one.accepted_at = R.ACCEPTED, timezone.now()
        tell(one, "accepted", clerks([one.department]), f"整改已认定，等常委会复评：{one.subject}")
    return one


def send_back(pk: int, *, by: User, reason: str) -> Rectification:
    """The limit stays what it was."""
    with act(pk, "send_back", by=by) as now:
        one = now.one
        if not reason.strip():
            raise RoundError({"reason": "请写明哪里没有改到位。"})
        one.state, one.returned, now.note = R.WORKING, reason.strip(), reason.strip()
        words = f"{reason.strip()} 整改期限{_day(one.rectify_due)}不变。"
        tell(one, f"returned:{_turn(one)}", clerks([one.department]), f"整改退回：{one.subject}", words)
    return one


def note_committee(pk: int, *, by: User, on: dt.date, note: str) -> Rectification:
    """That it was reported to the standing committee, and what the committee said."""
    with act(pk, "note_committee", by=by) as now:
        one = now.one
        if not one.opened_on <= on <= timezone.localdate():
            raise RoundError({"on": f"日期应在 {one.opened_on:%Y-%m-%d} 到今天之间。"})
        one.committee_on, one.committee_note = on, note.strip()
        now.after, now.note = {"on": on}, note.strip()
    return one


def vote_again(pk: int, *, by: User, **said: Any) -> Round:
    """A new round for this one subject. ``said``: title, way, held_on, present."""
    with act(pk, "vote_again", by=by) as now:
        subject = now.one.subject
        what = {"kind": RoundKind.AGAIN, "year": subject.round.year, "again_for": now.one, **said}
        made = rounds.create(subject.round.county, by=by, subjects=[subject.project or now.one.department], **what)
        now.after = {"round": made.pk}
    return made


# --- who is told --------------------------------------------------------------------------


def tell(
    one: Rectification, what: str, people: Iterable[User], subject: str, body: str = "", *, state: str = ""
) -> int:
    """Rows written. ``state``: told only while the rectification stands so (what is due for whom changes with it)."""
    return acts.tell(
        people,
        key=f"{one.chain}:{what}",
        subject=subject,
        body=body,
        link=reverse("supervision:rectification", args=[one.pk]),
        relevance=f"supervision.rectifying.still:{one.pk}:{state or one.state}",
    )


def _turn(one: Rectification) -> int:
    """Names a step that may be taken several times: the events there were before it."""
    return last_seq(one.chain)


def still(pk: str, state: str) -> bool:
    """Asked when it is sent: whether it stands as it was told."""
    return Rectification.objects.filter(pk=pk, state=state).exists()


def _day(date: dt.date) -> str:
    return f"{date:%-m月%-d日}"
