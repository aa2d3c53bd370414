"""Invitation of a department's head to a reception day (邀请进站): asked, answered, whether somebody came, and what came
of it. Each act locks the day, then the invitation; the arrangement that was told is brought up to date."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from deputies.models import Deputy, Level
from messaging import outbox
from receptions.access import may_manage
from receptions.arrangements import staff_near, when
from receptions.changes import record
from receptions.models import UNFINISHED, DayState, Invitation, InvitationState, ReceptionDay
from receptions.schedule import line
from receptions.sittings import SittingError, Stale, lock
from stations.models import Department
from stations.staff import clerks

if TYPE_CHECKING:
    from deputies.models import DeputyQuerySet

# Their stations may ask a department in: each is linked to one (博爱县：省、市代表对口联系县直部门).
LINKED = (Level.PROVINCE, Level.CITY)


@dataclass
class Act:
    one: Invitation
    by: User
    before: dict[str, Any]
    after: dict[str, Any] = field(default_factory=dict)
    note: str = ""

    @property
    def day(self) -> ReceptionDay:
        return self.one.day


# --- who may what -------------------------------------------------------------------------


def may_invite(user: User, day: ReceptionDay, deputy: Deputy | None = None) -> bool:
    """The office of the day; for a provincial or municipal deputy the staff of the deputy's station, too."""
    if may_manage(user, day.station):
        return True
    home = deputy.home_station if deputy and deputy.level in LINKED else None
    return home is not None and user.seats.covers(home)


def deputies_for(user: User, day: ReceptionDay) -> DeputyQuerySet:
    """On whose behalf ``user`` may invite to ``day``."""
    serving = Deputy.objects.serving().filter(county=day.county_id)
    if may_manage(user, day.station):
        return serving.filter(Q(level__in=LINKED) | Q(duties__day=day)).distinct()
    return serving.filter(user.seats.subtree("home_station__"), level__in=LINKED)


def may_ask(user: User, day: ReceptionDay) -> bool:
    return may_manage(user, day.station) or deputies_for(user, day).exists()


def departments_for(day: ReceptionDay) -> QuerySet[Department]:
    """Departments of the day's station and of those above it."""
    return Department.objects.filter(is_active=True, station__path__in=line(day.station.path)).select_related("station")


def may_answer(user: User, one: Invitation) -> bool:
    return one.department_id in user.seats.department_ids


def may_withdraw(user: User, one: Invitation) -> bool:
    return may_invite(user, one.day, one.deputy)


# --- acts ---------------------------------------------------------------------------------


@transaction.atomic
def invite(day_pk: int, *, by: User, department: Department, matter: str, deputy: Deputy | None = None) -> Invitation:
    """Ask the department's head to the day; its staff are told."""
    day = lock(day_pk)
    if not may_invite(by, day, deputy):
        raise PermissionDenied("邀请单位进站，由本站、上级站或省、市代表所在站的工作人员办理。")
    _standing(day)
    if day.date < timezone.localdate():
        raise SittingError("接待日已经过了，不能再邀请。")
    if not departments_for(day).filter(pk=department.pk).exists():
        raise SittingError(f"{department.name}不是本站或上级站的承办单位，不能邀请。")
    if deputy is not None and not deputies_for(by, day).filter(pk=deputy.pk).exists():
        raise SittingError(f"{deputy.name}不能作为这次邀请的联系代表。")
    if Invitation.objects.filter(day=day, department=department).exclude(state=InvitationState.WITHDRAWN).exists():
        raise SittingError(f"{department.name}已经邀请过了，一个接待日一个单位邀请一次。")
    if not matter.strip():
        raise SittingError("请写明事由，单位好准备。")
    one = Invitation.objects.create(day=day, department=department, deputy=deputy, matter=matter.strip(), asked_by=by)
    record(day, "invite", actor=by, after={"invitation": one.pk, "department": department.pk}, note=one.matter)
    _tell(one, "asked", clerks([department]), f"邀请进站：{day.date:%-m月%-d日}{day.station.name}", by=by)
    return one


def accept(pk: int, *, by: User, guest: str, note: str = "") -> Invitation:
    """``guest`` is name and post of who comes; it is part of the arrangement from now on."""
    with _act(pk, "invitation_accept", by=by) as now:
        _answerable(now)
        if not guest.strip():
            raise SittingError("请写明到站负责人的姓名和职务。")
        _answer(now, InvitationState.ACCEPTED, note)
        now.one.guest = " ".join(guest.split())
        _arrangement_changed(now.day)
        _tell(now.one, "accepted", _office(now.one), f"{now.one.department.name}应邀到站：{now.one.guest}", by=by)
    return now.one


def decline(pk: int, *, by: User, reason: str) -> Invitation:
    with _act(pk, "invitation_decline", by=by) as now:
        _answerable(now)
        if not reason.strip():
            raise SittingError("请写明不能到站的原因。")
        came = now.one.state == InvitationState.ACCEPTED
        _answer(now, InvitationState.DECLINED, reason)
        now.one.guest = ""
        if came:
            _arrangement_changed(now.day)
        _tell(now.one, "declined", _office(now.one), f"{now.one.department.name}不能到站", by=by)
    return now.one


def withdraw(pk: int, *, by: User, reason: str) -> Invitation:
    with _act(pk, "invitation_withdraw", by=by) as now:
        one = now.one
        if not may_withdraw(by, one):
            raise PermissionDenied("撤回邀请由发出邀请的站点办理。")
        if one.state == InvitationState.WITHDRAWN:
            raise Stale("这份邀请已经撤回。")
        if one.came is not None:
            raise SittingError("已经登记了到站情况，不能撤回。")
        if not reason.strip():
            raise SittingError("请写明撤回的原因。")
        if one.state == InvitationState.ACCEPTED:
            _arrangement_changed(now.day)
        one.state, now.note = InvitationState.WITHDRAWN, reason.strip()
        _tell(
            one,
            "withdrawn",
            clerks([one.department]),
            f"邀请已撤回：{one.day.date:%-m月%-d日}{one.day.station.name}",
            by=by,
        )
    return now.one


def conclude(pk: int, *, by: User, came: bool, outcome: str) -> Invitation:
    """Whether somebody came, and what came of it: from the day on, as often as something is to be put right."""
    with _act(pk, "invitation_outcome", by=by) as now:
        one = now.one
        if not may_withdraw(by, one):
            raise PermissionDenied("到站情况由发出邀请的站点登记。")
        if one.state == InvitationState.WITHDRAWN:
            raise Stale("这份邀请已经撤回。")
        if one.day.date > timezone.localdate() or one.day.state == DayState.CANCELLED:
            raise SittingError("接待日当天和以后才能登记到站情况。")
        if came and not outcome.strip():
            raise SittingError("请写明到站答复了什么、答应了什么。")
        now.before["came"], now.after["came"] = one.came, came
        one.came, one.outcome, now.note = came, outcome.strip(), outcome.strip()
    return now.one


@contextmanager
def _act(pk: int, action: str, *, by: User) -> Iterator[Act]:
    with transaction.atomic():
        day = lock(Invitation.objects.values_list("day_id", flat=True).get(pk=pk))
        rows = Invitation.objects.select_for_update(of=("self",)).select_related("department", "deputy__home_station")
        one = rows.get(pk=pk)
        one.day = day
        now = Act(one, by, {"answer": one.state})
        yield now
        one.save()
        after = {"invitation": one.pk, "answer": one.state, **now.after}
        record(day, action, actor=by, before=now.before, after=after, note=now.note)


def _standing(day: ReceptionDay) -> None:
    if day.state not in UNFINISHED:
        raise Stale(f"这个接待日现在是“{day.get_state_display()}”，不能再邀请或答复。")


def _answerable(now: Act) -> None:
    """A department may change its answer until the day is over."""
    if not may_answer(now.by, now.one):
        raise PermissionDenied("邀请由被邀请的单位答复。")
    if now.one.state == InvitationState.WITHDRAWN:
        raise Stale("这份邀请已经撤回，不用答复。")
    _standing(now.day)
    if now.day.date < timezone.localdate():
        raise SittingError("接待日已经过了，不能再答复。")


def _answer(now: Act, state: InvitationState, text: str) -> None:
    one = now.one
    one.state, one.answer = state, " ".join(text.split())[:200]
    one.answered_by, one.answered_at = now.by, timezone.now()
    now.note = one.answer


def _arrangement_changed(day: ReceptionDay) -> None:
    """The reminder brings the notice up to date at its next run."""
    day.to_tell = True
    day.save(update_fields=["to_tell"])


# --- who is told --------------------------------------------------------------------------


def _office(one: Invitation) -> list[User]:
    """Who invited, and the staff of the day's station, or of the nearest station above that has somebody."""
    people = [one.asked_by] if one.asked_by and one.asked_by.is_active else []
    return list({person.pk: person for person in [*people, *staff_near(one.day.station)]}.values())


def _tell(one: Invitation, what: str, people: Iterable[User], subject: str, *, by: User) -> None:
    moment = one.answered_at if what in ("accepted", "declined") else None
    outbox.tell(
        key=f"{one.day.chain}:invitation:{one.pk}:{what}" + (f":{moment.timestamp():.0f}" if moment else ""),
        people=[person for person in people if person != by],
        subject=subject,
        body=f"{when(one.day)}，{one.day.station.name}\n事由：{one.matter}",
        link=reverse("receptions:invitation", args=[one.pk]),
        relevance=f"receptions.invitations.still:{one.pk}:{one.state}",
        scope=one.day.station.path,
    )


def still(pk: str, state: str) -> bool:
    """Asked when it is sent: whether the invitation stands as it was told."""
    return Invitation.objects.filter(pk=pk, state=state).exists()
