"""预审 and 立案: the receiving office goes through a check list, sends back what does not hold, and files what does, with
the next number of its session and kind. Filing makes the case in which it is handled."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import TYPE_CHECKING, Any

from django.db import models, transaction
from django.utils import timezone

from liaison.lib import masking
from suggestions import workflow
from suggestions.choices import STAFF_CHANNELS, Channel, State
from suggestions.errors import WorkflowError
from suggestions.formal import holding, may_check, move, record, shortage, signed, signers_of, tell_signers
from suggestions.formal import tell_deputies as tell
from suggestions.models import Formal, FormalSeries, FormalState, Suggestion

if TYPE_CHECKING:
    from accounts.models import User


class Check(models.TextChoices):
    """全国人大代表建议办理办法 and the rules of Henan name what is not taken as a deputy's suggestion."""

    SINGLE = "single", "一事一议：一件只提一个问题"
    CONCRETE = "concrete", "情况清楚，有具体的建议或者方案"
    REMIT = "remit", "属于本级人大及有关机关的职权，事在本行政区域"
    LAWSUIT = "lawsuit", "不是正在诉讼、仲裁、复议的具体案件"
    PRIVATE = "private", "不是代表本人及亲属的个人事项，不是代转来信、产品推介"
    PERSONAL = "personal", "没有公民的电话、身份证号、住址等个人信息"


def findings(paper: Formal) -> list[tuple[str, str]]:
    """(kind, text) of what looks like personal data in its words: shown beside the check list."""
    texts = (paper.title, paper.matter, paper.grounds, paper.content)
    return list(dict.fromkeys(one for text in texts for one in masking.findings(text, everything=True)))


def send_back(
    pk: int,
    *,
    by: User,
    reason: str,
    checks: Collection[str] = (),
    version: int | None = None,
    at: dt.datetime | None = None,
) -> Formal:
    """退回修改: the lead mends it and puts it in again; signatures stay as long as the words do."""
    if not reason.strip():
        raise WorkflowError({"reason": "请写明要改什么。"})
    states = (FormalState.SUBMITTED,)
    with holding(pk, by=by, states=states, verb="退回", version=version, check=may_check) as paper:
        move(paper, FormalState.RETURNED, at)
        paper.return_reason, paper.checks = reason.strip(), sorted(set(checks) & set(Check.values))
        record(paper, "formal_return", by=by, after={"checks": paper.checks}, note=paper.return_reason, at=at)
        tell(paper, [paper.lead], f"return:{paper.version}", f"{paper.get_kind_display()}退回修改", by=by)
    return paper


def file(
    pk: int,
    *,
    by: User,
    checks: Collection[str],
    merge: bool = True,
    version: int | None = None,
    at: dt.datetime | None = None,
) -> Formal:
    """立案 (motion), 受理 (suggestion): every check ticked, deputies enough, the next number, and its case. With ``merge``
    the cases it came from go into that case as far as nobody has assigned them yet: their voters get its answer."""
    states = (FormalState.SUBMITTED,)
    with holding(pk, by=by, states=states, verb="立案", version=version, check=may_check) as paper:
        missing = [check.label.partition("：")[0] for check in Check if check not in checks]
        if missing:
            raise WorkflowError(f"预审还有没打勾的项目：{'；'.join(missing)}。不符合的请退回修改。")
        if reason := shortage(paper):
            raise WorkflowError(reason)
        paper.checks, paper.return_reason = Check.values, ""
        paper.filed_by, paper.filed_at = by, at or timezone.now()
        paper.seq = next_number(paper)
        paper.case = _case(paper, by, at)
        move(paper, FormalState.FILED, at)
        merged = _take_in(paper, by) if merge else []
        after = {"seq": paper.seq, "case": paper.case.number, "signed": signed(paper, signers_of(paper))}
        record(paper, "formal_file", by=by, after=after | {"merged": merged}, at=at)
        told = [one for one in signers_of(paper) if one.counts]
        subject = f"{paper.get_kind_display()}{paper.state_words}：{paper.number}"
        tell_signers(paper, told, "filed", subject, by=by)
        tell(paper, [paper.lead], "filed", subject, by=by)
    return paper


def next_number(paper: Formal) -> int:
    """Of the series of the paper's session and kind, under a row lock: no two alike, no gap where filing fails."""
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("a number is taken in the transaction that uses it")
    key: dict[str, Any] = {
        "station": paper.station,
        "term": paper.term,
        "session": paper.session,
        "in_session": paper.in_session,
        "kind": paper.kind,
    }
    found = FormalSeries.objects.select_for_update()
    series = found.filter(**key).first()
    if series is None:  # two first papers at once: one makes the row, the other finds it and waits for its lock
        FormalSeries.objects.bulk_create([FormalSeries(**key)], ignore_conflicts=True)
        series = found.get(**key)
    series.last += 1
    series.save(update_fields=["last"])
    return series.last


def text_of(paper: Formal) -> str:
    """What the case says: for a motion the three parts under their names."""
    if not paper.is_motion:
        return paper.content
    return f"案由：{paper.matter}\n\n案据：{paper.grounds}\n\n方案：{paper.content}"


def _channel(paper: Formal) -> str:
    """In session; else as what it came from, a visit where it came from nothing."""
    if paper.in_session:
        return Channel.SESSION
    source = paper.sources.order_by("pk").first()
    return source.channel if source and source.channel in STAFF_CHANNELS else Channel.VISIT


def _case(paper: Formal, by: User, at: dt.datetime | None) -> Suggestion:
    return workflow.register(
        by=by,
        station=paper.station,
        channel=_channel(paper),
        title=paper.title,
        content=text_of(paper),
        deputy=paper.lead,
        field=paper.field,
        kind=paper.kind,
        opinion=f"{paper.number}。" + (f"代表希望由{paper.wished}承办。" if paper.wished else ""),
        at=at,
    )


def mergeable(paper: Formal, user: User) -> list[Suggestion]:
    """The cases it came from that nobody has assigned yet and that ``user`` may move."""
    waiting = paper.sources.filter(state__in=(State.SUBMITTED, State.REGISTERED)).select_related("desk")
    return [one for one in waiting.order_by("pk") if user.seats.covers(one.desk)]


def _take_in(paper: Formal, by: User) -> list[str]:
    assert paper.case is not None
    chosen = mergeable(paper, by)
    for one in chosen:
        workflow.merge(one.pk, into=paper.case.pk, by=by)
    return [one.number for one in chosen]
