"""办理结果公开: how a text about a case becomes public, and how it stops being so.

One writes, another looks at it and releases; the county office may do both. What the detector finds in the text is
masked or confirmed, each time by whoever signs for it; what is known of the case's voters is never let through.
Each act locks the case, then the text, and appends its event to the case's history, in one transaction.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypedDict

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from liaison.lib import masking
from messaging import outbox
from noticeboard.review import others_of
from suggestions.choices import State
from suggestions.errors import NotAllowed, Stale, WorkflowError
from suggestions.models import PublicResult, ReleaseState, Suggestion, Voter
from suggestions.models.public_result import LIVE
from suggestions.steps import Step, lock, record, snapshot
from suggestions.transitions import Voice

if TYPE_CHECKING:
    from accounts.models import User

ANSWERED = (State.REPLIED, State.CLOSED)
RULE = "公开办理结果由两个人把关：一人起草，另一名管理本站的工作人员审核公开。本站只有一名工作人员的，由上级站审核；县级中心站可以自己公开。"
NO_CONSENT = "来访人没有同意公开，这件意见的内容不能公开，只计入数量统计。"
CONSENT_GONE = "来访人不再同意公开"
DISPUTED = "来访人对办理结果不满意，重新办理或评估后再公开"
STALE = "您打开这个页面以后，公开内容有了变动，请看过现在的内容再操作。"
ERASED = "（已删除）"


class Texts(TypedDict):
    title: str
    matter: str
    answer: str
    department: str


def obstacle(case: Suggestion) -> str:
    """Why the case cannot be made public as it is now, or ""."""
    if case.state not in ANSWERED:
        return f"这件意见现在是“{case.get_state_display()}”，回复选民以后才能公开办理结果。"
    return "" if case.may_publish else NO_CONSENT


def may_write(user: User, case: Suggestion) -> bool:
    return user.seats.covers(case.desk)


def may_release(user: User, result: PublicResult) -> bool:
    """Somebody else than who wrote it; the county office has nobody above it and may release its own."""
    return result.county_id in user.seats.office_county_ids or result.written_by_id != user.pk


def proposal(case: Suggestion) -> Texts:
    """What the form starts from: the case's own words, masked as far as the detector sees."""
    matter = case.content + (f"\n\n诉求：{case.demand}" if case.demand else "")
    texts = {"title": case.title, "matter": matter, "answer": case.reply}
    known = _known(case)
    masked = {name: masking.mask_text(_without(known, text), everything=True) for name, text in texts.items()}
    return Texts(
        title=masked["title"],
        matter=masked["matter"],
        answer=masked["answer"],
        department=case.lead.name if case.lead else "",
    )


def found_in(texts: Collection[str]) -> list[tuple[str, str]]:
    """(kind, found text) of everything that has to be masked or confirmed; each text once."""
    found = [one for text in texts for one in masking.findings(text, everything=True)]
    return list(dict.fromkeys(found))


def write(
    pk: int,
    *,
    by: User,
    texts: Texts,
    confirmed: Collection[str] = (),
    version: int | None = None,
    at: dt.datetime | None = None,
) -> PublicResult:
    """A text about case ``pk`` for review, or the one that waits already written anew. Who wrote last is its writer."""
    with transaction.atomic():
        case = lock(pk)
        if not may_write(by, case):
            raise NotAllowed("公开内容由管理这件意见的站点工作人员起草。")
        if reason := obstacle(case):
            raise WorkflowError(reason)
        result = _locked(case.public_results.filter(state__in=LIVE).values_list("pk", flat=True).first())
        if result is not None and result.state == ReleaseState.RELEASED:
            raise WorkflowError("这件意见的办理结果已经公开；要改内容，请先撤下，再重新起草。")
        if result is not None and version != result.version:
            raise Stale(STALE)
        _check(case, (texts["title"], texts["matter"], texts["answer"], texts["department"]), confirmed)
        result = result or PublicResult(
            suggestion=case, county_id=case.county_id, station_id=case.station_id, version=0
        )
        for name, value in {**texts, **_facts(case)}.items():
            setattr(result, name, value)
        result.state, result.return_note = ReleaseState.WAITING, ""
        result.written_by, result.written_at = by, at or timezone.now()
        result.version += 1
        result.save()
        _record(case, "write_result", by, result, result.written_at, confirmed=len(confirmed))
        _tell(result, others_of(result.station, by.pk), "办理结果等您审核公开", by)
    return result


def _facts(case: Suggestion) -> dict[str, Any]:
    replied = timezone.localdate(case.replied_at) if case.replied_at else timezone.localdate()
    return {"field": case.field, "result_kind": case.result_kind, "month": replied.replace(day=1)}


@contextmanager
def _act(
    action: str, pk: int, by: User, version: int | None, sources: Collection[str], at: dt.datetime | None = None
) -> Iterator[PublicResult]:
    with transaction.atomic():
        case = lock(PublicResult.objects.values_list("suggestion_id", flat=True).get(pk=pk))
        result = _locked(pk)
        assert result is not None
        if not may_write(by, case):
            raise NotAllowed("公开内容由管理这件意见的站点工作人员管理。")
        if version is not None and version != result.version:
            raise Stale(STALE)
        if result.state not in sources:
            raise WorkflowError(f"公开内容现在是“{result.get_state_display()}”，不能这样操作。")
        result.suggestion = case
        yield result
        result.version += 1
        result.save()
        _record(case, action, by, result, at, note=result.withdraw_reason or result.return_note)


def release(
    pk: int,
    *,
    by: User,
    confirmed: Collection[str] = (),
    version: int | None = None,
    at: dt.datetime | None = None,
) -> PublicResult:
    """Onto the results board. Consent, and what the detector finds, are looked at again."""
    with _act("release_result", pk, by, version, (ReleaseState.WAITING,), at) as result:
        if not may_release(by, result):
            raise PermissionDenied(f"自己起草的公开内容要由别人审核。{RULE}")
        if reason := obstacle(result.suggestion):
            raise WorkflowError(reason)
        _check(result.suggestion, result.texts, confirmed)
        result.state, result.released_by, result.released_at = ReleaseState.RELEASED, by, at or timezone.now()
        _tell_writer(result, "您起草的办理结果已公开", by)
    return result


def send_back(pk: int, *, by: User, note: str, version: int | None = None) -> PublicResult:
    if not note.strip():
        raise WorkflowError("请写明退回的原因，起草人好修改。")
    with _act("return_result_text", pk, by, version, (ReleaseState.WAITING,)) as result:
        result.state, result.return_note = ReleaseState.RETURNED, note.strip()[:500]
        _tell_writer(result, "您起草的公开内容被退回修改", by)
    return result


def withdraw(pk: int, *, by: User, reason: str, version: int | None = None) -> PublicResult:
    """Off the board, or a draft given up. The text, who did it and why stay for the staff."""
    if not reason.strip():
        raise WorkflowError("请写明撤下的原因。")
    with _act("withdraw_result", pk, by, version, LIVE) as result:
        _take_off(result, by, reason.strip())
        _tell_writer(result, "您起草的公开内容已撤下", by)
    return result


def _take_off(result: PublicResult, by: User | Voice, reason: str) -> None:
    result.state, result.return_note = ReleaseState.WITHDRAWN, ""
    result.withdrawn_by = None if isinstance(by, Voice) else by
    result.withdrawn_at, result.withdraw_reason = timezone.now(), reason[:200]


def take_down(case: Suggestion, *, by: User | Voice, reason: str) -> None:
    """What is on the board, or on its way there, holds no longer and goes; whoever signed for it is told.

    The caller holds the case locked.
    """
    result = _locked(case.public_results.filter(state__in=LIVE).values_list("pk", flat=True).first())
    if result is None:
        return
    _take_off(result, by, reason)
    result.version += 1
    result.save()
    _record(case, "withdraw_result", by, result, note=reason)
    signed = {person for person in (result.written_by, result.released_by) if person is not None}
    _tell(result, list(signed), "公开的办理结果已撤下", by, version=result.version)


def erase(case: Suggestion, voter: Voter, *, by: User) -> None:
    """Before ``voter`` is erased: every text of the case that holds something of the voter goes, whatever its state.

    The caller holds the case locked and goes on with its event chain.
    """
    known, names = _known_of(voter), tells_of(voter)
    for result in case.public_results.select_for_update(of=("self",)).order_by("pk"):
        if not any(map(names, result.texts)):
            continue
        if result.state != ReleaseState.WITHDRAWN:
            _take_off(result, by, "来访人的个人信息已按要求删除，公开内容中含有其信息")
            _record(case, "withdraw_result", by, result)
        result.title = result.matter = result.answer = ERASED
        result.return_note = ""
        result.withdraw_reason = ERASED if _holds(known, result.withdraw_reason) else result.withdraw_reason
        result.version += 1
        result.save()


# --- what may not be in the text ------------------------------------------------------------


def _check(case: Suggestion, texts: Collection[str], confirmed: Collection[str]) -> None:
    if any(_holds(_known(case), text) for text in texts):
        raise WorkflowError("内容里有来访人登记的姓名、电话或住址，不能公开，请改掉。")
    if open_ones := [text for _, text in found_in(texts) if text not in confirmed]:
        raise WorkflowError(f"请隐去标出的内容，或逐项确认可以公开：{'、'.join(open_ones[:5])}")


def _plain(text: str) -> str:
    """Without what people put between the figures of a number."""
    return re.sub(r"[\s\-—–()（）·.]", "", unicodedata.normalize("NFKC", text))


def _known_of(voter: Voter) -> set[str]:
    """What is registered of a voter and would give the voter away; a single character or a bare village would not."""
    said = {voter.name, voter.phone} if len(voter.name) > 1 else {voter.phone}
    doors = {voter.address} if masking.findings(voter.address, everything=True) else set()
    return {_plain(one) for one in said | doors if one}


def _known(case: Suggestion) -> set[str]:
    return {one for voter in case.voters.all() for one in _known_of(voter)}


def _holds(known: Collection[str], text: str) -> bool:
    plain = _plain(text)
    return any(one in plain for one in known)


def tells_of(voter: Voter) -> Callable[[str], bool]:
    """Whether a text holds what is registered of ``voter``, or calls the voter by the surname."""
    known = _known_of(voter)
    return lambda text: _holds(known, text) or _calls(voter, text)


def _calls(voter: Voter, text: str) -> bool:
    """赵大爷, where the voter is 赵小满."""
    named = masking.findings(text, everything=True) if voter.name else []
    return any(kind == masking.NAME and found.lstrip("老小").startswith(voter.name[0]) for kind, found in named)


def _without(known: Collection[str], text: str) -> str:
    for one in sorted(known, key=len, reverse=True):
        text = text.replace(one, "*" * len(one))
    return text


# --- history and messages -------------------------------------------------------------------


def _locked(pk: int | None) -> PublicResult | None:
    rows = PublicResult.objects.select_for_update(of=("self",)).select_related(
        "station__parent", "written_by", "released_by"
    )
    return rows.get(pk=pk) if pk else None


def _record(
    case: Suggestion,
    action: str,
    by: User | Voice,
    result: PublicResult,
    at: dt.datetime | None = None,
    *,
    note: str = "",
    **after: Any,
) -> None:
    """The event holds no word of the text."""
    now = Step(case=case, action=action, by=by, at=at or timezone.now(), note=note)
    now.after = {"release": result.pk, "release_state": result.state, **after}
    record(now, snapshot(case))
    Suggestion.objects.filter(pk=case.pk).update(event_seq=case.event_seq, event_hash=case.event_hash)


def still_waits(pk: str, version: str) -> bool:
    """Asked when the message to the reviewers is sent."""
    return PublicResult.objects.filter(pk=pk, version=version, state=ReleaseState.WAITING).exists()


def _tell_writer(result: PublicResult, subject: str, by: User) -> None:
    if result.written_by is not None and result.written_by != by:
        _tell(result, [result.written_by], subject, by, version=result.version + 1)


def _tell(
    result: PublicResult, people: list[User], subject: str, by: User | Voice, *, version: int | None = None
) -> None:
    asked = version is None
    version = version or result.version
    outbox.tell(
        key=f"result:{result.pk}:{version}",
        people=[person for person in people if person != by],
        subject=f"{subject}：{result.title}",
        body=result.return_note or result.withdraw_reason or result.station.name,
        link=reverse("suggestions:public_result", args=[result.pk]),
        relevance=f"suggestions.publicity.still_waits:{result.pk}:{version}" if asked else "",
        scope=result.station.path,
    )


def waiting_for(user: User) -> int:
    """How many texts in reach wait for somebody to look at them."""
    return PublicResult.objects.visible_to(user).filter(state=ReleaseState.WAITING).count()
