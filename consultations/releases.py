"""公示 of each step (将协商前、中、后情况通过公示栏公示，形成完整的监督链条): a text of its own, masked, looked through by who sends
it, and public by a second person's decision as every notice is."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any

from consultations import files
from consultations.conduct import ConductError, act
from consultations.figures import ratings_of
from consultations.models import HELD_STATES, Consultation, Party, PartyKind, State, Step, StepRelease
from liaison.lib.masking import findings, mask_text
from noticeboard import changes, review
from noticeboard.models import Notice, NoticeKind, NoticeState

if TYPE_CHECKING:
    from accounts.models import User

TITLES = {Step.BEFORE: "协商公告", Step.DURING: "协商结果", Step.AFTER: "承诺兑现情况"}


def obstacle(consultation: Consultation, step: str) -> str:
    """Why the step cannot be made public yet, or ""."""
    if consultation.state == State.CANCELLED:
        return "这次协商已经取消。"
    if step != Step.BEFORE and consultation.state not in HELD_STATES:
        return "登记协商纪要和结果以后，才能公示。"
    if step == Step.AFTER and not consultation.promises.exists() and consultation.state != State.FINISHED:
        return "登记承诺事项或者办结以后，才能公示。"
    return ""


def proposal(consultation: Consultation, step: str) -> tuple[str, str]:
    """Title and text to start from: names, doors and numbers that look like a person's are masked. Deputies and offices
    are named, villagers never."""
    text = {Step.BEFORE: _before, Step.DURING: _during, Step.AFTER: _after}[Step(step)](consultation)
    keep = [party.label for party in consultation.parties.select_related("deputy", "department")]
    title = f"{consultation.topic}：{TITLES[Step(step)]}"
    return mask_text(title, everything=True, keep=keep)[:80], mask_text(text, everything=True, keep=keep)[:8000]


def _names(parties: Sequence[Party], kind: str) -> str:
    return "、".join(party.label for party in parties if party.kind == kind)


def _table(consultation: Consultation, parties: Sequence[Party], residents: str) -> str:
    rows = (
        ("召集单位", consultation.office),
        ("人大代表", _names(parties, PartyKind.DEPUTY)),
        ("责任方", _names(parties, PartyKind.RESPONSIBLE)),
        ("群众", residents),
    )
    return "\n".join(f"{label}：{value}" for label, value in rows if value)


def _before(consultation: Consultation) -> str:
    one = consultation
    where = f"时间：{one.date:%Y年%-m月%-d日} {one.starts_at:%-H:%M}\n地点：{one.place}"
    form = f"形式：{one.brand.name}\n" if one.brand else ""
    parties = list(one.parties.select_related("deputy", "department"))
    return f"议题：{one.topic}\n{one.background}\n\n{form}{where}\n\n{_table(one, parties, one.residents)}"


def _during(consultation: Consultation) -> str:
    one = consultation
    came = list(one.parties.filter(signed_in_at__isnull=False).select_related("deputy", "department"))
    residents = f"{one.residents_came} 人" if one.residents_came else ""
    promises = "\n".join(
        f"{number}. {promise.what}（{promise.owner}，{promise.due_on:%Y年%-m月%-d日}前）"
        for number, promise in enumerate(one.promises.select_related("department"), start=1)
    )
    parts = (
        f"{one.date:%Y年%-m月%-d日}，在{one.place}协商。",
        _table(one, came, residents),
        f"协商结果：\n{one.agreement}",
        f"承诺事项：\n{promises}" if promises else "",
    )
    return "\n\n".join(filter(None, parts))


def _after(consultation: Consultation) -> str:
    one = consultation
    lines = [
        f"{number}. {promise.what}（{promise.owner}，期限 {promise.due_on:%Y年%-m月%-d日}）：{promise.get_state_display()}"
        + (f"。{promise.ending}" if promise.ending else "")
        for number, promise in enumerate(one.promises.select_related("department"), start=1)
    ]
    votes = ratings_of(one)
    rated = f"参加协商的评价：满意 {votes[0]}，基本满意 {votes[1]}，不满意 {votes[2]}。" if any(votes) else ""
    parts = ("承诺事项：\n" + "\n".join(lines) if lines else "", one.outcome, rated)
    return "\n\n".join(filter(None, parts))


def findings_in(consultation: Consultation, *texts: str) -> list[tuple[str, str]]:
    """(kind, found) of what should not be public: numbers of any kind, and the names of who brought the matter."""
    voters = [voter for case in consultation.cases.prefetch_related("voters") for voter in case.voters.all()]
    names = {voter.name for voter in voters if len(voter.name) > 1 and any(voter.name in text for text in texts)}
    found = [one for text in texts for one in findings(text)]
    return [*found, *(("来访人姓名", name) for name in sorted(names))]


def release(
    pk: int, step: str, *, by: User, title: str, body: str, with_photos: bool, version: int | None = None
) -> Notice:
    """On its way to the board: public once a second person releases it, or at once where ``by`` may release the own.
    Returns the notice as it stands then."""
    with act("release", pk, by=by, version=version) as now:
        if reason := obstacle(now.on, step):
            raise ConductError(reason)
        row = now.on.releases.select_related("notice").filter(step=step).first()
        draft = _draft(now.on, row, by=by, title=title, body=body)
        if row is None or row.notice.state == NoticeState.WITHDRAWN:
            StepRelease.objects.update_or_create(consultation=now.on, step=step, defaults={"notice": draft})
        with files.shown_on(now.on, step, draft) if with_photos else nullcontext(0) as shown:
            notice = changes.submit(draft.pk, by=by)
            if review.may_release(by, notice):
                notice = changes.release(draft.pk, by=by, confirmed=True)
        now.after |= {"step": step, "notice": notice.pk, "photos": shown, "notice_state": notice.state}
    return notice


def _draft(consultation: Consultation, row: StepRelease | None, *, by: User, title: str, body: str) -> Notice:
    """A new notice, or a new version of the one that is there."""
    came = consultation.parties.filter(kind=PartyKind.DEPUTY).select_related("deputy")
    content: dict[str, Any] = {
        "kind": NoticeKind.CONSULTATION,
        "title": title,
        "body": body,
        "event_on": consultation.date,
        "deputies": [party.deputy for party in came if party.deputy],
    }
    if row is None or row.notice.state == NoticeState.WITHDRAWN:
        return changes.write(by=by, station=consultation.station, **content)
    notice = row.notice
    if notice.state == NoticeState.RELEASED:
        notice = changes.revise(notice.pk, by=by)
    if notice.state in (NoticeState.CHECKING, NoticeState.SCHEDULED):
        notice = changes.send_back(notice.pk, by=by, note="协商内容有变动，随后重新送审。")
    return changes.edit(notice.pk, by=by, **content)
