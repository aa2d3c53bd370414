"""代表建议 and 议案: written from one case, from several or from none, put in for the check, taken back. Signing is in
``formal_signing.py``, check and number in ``formal_filing.py``; from then on its case goes the way of every case.

Each act locks the paper, checks seat and state on the locked row, appends to its history, and tells whom it concerns, in
one transaction.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypedDict

from django.db import transaction
from django.db.models import Max
from django.urls import reverse
from django.utils import timezone

from deputies import reach
from deputies.access import may_keep_log
from deputies.models import Deputy, DeputyQuerySet, Level, Status
from deputies.terms import newest
from history import log
from liaison.lib.masking import has_id_number
from messaging import outbox
from stations.models import Kind as StationKind
from stations.models import Station
from suggestions import notices
from suggestions.choices import Kind
from suggestions.errors import NotAllowed, Stale, WorkflowError, WrongState
from suggestions.models import Formal, FormalSigner, FormalSource, FormalState, SignerState, Suggestion
from suggestions.models.formal import OPEN, UNFILED

if TYPE_CHECKING:
    from accounts.models import User

LEVELS = (Level.COUNTY, Level.TOWNSHIP)  # whose congress is the county's or the township's own
NEEDED = {Level.COUNTY: 10, Level.TOWNSHIP: 5}
SOURCES = {
    Kind.MOTION: "地方组织法（2022）第二十二条：县级以上代表十人以上、乡镇代表五人以上联名，可以提出议案",
    Kind.SUGGESTION: "代表法（2025）：一名代表就可以提出，也可以联名",
}
STALE = "您打开这个页面以后，这件{kind}有了变动，请看过现在的内容再操作。"
LONGEST_SESSION = 20


class Texts(TypedDict):
    kind: str
    title: str
    matter: str
    grounds: str
    content: str
    field: str
    wished: str
    delegation: str
    session: int
    in_session: bool


WORDS = ("kind", "title", "matter", "grounds", "content")  # what a co-signer signs


# --- who may what -------------------------------------------------------------------------


def may_write_for(user: User, lead: Deputy) -> bool:
    """The deputy, and staff who cover the deputy's home station."""
    return may_keep_log(user, lead)


def may_write(user: User, paper: Formal) -> bool:
    """The lead deputy, the staff of that deputy's station, the receiving office."""
    return may_write_for(user, paper.lead) or may_check(user, paper)


def may_check(user: User, paper: Formal) -> bool:
    """The office that receives it, and those above it."""
    return user.seats.covers(paper.station)


def leads_for(user: User) -> DeputyQuerySet:
    """Whom ``user`` may raise a paper for."""
    seats = user.seats
    seen = Deputy.objects.serving().filter(level__in=LEVELS)
    return seen.filter(pk__in=seats.deputy_ids) | seen.filter(seats.subtree("home_station__"))


def asked_of(user: User) -> list[FormalSigner]:
    """The papers that wait for this person's signature."""
    rows = FormalSigner.objects.filter(deputy_id__in=user.seats.deputy_ids, state=SignerState.ASKED)
    return list(rows.filter(formal__state__in=UNFILED).select_related("formal__lead", "formal__term").order_by("pk"))


def to_check(user: User) -> int:
    """How many wait for the check of the person's own offices."""
    own = [office.pk for office in user.seats.offices]
    return Formal.objects.filter(station_id__in=own, state=FormalState.SUBMITTED).count() if own else 0


# --- where it goes, and who is needed -----------------------------------------------------


def office_of(deputy: Deputy) -> Station | None:
    """The office of the deputy's congress: the county's hub, or the township's station; None where that is not known."""
    if deputy.level == Level.COUNTY:
        return Station.objects.filter(county=deputy.county_id, kind=StationKind.HUB).first()
    home = deputy.home_station
    for place in (home, home.parent if home else None, deputy.constituency.station if deputy.constituency else None):
        if deputy.level == Level.TOWNSHIP and place is not None and place.kind == StationKind.TOWNSHIP:
            return place
    return None


def level_of(paper: Formal) -> Level:
    return Level.COUNTY if paper.is_county else Level.TOWNSHIP


def needed(paper: Formal) -> int:
    """How many deputies it takes, the lead among them (``SOURCES``)."""
    return NEEDED[level_of(paper)] if paper.is_motion else 1


def signed(paper: Formal, signers: Iterable[FormalSigner]) -> int:
    """How many count now: the lead and whoever confirmed, as far as they are in office."""
    return (paper.lead.status == Status.SERVING) + sum(one.counts for one in signers)


def signers_of(paper: Formal) -> list[FormalSigner]:
    return list(paper.signers.select_related("deputy__home_station", "deputy__user", "answered_by"))


def shortage(paper: Formal) -> str:
    """Why it cannot be put in or filed yet for want of deputies, with the numbers; "" where there are enough."""
    if paper.lead.status != Status.SERVING:
        return f"领衔代表{paper.lead.name}已不在任，请先在“换领衔代表”里改由一名已附议的代表领衔。"
    signers, wanted = signers_of(paper), needed(paper)
    have = signed(paper, signers)
    if have >= wanted:
        return ""
    gone = [one.deputy.name for one in signers if one.state == SignerState.CONFIRMED and not one.counts]
    left = f"{'、'.join(gone)}已不在任，不计入。" if gone else ""
    return (
        f"{level_of(paper).label[:-2]}级议案要有 {wanted} 名以上代表联名（{SOURCES[Kind.MOTION]}），"
        f"领衔和已确认附议的现在共 {have} 名，还差 {wanted - have} 名。{left}"
        "可以再请代表附议，或者改成代表建议（一名代表就可以提出）。"
    )


def default_session(office: Station, term: Any) -> int:
    """The latest session that a paper of the term was raised at; before the first one, a session a year."""
    last = Formal.objects.filter(station=office, term=term).aggregate(last=Max("session"))["last"]
    return last or min(max(timezone.localdate().year - term.starts_on.year + 1, 1), LONGEST_SESSION)


def default_delegation(deputy: Deputy) -> str:
    """许良镇代表团 for a deputy whose station is in 许良镇."""
    home = deputy.home_station
    township = home.parent if home is not None and home.kind in (StationKind.POINT, StationKind.STUDIO) else home
    place = township.place if township is not None and township.kind == StationKind.TOWNSHIP else ""
    return f"{place}代表团" if place else ""


# --- the one way in -----------------------------------------------------------------------


def record(paper: Formal, action: str, *, by: User | None, **what: Any) -> None:
    seat = by.seats.label if by else ""
    if by and paper.lead_id in by.seats.deputy_ids:
        seat = "领衔代表"
    log.append(paper.chain, action=action, actor=by, seat=seat, **what)


def locked(pk: int) -> Formal:
    found = Formal.objects.select_for_update(of=("self",)).for_page()
    return found.select_related("lead__constituency__station", "lead__home_station__parent").get(pk=pk)


@contextmanager
def holding(
    pk: int, *, by: User, states: Collection[str], verb: str, version: int | None = None, check: Any = may_write
) -> Iterator[Formal]:
    """The paper, locked; leaving the block saves it with its next version. NotAllowed, Stale, WrongState."""
    with transaction.atomic():
        paper = locked(pk)
        if not check(by, paper):
            raise NotAllowed(f"您的身份不能{verb}这件{paper.get_kind_display()}。")
        if version is not None and version != paper.version:
            raise Stale(STALE.format(kind=paper.get_kind_display()))
        if paper.state not in states:
            raise WrongState(f"这件{paper.get_kind_display()}现在是“{paper.state_words}”，不能{verb}。")
        yield paper
        paper.version += 1
        paper.save()


def move(paper: Formal, state: FormalState, at: dt.datetime | None = None) -> None:
    paper.state, paper.state_since = state, at or timezone.now()


# --- writing ------------------------------------------------------------------------------


def check_texts(texts: Texts) -> None:
    """A motion needs 案由, 案据 and 方案, and a session (地方组织法 art 22); no text takes an ID number."""
    for name in ("title", "content"):
        if not str(texts[name]).strip():
            raise WorkflowError({name: "请填写。"})
    if texts["kind"] == Kind.MOTION:
        for name, label in (("matter", "案由"), ("grounds", "案据")):
            if not texts[name].strip():  # type: ignore[literal-required]
                raise WorkflowError({name: f"议案要有案由、案据和方案，请填写{label}。"})
        if not texts["in_session"]:
            raise WorkflowError({"in_session": "议案在人民代表大会会议期间提出；闭会期间请提代表建议。"})
    if not 1 <= texts["session"] <= LONGEST_SESSION:
        raise WorkflowError({"session": f"会议次数在 1 到 {LONGEST_SESSION} 之间。"})
    if any(has_id_number(str(value)) for value in texts.values()):
        raise WorkflowError("这里有一串像身份证号的数字。本系统不登记身份证号，请删去。")


@transaction.atomic
def raise_formal(
    lead: Deputy, *, by: User, texts: Texts, sources: Collection[Suggestion] = (), at: dt.datetime | None = None
) -> Formal:
    """A paper of ``lead``, from ``sources`` that ``by`` may see. ``at``, here and in the other acts: when it happened, now
    by default."""
    if lead.status != Status.SERVING:
        raise WorkflowError({"lead": f"{lead.name}已不在任，不能提出建议、议案。"})
    if not may_write_for(by, lead):
        raise NotAllowed("建议、议案由代表本人或其联络站的工作人员起草。")
    if lead.level not in LEVELS:
        raise WorkflowError({"lead": "省、市代表向省、市人大提出建议，这里办理县、乡镇代表的。"})
    office = office_of(lead)
    if office is None:
        raise WorkflowError({"lead": f"{lead.name}还没有编入乡镇（街道）的站点，请先编入再提。"})
    term = newest(lead.county, lead.level)
    if term is None:
        raise WorkflowError(f"还没有{lead.get_level_display()}的届次，请县人大常委会代表工委先在“换届”里建立。")
    check_texts(texts)
    if any(one.county_id != lead.county_id for one in sources):
        raise WorkflowError({"sources": "来源意见必须是本县的。"})
    now = at or timezone.now()
    paper = Formal(county=lead.county, station=office, lead=lead, term=term, created_by=by, created_at=now)
    _write(paper, texts)
    paper.state_since = now
    paper.save()
    FormalSource.objects.bulk_create(FormalSource(formal=paper, suggestion=one) for one in sources)
    after = {"kind": paper.kind, "lead": lead.pk, "sources": [one.number for one in sources]}
    record(paper, "formal_raise", by=by, after=after, at=at)
    return paper


def _write(paper: Formal, texts: Texts) -> None:
    for name, value in texts.items():
        setattr(paper, name, value.strip() if isinstance(value, str) else value)
    paper.delegation = paper.delegation or default_delegation(paper.lead)
    if not paper.delegation:
        raise WorkflowError({"delegation": "请填写所在的代表团。"})


def edit(pk: int, *, by: User, texts: Texts, version: int | None = None) -> Formal:
    """Whoever signed the words before signs the new ones: a change of them asks every co-signer again."""
    check_texts(texts)
    with holding(pk, by=by, states=OPEN, verb="修改", version=version) as paper:
        before = [getattr(paper, name) for name in WORDS]
        _write(paper, texts)
        changed = [name for name, old in zip(WORDS, before, strict=True) if old != getattr(paper, name)]
        again = _ask_again(paper, by) if changed else 0
        record(paper, "formal_edit", by=by, after={"fields": changed, "asked_again": again})
    return paper


def _ask_again(paper: Formal, by: User) -> int:
    signers = [one for one in signers_of(paper) if one.counts]
    for one in signers:
        one.state, one.asked_at, one.on_paper = SignerState.ASKED, timezone.now(), False
        one.answered_at = one.answered_by = one.reminded_on = None
        one.save(update_fields=["state", "asked_at", "on_paper", "answered_at", "answered_by", "reminded_on"])
    tell_signers(paper, signers, "again", f"{paper.get_kind_display()}内容有改动，请重新确认附议", by=by, waits=True)
    return len(signers)


def submit(pk: int, *, by: User, version: int | None = None, at: dt.datetime | None = None) -> Formal:
    """To the check of the receiving office; a motion only with enough deputies."""
    with holding(pk, by=by, states=OPEN, verb="提交", version=version) as paper:
        if reason := shortage(paper):
            raise WorkflowError(reason)
        move(paper, FormalState.SUBMITTED, at)
        record(paper, "formal_submit", by=by, after={"signed": signed(paper, signers_of(paper))}, at=at)
        tell_office(paper, by=by)
    return paper


def withdraw(pk: int, *, by: User, reason: str, version: int | None = None) -> Formal:
    """By who may write it, before it is filed; its co-signers hear of it."""
    if not reason.strip():
        raise WorkflowError({"reason": "请写明撤回的原因。"})
    with holding(pk, by=by, states=UNFILED, verb="撤回", version=version) as paper:
        move(paper, FormalState.WITHDRAWN)
        record(paper, "formal_withdraw", by=by, note=reason.strip())
        waiting = [one for one in signers_of(paper) if one.state in (SignerState.ASKED, SignerState.CONFIRMED)]
        tell_signers(paper, waiting, "withdrawn", f"您附议的{paper.get_kind_display()}已撤回", by=by)
    return paper


def change_lead(pk: int, *, by: User, signer: int, version: int | None = None) -> Formal:
    """A co-signer who confirmed takes the lead; who led before stays a co-signer as long as in office."""
    with holding(pk, by=by, states=UNFILED, verb="更换领衔代表", version=version) as paper:
        chosen = paper.signers.select_related("deputy").filter(pk=signer).first()
        if chosen is None or not chosen.counts:
            raise WorkflowError({"signer": "请选一名已确认附议、在任的代表领衔。"})
        old, paper.lead = paper.lead, chosen.deputy
        chosen.delete()
        if old.status == Status.SERVING:
            now = timezone.now()
            FormalSigner.objects.create(
                formal=paper, deputy=old, state=SignerState.CONFIRMED, asked_at=now, answered_at=now, answered_by=by
            )
        record(paper, "formal_lead", by=by, before={"lead": old.pk}, after={"lead": paper.lead_id})
        tell_deputies(paper, [paper.lead], f"lead:{paper.version}", f"由您领衔：{paper.get_kind_display()}", by=by)
    return paper


# --- who is told --------------------------------------------------------------------------


def tell_office(paper: Formal, *, by: User) -> None:
    outbox.tell(
        key=f"{paper.chain}:submit:{paper.version}",
        people=[person for person in notices.station_people(paper.station) if person != by],
        subject=f"{paper.get_kind_display()}等您预审",
        body=f"{paper.title}\n领衔：{paper.lead.name}（{paper.delegation}）",
        link=reverse("suggestions:formal", args=[paper.pk]),
        scope=paper.station.path,
        relevance=f"suggestions.formal.still:{paper.pk}:{FormalState.SUBMITTED}",
    )


def tell_signers(
    paper: Formal, signers: Iterable[FormalSigner], what: str, subject: str, *, by: User | None, waits: bool = False
) -> int:
    return tell_deputies(paper, [one.deputy for one in signers], f"{what}:{paper.version}", subject, by=by, waits=waits)


def tell_deputies(
    paper: Formal, deputies: Iterable[Deputy], what: str, subject: str, *, by: User | None, waits: bool = False
) -> int:
    """With or without a log-in, each once for ``what``; returns the outbox rows written. ``waits``: for an answer, so
    that what is sent late is not sent to whoever has given it."""
    if outbox.is_muted():
        return 0
    messages = [
        outbox.Message(
            key=f"{paper.chain}:{what}",
            recipients=[reach.recipient(one)],
            subject=subject,
            body=f"{paper.title}\n领衔：{paper.lead.name}（{paper.delegation}）",
            link=reverse("suggestions:formal", args=[paper.pk]),
            scope=paper.station.path,
            relevance=f"suggestions.formal.still_asked:{paper.pk}:{one.pk}" if waits else "",
        )
        for one in deputies
        if by is None or one.user_id != by.pk
    ]
    return outbox.tell_all(messages)


def tell_answer(paper: Formal, *, by: User | None) -> None:
    """Everybody who put it in gets the answer and is asked for an opinion (征询意见)."""
    case = paper.case
    assert case is not None
    people = [paper.lead, *(one.deputy for one in signers_of(paper) if one.counts)]
    subject = f"{paper.get_kind_display()}已答复，请填征询意见"
    tell_deputies(paper, people, f"answer:{case.redo_count}:{case.version}", subject, by=by)


def still(pk: str, state: str) -> bool:
    """Asked when it is sent: whether the paper stands as it was told."""
    return Formal.objects.filter(pk=pk, state=state).exists()


def still_asked(pk: str, deputy: str) -> bool:
    """Asked when it is sent: whether this deputy's answer is still waited for."""
    waiting = FormalSigner.objects.filter(formal_id=int(pk), deputy_id=int(deputy), state=SignerState.ASKED)
    return waiting.filter(formal__state__in=UNFILED).exists()
