"""The one way through a consultation: prepared, told, held, concluded, followed up, finished. Each act locks the row,
checks seat, version and state, changes, records the event in the consultation's chain and tells whom it concerns, in
one transaction."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypedDict

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone

from consultations import files as stored_files
from consultations import telling
from consultations.access import may_manage, own_parties
from consultations.models import Consultation, Party, PartyKind, PromiseState, State, Step
from deputies.models import Deputy
from history import log
from receptions import brands
from stations.models import Department, Station
from suggestions.models import Suggestion

if TYPE_CHECKING:
    from accounts.models import User

S = State
# act → what it is called, the states it starts from
ACTS: dict[str, tuple[str, tuple[State, ...]]] = {
    "edit": ("修改", (S.PREPARING, S.UNDERWAY)),
    "announce": ("通知各方", (S.PREPARING,)),
    "start": ("开始协商", (S.PREPARING,)),
    "sign_in": ("签到", (S.UNDERWAY,)),
    "conclude": ("登记纪要和结果", (S.UNDERWAY, S.FOLLOWING)),
    "promise": ("登记承诺事项", (S.UNDERWAY, S.FOLLOWING)),
    "add_files": ("添加材料", (S.PREPARING, S.UNDERWAY, S.FOLLOWING)),
    "rate": ("评价", (S.FOLLOWING, S.FINISHED)),
    "count_ratings": ("登记评价", (S.FOLLOWING, S.FINISHED)),
    "release": ("公示", (S.PREPARING, S.UNDERWAY, S.FOLLOWING, S.FINISHED)),
    "finish": ("办结", (S.FOLLOWING,)),
    "cancel": ("取消", (S.PREPARING, S.UNDERWAY)),
}
STALE = "您打开这个页面以后，这次协商有了变动。您填写的内容还在，请看过现在的情况再按一次。"
# What those who were told must hear of again.
ARRANGEMENT = ("topic", "date", "starts_at", "place")


class ConductError(ValidationError):
    """The act cannot be done: a sentence that a clerk understands, shown on the form."""


class Stale(ConductError):
    """Somebody changed the consultation since the page was opened."""


class Table(TypedDict):
    """Who sits at the table besides the office, and which cases brought them there."""

    deputies: Iterable[Deputy]
    departments: Iterable[Department]
    others: Sequence[str]
    cases: Iterable[Suggestion]


@dataclass
class Act:
    """One act on one locked consultation."""

    on: Consultation
    by: User
    at: dt.datetime
    before: dict[str, Any]
    after: dict[str, Any] = field(default_factory=dict)
    note: str = ""
    changed: set[str] = field(default_factory=set)

    @property
    def today(self) -> dt.date:
        return timezone.localdate(self.at)

    def set(self, **fields: Any) -> None:
        for name, value in fields.items():
            setattr(self.on, name, value)
        self.changed |= fields.keys()


def lock(pk: int) -> Consultation:
    rows = Consultation.objects.select_for_update(of=("self",)).select_related("station__parent", "county", "brand")
    return rows.get(pk=pk)


def obstacle(action: str, consultation: Consultation) -> str:
    """Why the act cannot be done in the state the consultation is in, or ""."""
    label, sources = ACTS[action]
    if consultation.state in sources:
        return ""
    return f"这次协商现在是“{consultation.get_state_display()}”，不能“{label}”。"


@contextmanager
def act(
    action: str, pk: int, *, by: User, version: int | None = None, at: dt.datetime | None = None, own: bool = False
) -> Iterator[Act]:
    """``own``: something that a party does for itself; the caller checks whose it is."""
    with transaction.atomic():
        consultation = lock(pk)
        if not own and not may_manage(by, consultation):
            raise PermissionDenied("协商议事由本站和上级站的工作人员组织。")
        if version is not None and version != consultation.version:
            raise Stale(STALE)
        if reason := obstacle(action, consultation):
            raise ConductError(reason)
        now = Act(consultation, by, at or timezone.now(), {"state": consultation.state})
        yield now
        now.set(version=consultation.version + 1)
        consultation.save(update_fields=sorted(now.changed))
        record(now, action)


def record(now: Act, action: str) -> None:
    log.append(
        now.on.chain,
        action=action,
        actor=now.by,
        seat=now.by.seats.label,
        at=now.at,
        before=now.before,
        after={"state": now.on.state, **now.after},
        note=now.note,
    )


# --- before -------------------------------------------------------------------------------


@transaction.atomic
def create(
    *,
    by: User,
    station: Station,
    table: Table,
    files: Sequence[UploadedFile] = (),
    at: dt.datetime | None = None,
    **content: Any,
) -> Consultation:
    """A consultation in preparation; nobody has been told yet."""
    if not by.seats.covers(station):
        raise PermissionDenied("协商议事由本站和上级站的工作人员发起。")
    brands.check(content.get("brand"), station)
    at = at or timezone.now()
    one = Consultation.objects.create(
        county_id=station.county_id, station=station, created_by=by, created_at=at, **content
    )
    now = Act(one, by, at, {})
    _seat(now, table)
    with stored_files.stored(one, Step.BEFORE, files, by=by) as rows:
        now.after["files"] = len(rows)
        record(now, "create")
    return one


def edit(
    pk: int,
    *,
    by: User,
    table: Table,
    version: int | None = None,
    files: Sequence[UploadedFile] = (),
    **content: Any,
) -> Consultation:
    """Whoever was told before hears of another date, time, place or topic with the next ``announce``. Once it is under
    way who came unexpectedly is added, and nobody who signed in is taken off."""
    with act("edit", pk, by=by, version=version) as now:
        if now.on.state == S.UNDERWAY and content.get("date", now.on.date) > now.today:
            raise ConductError("协商已经开始，日期不能改到以后。不能接着开的，请取消后另行协商。")
        brands.check(content.get("brand"), now.on.station, was=now.on.brand_id)
        now.after["fields"] = sorted(name for name, value in content.items() if getattr(now.on, name) != value)
        now.set(**content)
        if _seat(now, table) or any(name in ARRANGEMENT for name in now.after["fields"]):
            now.set(to_tell=now.on.state == S.PREPARING)
        with stored_files.stored(now.on, Step.BEFORE, files, by=by) as rows:
            now.after["files"] = len(rows)
    return now.on


def _seat(now: Act, table: Table) -> bool:
    """Make parties and cases those of ``table``; who stays keeps the place. Returns whether somebody is new."""
    consultation = now.on
    wanted: dict[tuple[str, Any], dict[str, Any]] = {}
    wanted |= {("deputy", one.pk): {"kind": PartyKind.DEPUTY, "deputy": one} for one in table["deputies"]}
    responsible = {"kind": PartyKind.RESPONSIBLE}
    wanted |= {("department", one.pk): {**responsible, "department": one} for one in table["departments"]}
    wanted |= {("name", name): {**responsible, "name": name} for name in table["others"]}
    there = {_identity(party): party for party in consultation.parties.all()}
    gone = [party for identity, party in there.items() if identity not in wanted]
    if signed := [party.label for party in gone if party.signed_in_at]:
        raise ConductError(f"{'、'.join(signed)}已经签到，不能移出名单。签错了的，请先撤销签到。")
    Party.objects.filter(pk__in=[party.pk for party in gone]).delete()
    new = [values for identity, values in wanted.items() if identity not in there]
    Party.objects.bulk_create([Party(consultation=consultation, **values) for values in new])
    consultation.cases.set(table["cases"])
    now.after |= {"parties": len(wanted), "cases": sorted(one.pk for one in table["cases"])}
    return bool(new)


def _identity(party: Party) -> tuple[str, Any]:
    if party.deputy_id:
        return "deputy", party.deputy_id
    return ("department", party.department_id) if party.department_id else ("name", party.name)


def missing(consultation: Consultation, *, present: bool = False) -> list[str]:
    """Which of the three kinds of party is not asked (or, ``present``, did not come)."""
    parties = consultation.parties.all()
    kinds = {party.kind for party in parties if not present or party.signed_in_at}
    return [str(kind.label) for kind in PartyKind if kind not in kinds]


def announce(pk: int, *, by: User, version: int | None = None, at: dt.datetime | None = None) -> Consultation:
    """Tell deputies and departments when, where and about what; again after a change."""
    with act("announce", pk, by=by, version=version, at=at) as now:
        if absent := missing(now.on):
            raise ConductError(f"331 协商要有三方主体，还缺：{'、'.join(absent)}。请先修改，加上以后再通知。")
        if now.on.date < now.today:
            raise ConductError("协商日期已经过了。请先修改日期再通知。")
        now.set(told_at=now.at, told_round=now.on.told_round + 1, to_tell=False)
        now.after["round"] = now.on.told_round
        telling.tell_parties(now.on, by=by)
    return now.on


def cancel(
    pk: int, *, by: User, reason: str, version: int | None = None, at: dt.datetime | None = None
) -> Consultation:
    with act("cancel", pk, by=by, version=version, at=at) as now:
        if not reason.strip():
            raise ConductError("请写明取消的原因。")
        now.set(state=S.CANCELLED, cancel_reason=reason.strip()[:200])
        now.note = now.on.cancel_reason
        if now.on.told_at:
            telling.tell_cancelled(now.on, by=by)
    return now.on


# --- during -------------------------------------------------------------------------------


def start(pk: int, *, by: User, version: int | None = None, at: dt.datetime | None = None) -> Consultation:
    """From its date on: what was held on paper is brought in later."""
    with act("start", pk, by=by, version=version, at=at) as now:
        if now.on.date > now.today:
            raise ConductError(f"协商日期是{now.on.date:%-m月%-d日}，到那一天才能开始。提前了的，请先修改日期。")
        if absent := missing(now.on):
            raise ConductError(f"331 协商要有三方主体，还缺：{'、'.join(absent)}。请先修改，加上以后再开始。")
        # Who was asked by word of mouth sees it from now on as well.
        now.set(state=S.UNDERWAY, told_at=now.on.told_at or now.at, to_tell=False)
    return now.on


def sign_in(pk: int, party_pk: int, *, by: User, who: str = "", at: dt.datetime | None = None) -> Party:
    """By the office, or by the deputy and the department themselves."""
    with act("sign_in", pk, by=by, own=True, at=at) as now:
        party = _party(now, party_pk)
        if not may_manage(by, now.on) and party not in own_parties(by, now.on):
            raise PermissionDenied("签到由本人、本单位或组织协商的工作人员办理。")
        party.signed_in_at, party.who = party.signed_in_at or now.at, who.strip()[:40] or party.who
        party.save(update_fields=["signed_in_at", "who"])
        now.after["party"] = party.pk
    return party


def undo_sign_in(pk: int, party_pk: int, *, by: User) -> Party:
    with act("sign_in", pk, by=by) as now:
        party = _party(now, party_pk)
        party.signed_in_at, party.who = None, ""
        party.save(update_fields=["signed_in_at", "who"])
        now.after |= {"party": party.pk, "undone": True}
    return party


def _party(now: Act, pk: int) -> Party:
    party = now.on.parties.select_related("deputy", "department").filter(pk=pk).first()
    if party is None:
        raise Stale("参加方的名单刚刚有变动，请刷新页面再办。")
    return party


def conclude(
    pk: int,
    *,
    by: User,
    chair: str,
    minutes: str,
    agreement: str,
    residents_came: int,
    version: int | None = None,
    files: Sequence[UploadedFile] = (),
    at: dt.datetime | None = None,
) -> Consultation:
    """纪要 and 协商结果. Only what all three kinds of party sat down to has one. Afterwards it may be put right."""
    with act("conclude", pk, by=by, version=version, at=at) as now:
        if absent := missing(now.on, present=True):
            raise ConductError(
                f"还没有签到的{'、'.join(absent)}。三方都到场才能形成协商结果：请先签到，或者取消后另行协商。"
            )
        content = {"chair": chair, "minutes": minutes, "agreement": agreement, "residents_came": residents_came}
        now.after["fields"] = sorted(name for name, value in content.items() if getattr(now.on, name) != value)
        fewer = residents_came < now.on.residents_came
        now.set(**content)
        if fewer:
            _check_votes(now.on)
        if now.on.state == S.UNDERWAY:
            now.set(state=S.FOLLOWING, concluded_on=now.today)
        with stored_files.stored(now.on, Step.DURING, files, by=by) as rows:
            now.after["files"] = len(rows)
    return now.on


# --- after --------------------------------------------------------------------------------


def rate(pk: int, *, by: User, satisfaction: str, note: str = "", at: dt.datetime | None = None) -> list[Party]:
    """A deputy or a department who came says how content they are; may be said anew until it is finished."""
    with act("rate", pk, by=by, own=True, at=at) as now:
        own = own_parties(by, now.on)
        if not own:
            raise PermissionDenied("评价由参加协商的代表和单位本人填写。")
        came = [party for party in own if party.signed_in_at]
        if not came:
            raise ConductError("没有签到的记录，不能评价。如果到场了，请工作人员补登签到。")
        open_ones = came if now.on.state != S.FINISHED else [party for party in came if not party.rated_at]
        if not open_ones:
            raise ConductError("这次协商已经办结，您的评价已经登记，不能再改。")
        for party in open_ones:
            party.satisfaction, party.rating_note, party.rated_at = satisfaction, note.strip()[:200], now.at
            party.save(update_fields=["satisfaction", "rating_note", "rated_at"])
        if _votes(now.on) > may_vote(now.on):
            raise ConductError("工作人员登记的票数里已经有您的一票，不用再评。要改的，请联系工作人员改票数。")
        now.after |= {"parties": [party.pk for party in open_ones], "satisfaction": satisfaction}
    return open_ones


def count_ratings(
    pk: int,
    *,
    by: User,
    satisfied: int,
    basically: int,
    dissatisfied: int,
    version: int | None = None,
    at: dt.datetime | None = None,
) -> Consultation:
    """Votes of those who came and did not rate with a log-in of their own: the villagers, first of all."""
    with act("count_ratings", pk, by=by, version=version, at=at) as now:
        votes, most = satisfied + basically + dissatisfied, may_vote(now.on)
        if votes > most:
            raise ConductError(
                f"三项加起来是 {votes} 票，比到场人数还多：到场群众 {now.on.residents_came} 人，"
                f"加上没有自己评价的参加方，最多 {most} 票。请核对。"
            )
        counts = {"satisfied": satisfied, "basically": basically, "dissatisfied": dissatisfied}
        now.set(**counts)
        now.after |= counts
    return now.on


def may_vote(consultation: Consultation) -> int:
    """How many of those who came have not rated with a log-in of their own."""
    others = consultation.parties.filter(signed_in_at__isnull=False, rated_at=None).count()
    return consultation.residents_came + others


def _votes(one: Consultation) -> int:
    """As the office counted them."""
    return one.satisfied + one.basically + one.dissatisfied


def _check_votes(one: Consultation) -> None:
    """Asked where fewer came than was said before: what was counted to rate stays possible."""
    if (votes := _votes(one)) > may_vote(one):
        raise ConductError({"residents_came": f"已登记 {votes} 票评价，比到场人数还多。人数没错的，请先改评价的票数。"})


def finish(
    pk: int, *, by: User, outcome: str, version: int | None = None, at: dt.datetime | None = None
) -> Consultation:
    """When every promise is kept or said not to be."""
    with act("finish", pk, by=by, version=version, at=at) as now:
        if still := now.on.promises.filter(state=PromiseState.OPEN).count():
            raise ConductError(f"还有 {still} 项承诺在办。请先逐项登记兑现或没有兑现，再办结。")
        if not outcome.strip():
            raise ConductError("请写明办结情况。")
        now.set(state=S.FINISHED, outcome=outcome.strip(), finished_on=now.today)
        telling.ask_ratings(now.on, by=by)
    return now.on


# --- material -----------------------------------------------------------------------------


def add_files(pk: int, step: str, files: Sequence[UploadedFile], *, by: User) -> int:
    with act("add_files", pk, by=by) as now, stored_files.stored(now.on, step, files, by=by) as rows:
        if not rows:
            raise ConductError("请选择要添加的材料或照片。")
        now.after |= {"step": step, "files": len(rows)}
    return len(rows)


def remove_file(pk: int, file_pk: int, *, by: User) -> None:
    """What the noticeboard shows already is a copy there, and goes with its notice."""
    with act("add_files", pk, by=by) as now:
        row = now.on.files.filter(pk=file_pk).first()
        if row is None:
            raise ConductError("这份材料已经删除。")
        now.after |= {"removed": row.pk, "step": row.step}
        stored_files.remove(row)
