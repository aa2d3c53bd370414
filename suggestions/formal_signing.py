"""附议 and 联名: deputies are asked to sign a paper and answer on their phones, or sign on paper at an office. Only who has
confirmed counts, and only while in office."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from deputies.access import may_edit
from deputies.models import Deputy, DeputyQuerySet, Status
from suggestions.errors import NotAllowed, WorkflowError, WrongState
from suggestions.formal import holding, level_of, locked, may_check, may_write, record, tell_deputies, tell_signers
from suggestions.models import Formal, FormalSigner, SignerState
from suggestions.models.formal import OPEN, UNFILED

if TYPE_CHECKING:
    from accounts.models import User

REMIND_AFTER = 3  # days without an answer


def may_answer(user: User, signer: FormalSigner) -> bool:
    return signer.deputy_id in user.seats.deputy_ids


def may_enter(user: User, signer: FormalSigner) -> bool:
    """Whoever holds the paper with the signature: the receiving office, the staff of the deputy's station."""
    return may_check(user, signer.formal) or may_edit(user, signer.deputy)


def eligible(paper: Formal) -> DeputyQuerySet:
    """Who may sign: serving deputies of the same congress, but for the lead."""
    found = Deputy.objects.serving().filter(county=paper.county_id, level=level_of(paper)).exclude(pk=paper.lead_id)
    if paper.is_county:
        return found
    path = paper.station.path
    home = Q(home_station__path__gte=path, home_station__path__lt=path + ":")
    # Grouped into a studio of the county: by the constituency.
    return found.filter(home | (~home & Q(constituency__station=paper.station)))


def ask(
    pk: int, deputies: Collection[Deputy], *, by: User, version: int | None = None, at: dt.datetime | None = None
) -> list[FormalSigner]:
    """Ask ``deputies`` to sign. Who is asked already is not asked twice; who declined or took the signature back may be
    asked again. Returns those asked now."""
    if not deputies:
        raise WorkflowError("请先选要请谁附议。")
    with holding(pk, by=by, states=OPEN, verb="请人附议", version=version) as paper:
        _check(paper, deputies)
        known = {one.deputy_id: one for one in paper.signers.select_related("deputy")}
        asked = []
        for deputy in deputies:
            one = known.get(deputy.pk) or FormalSigner(formal=paper, deputy=deputy)
            if one.pk and one.state in (SignerState.ASKED, SignerState.CONFIRMED):
                continue
            one.state, one.asked_at, one.note = SignerState.ASKED, at or timezone.now(), ""
            one.answered_at = one.answered_by = one.reminded_on = None
            one.save()
            asked.append(one)
        if not asked:
            raise WorkflowError("选的代表都已经请过了，不用重复请。")
        record(paper, "formal_ask", by=by, after={"deputies": [one.deputy_id for one in asked]}, at=at)
        tell_signers(paper, asked, "ask", f"请您附议{paper.get_kind_display()}", by=by, waits=True)
    return asked


def _check(paper: Formal, deputies: Collection[Deputy]) -> None:
    allowed = set(eligible(paper).filter(pk__in=[one.pk for one in deputies]).values_list("pk", flat=True))
    for one in deputies:
        if one.pk == paper.lead_id:
            raise WorkflowError(f"{one.name}是领衔代表，不用再附议。")
        if one.status != Status.SERVING:
            raise WorkflowError(f"{one.name}已不在任，不能附议。")
        if one.pk not in allowed:
            raise WorkflowError(
                f"{one.name}不是{paper.station.name}这一级人大的代表，不能附议这件{paper.get_kind_display()}。"
            )


def drop(pk: int, signer: int, *, by: User) -> None:
    """Take somebody off the list who has not confirmed."""
    with holding(pk, by=by, states=OPEN, verb="改附议名单") as paper:
        one = paper.signers.select_related("deputy").filter(pk=signer).first()
        if one is None:
            raise WorkflowError("名单里没有这名代表了。")
        if one.state == SignerState.CONFIRMED:
            raise WorkflowError(f"{one.deputy.name}已经附议，要由本人撤回。")
        record(paper, "formal_drop", by=by, after={"deputy": one.deputy_id})
        one.delete()


ANSWERS = {"confirm": SignerState.CONFIRMED, "decline": SignerState.DECLINED, "withdraw": SignerState.WITHDRAWN}


@transaction.atomic
def answer(
    signer: int, what: str, *, by: User, note: str = "", on_paper: bool = False, at: dt.datetime | None = None
) -> FormalSigner:
    """``what`` of ``ANSWERS``: the deputy confirms, declines, or takes the signature back before it is filed.
    ``on_paper``: an office enters a signature that it holds on paper."""
    if what not in ANSWERS:
        raise WorkflowError("请选“附议”或“不附议”。")
    rows = FormalSigner.objects.filter(pk=signer)
    formal = rows.values_list("formal_id", flat=True).first()
    paper = locked(formal) if formal else None
    one = rows.select_related("deputy").first()
    if paper is None or one is None:
        raise WrongState("这名代表已不在名单里，请刷新页面看看。")
    one.formal = paper
    _may(one, by, on_paper)
    if paper.state not in UNFILED:
        raise WrongState(f"这件{paper.get_kind_display()}现在是“{paper.state_words}”，附议名单不能再改。")
    if one.deputy.status != Status.SERVING:
        raise WorkflowError(f"{one.deputy.name}已不在任，不能附议。")
    _fits(one, what)
    one.state, one.note = ANSWERS[what], " ".join(note.split())[:200]
    one.answered_at, one.answered_by, one.on_paper = at or timezone.now(), by, on_paper
    one.save(update_fields=["state", "note", "answered_at", "answered_by", "on_paper"])
    after = {"deputy": one.deputy_id, "on_paper": on_paper}
    record(paper, f"sign_{what}", by=by, after=after, note=one.note, at=at)
    said = {"confirm": "已附议", "decline": "不附议", "withdraw": "撤回了附议"}[what]
    tell_deputies(
        paper, [paper.lead], f"{what}:{one.pk}:{one.answered_at.timestamp():.0f}", f"{one.deputy.name}代表{said}", by=by
    )
    return one


def _may(one: FormalSigner, by: User, on_paper: bool) -> None:
    if on_paper and not may_enter(by, one):
        raise NotAllowed("纸质签名由受理站点或代表所在联络站登记。")
    if not on_paper and not may_answer(by, one):
        raise NotAllowed("附议由代表本人确认。")


def _fits(one: FormalSigner, what: str) -> None:
    if what == "withdraw":
        if one.state != SignerState.CONFIRMED:
            raise WrongState(f"{one.deputy.name}现在是“{one.get_state_display()}”，没有附议可以撤回。")
    elif one.state not in (SignerState.ASKED, SignerState.DECLINED):
        raise WrongState(f"{one.deputy.name}现在是“{one.get_state_display()}”，不用再答复。")


# --- reminders ----------------------------------------------------------------------------


def remind(pk: int, *, by: User) -> int:
    """Once more to whoever has not answered, at most once a day each; returns to how many."""
    with transaction.atomic():
        paper = locked(pk)
        if not may_write(by, paper):
            raise NotAllowed("提醒由领衔代表或联络站发出。")
        if paper.state not in UNFILED:
            raise WrongState(f"这件{paper.get_kind_display()}现在是“{paper.state_words}”，不用再提醒。")
        waiting = _silent(paper, before=timezone.localdate())
        if not waiting:
            raise WorkflowError("没有要提醒的人：都已答复，或者今天已经请过、提醒过。")
        _remind(paper, waiting, by)
        record(paper, "formal_remind", by=by, after={"deputies": [one.deputy_id for one in waiting]})
    return len(waiting)


def remind_silent(today: dt.date | None = None) -> int:
    """Every deputy who has not answered for three days is reminded, once; returns to how many. Runs as often as it may."""
    today = today or timezone.localdate()
    found = Formal.objects.filter(state__in=UNFILED, signers__state=SignerState.ASKED, signers__reminded_on=None)
    count = 0
    for pk in found.order_by("pk").values_list("pk", flat=True).distinct():
        with transaction.atomic():
            paper = locked(pk)
            day = today - dt.timedelta(days=REMIND_AFTER - 1)
            waiting = [one for one in _silent(paper, before=day) if one.reminded_on is None]
            if paper.state in UNFILED and waiting:
                _remind(paper, waiting, None)
                count += len(waiting)
    return count


def _silent(paper: Formal, *, before: dt.date) -> list[FormalSigner]:
    """Asked and last reminded before that day, and still in office."""
    rows = paper.signers.filter(state=SignerState.ASKED, deputy__status=Status.SERVING)
    rows = rows.select_related("deputy__user")
    return [one for one in rows if (one.reminded_on or timezone.localdate(one.asked_at)) < before]


def _remind(paper: Formal, signers: list[FormalSigner], by: User | None) -> None:
    today = timezone.localdate()
    for one in signers:
        one.reminded_on = today
        one.save(update_fields=["reminded_on"])
    subject = f"还等您答复：请附议{paper.get_kind_display()}"
    tell_deputies(paper, [one.deputy for one in signers], f"remind:{today}", subject, by=by, waits=True)
