"""满意度测评: who may do what with a round, in which state, and the one way through: lock, check, change, event.

The votes themselves are in ``ballots.py`` (codes) and ``tallies.py`` (paper); what follows is in ``publishing.py``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from deputies import ties
from stations.models import County, Department, Kind
from supervision.acts import record
from supervision.models import Project, Rectification, Round, RoundKind, RoundState, Subject, Way
from supervision.models.round import LEAST_VOTERS

if TYPE_CHECKING:
    from accounts.models import User

S = RoundState


@dataclass(frozen=True)
class Action:
    label: str
    sources: tuple[RoundState, ...]
    way: Way | None = None


ACTIONS = {
    "edit": Action("修改", (S.DRAFT,)),
    "issue": Action("生成投票码", (S.DRAFT,), Way.CODES),
    "open": Action("开始投票", (S.DRAFT,), Way.CODES),
    "close": Action("结束投票并计票", (S.OPEN,), Way.CODES),
    "type_tally": Action("录入计票结果", (S.DRAFT,), Way.PAPER),
    "confirm_tally": Action("复核无误", (S.TYPED,), Way.PAPER),
    "return_tally": Action("退回重录", (S.TYPED,), Way.PAPER),
    "publish": Action("公布结果", (S.SEALED,)),
    "void": Action("作废", (S.DRAFT, S.OPEN, S.TYPED)),
}


class RoundError(ValidationError):
    """A wrong moment or a wrong number, in words."""


def may_manage(user: User, county_id: int) -> bool:
    return county_id in user.seats.office_county_ids


def require_office(user: User, county_id: int) -> None:
    if not may_manage(user, county_id):
        raise PermissionDenied("满意度测评由县人大常委会代表工委组织。")


def obstacle(action: str, one: Round) -> str:
    """Why the action cannot be taken on the round as it is now, or ""."""
    rule = ACTIONS[action]
    if one.state not in rule.sources:
        return f"这次测评现在是“{one.get_state_display()}”，不能“{rule.label}”。"
    if rule.way is not None and one.way != rule.way:
        return f"这次测评用的是{one.get_way_display()}，不能“{rule.label}”。"
    return ""


def open_to(user: User, one: Round) -> list[str]:
    """The actions for buttons."""
    if not may_manage(user, one.county_id):
        return []
    return [
        name for name in ACTIONS if not obstacle(name, one) and not (name == "confirm_tally" and one.typed_by == user)
    ]


# --- the way through ----------------------------------------------------------------------


@dataclass
class Step:
    """``after`` goes into the event: states, numbers and the seal, never anything of one ballot."""

    round: Round
    before: str
    after: dict[str, Any] = field(default_factory=dict)
    note: str = ""


def lock(pk: int) -> Round:
    return Round.objects.select_for_update(of=("self",)).select_related("county").get(pk=pk)


@contextmanager
def step(pk: int, action: str, *, by: User) -> Iterator[Step]:
    with transaction.atomic():
        one = lock(pk)
        require_office(by, one.county_id)
        if why := obstacle(action, one):
            raise RoundError(why)
        now = Step(one, one.state)
        yield now
        one.save()
        _record(now, action, by)


def _record(now: Step, action: str, by: User) -> None:
    after = {"state": now.round.state, **now.after}
    record(now.round, f"round_{action}", actor=by, before={"state": now.before}, after=after, note=now.note)


# --- making one ---------------------------------------------------------------------------


def members_of(county_id: int) -> int:
    """常委会组成人员 in office."""
    return ties.members([county_id]).count()


def departments_of(county_ids: Sequence[int]) -> QuerySet[Department]:
    """County departments; the committee evaluates no township's."""
    found = Department.objects.filter(is_active=True, station__kind=Kind.HUB, station__county__in=county_ids)
    return found.order_by("name")


def check_present(present: int, members: int) -> None:
    """地方组织法: the committee meets when more than half of its members are there."""
    if not members:
        raise RoundError({"present": "还没有登记常委会组成人员，请先在“联系制度 › 常委会组成人员”里登记。"})
    if present > members:
        raise RoundError({"present": f"在任组成人员 {members} 人，出席人数不能超过。"})
    least = max(members // 2 + 1, LEAST_VOTERS)
    if present < least:
        raise RoundError({"present": f"组成人员 {members} 人，过半数出席才能开会，至少 {least} 人。"})


@transaction.atomic
def create(
    county: County,
    *,
    by: User,
    subjects: Sequence[Department | Project],
    again_for: Rectification | None = None,
    **said: Any,
) -> Round:
    """``subjects``: a department's work as a whole, or a project. ``said``: kind, year, title, way, held_on, present, meeting."""
    require_office(by, county.pk)
    one = Round(county=county, created_by=by, created_at=timezone.now(), again_for=again_for, **said)
    _check(one, subjects)
    one.save()
    _put_subjects(one, subjects)
    now = Step(one, "", {"kind": one.kind, "year": one.year, "way": one.way, "subjects": len(subjects)})
    _record(now, "create", by)
    return one


def edit(pk: int, *, by: User, subjects: Sequence[Department | Project], **said: Any) -> Round:
    """Codes that were made go with a change: the number of members present may be another, the slips name the round."""
    with step(pk, "edit", by=by) as now:
        one = now.round
        for name, value in said.items():
            setattr(one, name, value)
        _check(one, subjects)
        _put_subjects(one, subjects)
        now.after = {"subjects": len(subjects), "present": one.present, "codes_dropped": one.codes.count()}
        one.codes.all().delete()
    return one


def _check(one: Round, subjects: Sequence[Department | Project]) -> None:
    if not subjects:
        raise RoundError({"departments": "请至少选一个测评对象。"})
    named = [(about.department_id, about.title) if isinstance(about, Project) else (about.pk, "") for about in subjects]
    if len(set(named)) < len(named):
        raise RoundError({"projects": "有两个项目同单位、同名称，票上分不清，请先改项目名称，或只选一个。"})
    if one.kind == RoundKind.AGAIN and one.again_for is None:
        raise RoundError({"kind": "复评从整改页面发起。"})
    today = timezone.localdate()
    if not today.year - 1 <= one.year <= today.year + 1:
        raise RoundError({"year": f"年度应在 {today.year - 1} 到 {today.year + 1} 之间。"})
    if abs(one.held_on - today) > dt.timedelta(days=366):
        raise RoundError({"held_on": "测评日期离今天超过一年，请核对。"})
    one.members = members_of(one.county_id)
    check_present(one.present, one.members)


def _put_subjects(one: Round, subjects: Sequence[Department | Project]) -> None:
    one.subjects.all().delete()
    Subject.objects.bulk_create(
        Subject(
            round=one,
            department=about.department if isinstance(about, Project) else about,
            project=about if isinstance(about, Project) else None,
            matter=about.title if isinstance(about, Project) else "",
            position=position,
        )
        for position, about in enumerate(subjects, start=1)
    )


def void(pk: int, *, by: User, reason: str) -> Round:
    """Before it is counted only. What was voted so far is forgotten, so that nobody learns how it stood."""
    with step(pk, "void", by=by) as now:
        if not reason.strip():
            raise RoundError({"reason": "请写明作废的原因。"})
        one = now.round
        one.codes.all().delete()
        one.subjects.update(satisfied=0, basically=0, dissatisfied=0, abstained=0)
        one.issued = one.returned = one.valid = None
        one.state, one.reason, now.note = S.VOID, reason.strip(), reason.strip()
    return one
