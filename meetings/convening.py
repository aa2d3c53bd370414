"""常委会会议: arranged, deputies invited and told, citizens signed up, everybody signed in on the day, closed.

The county office does all of it; a deputy answers for oneself. Each act locks the meeting first.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from deputies.models import Deputy, Status
from history.models import Event
from meetings import telling
from meetings.models import Answer, Attendee, AttendeeKind, Citizen, Meeting, MeetingState
from stations.changes import record
from stations.models import County

if TYPE_CHECKING:
    from accounts.models import User

TOLD = ("held_on", "starts_at", "place")  # who was invited hears of a change of these


def may_arrange(user: User, county_id: int) -> bool:
    return county_id in user.seats.office_county_ids


def may_answer(user: User, one: Attendee) -> bool:
    """The deputy; the county office, when the deputy has said it by telephone."""
    if one.kind != AttendeeKind.DEPUTY:
        return False
    return one.deputy_id in user.seats.deputy_ids or may_arrange(user, one.meeting.county_id)


# --- the meeting --------------------------------------------------------------------------


@transaction.atomic
def create(county: County, *, by: User, **fields: Any) -> Meeting:
    _require_office(by, county.pk)
    one = Meeting(county=county, **fields)
    _save(one)
    record(county.pk, "meeting_create", actor=by, after={"meeting": one.pk, "on": one.held_on})
    return one


@transaction.atomic
def edit(pk: int, *, by: User, **fields: Any) -> Meeting:
    """Whoever was invited and has not said no hears of another date, hour or place."""
    one = _lock(pk, by)
    if one.state == MeetingState.CANCELLED:
        raise ValidationError("这次会议已经取消，不能再修改。")
    before = {name: getattr(one, name) for name in fields}
    for name, value in fields.items():
        setattr(one, name, value)
    changed = [name for name, value in before.items() if value != getattr(one, name)]
    if "held_on" in changed:
        _check_took_place(one)
    moved = one.is_planned and any(name in TOLD for name in changed)
    one.revision += moved
    _save(one)
    record(one.county_id, "meeting_edit", actor=by, after={"meeting": one.pk, "fields": changed})
    if moved:
        telling.moved(one, _expected(one))
    return one


def _check_took_place(one: Meeting) -> None:
    """A meeting at which people were is not still to come."""
    if one.held_on > timezone.localdate() and (one.state == MeetingState.HELD or one.attendees.present().exists()):
        raise ValidationError({"held_on": "会议已经召开或有人签到，日期不能改到今天以后。"})


@transaction.atomic
def cancel(pk: int, *, by: User, reason: str) -> Meeting:
    one = _lock(pk, by)
    if not one.is_planned:
        raise ValidationError(f"这次会议{one.get_state_display()}，不能取消。")
    if one.attendees.present().exists():
        raise ValidationError("已经有人签到，不能取消；开完了请按“结束登记”。")
    one.state, one.cancel_reason = MeetingState.CANCELLED, reason
    one.save(update_fields=["state", "cancel_reason"])
    record(one.county_id, "meeting_cancel", actor=by, after={"meeting": one.pk}, note=reason)
    telling.cancelled(one, _expected(one))
    return one


@transaction.atomic
def conclude(pk: int, *, by: User) -> Meeting:
    """Sign-in is closed; from now on the meeting counts."""
    one = _planned(pk, by)
    if one.held_on > timezone.localdate():
        raise ValidationError("会议还没有召开，会议当天起才能结束登记。")
    one.state = MeetingState.HELD
    one.save(update_fields=["state"])
    after = {"meeting": one.pk, "deputies": one.attendees.deputies().present().count()}
    record(one.county_id, "meeting_conclude", actor=by, after=after)
    return one


@transaction.atomic
def reopen(pk: int, *, by: User) -> Meeting:
    """To put a sign-in right afterwards."""
    one = _lock(pk, by)
    if one.state != MeetingState.HELD:
        raise ValidationError(f"这次会议{one.get_state_display()}，不用重新登记。")
    one.state = MeetingState.PLANNED
    one.save(update_fields=["state"])
    record(one.county_id, "meeting_reopen", actor=by, after={"meeting": one.pk})
    return one


# --- who attends --------------------------------------------------------------------------


@transaction.atomic
def invite(pk: int, deputies: Iterable[Deputy], *, by: User) -> list[Attendee]:
    """Those who are invited already are passed over. They are told where the meeting is still to come."""
    one = _planned(pk, by)
    known = set(one.attendees.deputies().values_list("deputy", flat=True))
    chosen = [deputy for deputy in deputies if deputy.pk not in known]
    if any(deputy.county_id != one.county_id or deputy.status != Status.SERVING for deputy in chosen):
        raise ValidationError("只能邀请本县在任的代表，请重新选。")
    if not chosen:
        raise ValidationError("请选要邀请的代表；已经邀请过的不用再选。")
    rows = [Attendee(meeting=one, kind=AttendeeKind.DEPUTY, deputy=deputy, entered_by=by) for deputy in chosen]
    Attendee.objects.bulk_create(rows)
    after = {"meeting": one.pk, "deputies": [deputy.pk for deputy in chosen]}
    record(one.county_id, "meeting_invite", actor=by, after=after)
    telling.invited(one, rows)
    return rows


@transaction.atomic
def add_citizen(pk: int, *, by: User, name: str = "", phone: str = "", address: str = "") -> Attendee:
    one = _planned(pk, by)
    row = Attendee.objects.create(meeting=one, kind=AttendeeKind.CITIZEN, answer=Answer.COMING, entered_by=by)
    Citizen.objects.create(attendee=row, name=name, phone=phone, address=address)
    record(one.county_id, "meeting_citizen", actor=by, after={"meeting": one.pk, "attendee": row.pk})
    return row


@transaction.atomic
def answer(pk: int, *, by: User, coming: bool, reason: str = "") -> Attendee:
    """May be changed until the day of the meeting is over."""
    with _row(pk) as row:
        if not may_answer(by, row):
            raise PermissionDenied("能否参加由被邀请的代表答复。")
        if not row.meeting.is_planned or row.meeting.held_on < timezone.localdate():
            raise ValidationError("会议已经结束或取消，不用再答复。")
        if row.signed_in_at:
            raise ValidationError("已经签到，不用再答复。")
        if not coming and not reason.strip():
            raise ValidationError("请写明不能参加的原因。")
        row.answer = Answer.COMING if coming else Answer.DECLINED
        row.reason, row.answered_at = "" if coming else " ".join(reason.split())[:200], timezone.now()
        row.save(update_fields=["answer", "reason", "answered_at"])
        _note("meeting_answer", row, by, note=row.reason, answer=row.answer)
        telling.answered(row, by=by)
    return row


@transaction.atomic
def sign_in(pk: int, *, by: User) -> Attendee:
    """Pressing twice is once. Not before the day of the meeting."""
    with _row(pk) as row:
        _open_for(row, by)
        if row.meeting.held_on > timezone.localdate():
            raise ValidationError("还没有到会议日期，不能签到。")
        if row.signed_in_at is None:
            row.signed_in_at = timezone.now()
            row.save(update_fields=["signed_in_at"])
            _note("meeting_sign_in", row, by)
    return row


@transaction.atomic
def undo_sign_in(pk: int, *, by: User) -> Attendee:
    with _row(pk) as row:
        _open_for(row, by)
        if row.signed_in_at is not None:
            row.signed_in_at = None
            row.save(update_fields=["signed_in_at"])
            _note("meeting_undo_sign_in", row, by)
    return row


@transaction.atomic
def take_off(pk: int, *, by: User) -> Meeting:
    """Entered or invited by mistake; a deputy who has not said no is told."""
    with _row(pk) as row:
        _open_for(row, by)
        if row.signed_in_at:
            raise ValidationError("已经签到，不能移出；签错了请先撤销签到。")
        _note("meeting_take_off", row, by, deputy=row.deputy_id)
        if row.kind == AttendeeKind.DEPUTY and row.answer != Answer.DECLINED:
            telling.taken_off(row)
        row.delete()
    return row.meeting


@transaction.atomic
def erase_citizen(pk: int, *, by: User) -> Citizen:
    """On the person's request: name, telephone, address. That somebody listened stays counted."""
    with _row(pk) as row:
        _require_office(by, row.meeting.county_id)
        if row.kind != AttendeeKind.CITIZEN or row.citizen.erased_at:
            raise ValidationError("个人信息已经删除。")
        person = row.citizen
        person.name = person.phone = person.address = ""
        person.erased_at = timezone.now()
        person.save()
        _note("meeting_erase_citizen", row, by)
    return person


def note_look(one: Meeting, *, by: User, address: str | None = None) -> None:
    """Citizens' names were shown in full to ``by``: an event, the first time that day."""
    start = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    looks = Event.objects.filter(chain=one.county.chain, actor=by, at__gte=start, action="view_citizens")
    if one.attendees.citizens().exists() and not looks.filter(after__meeting=one.pk).exists():
        record(one.county_id, "view_citizens", actor=by, after={"meeting": one.pk}, address=address)


# --- what the acts share ------------------------------------------------------------------


def _require_office(by: User, county_id: int) -> None:
    if not may_arrange(by, county_id):
        raise PermissionDenied("常委会会议由县人大常委会代表工委安排。")


def _hold(pk: int) -> Meeting:
    return Meeting.objects.select_for_update(of=("self",)).select_related("county").get(pk=pk)


def _lock(pk: int, by: User) -> Meeting:
    one = _hold(pk)
    _require_office(by, one.county_id)
    return one


def _planned(pk: int, by: User) -> Meeting:
    one = _lock(pk, by)
    _require_planned(one)
    return one


def _require_planned(one: Meeting) -> None:
    if one.state == MeetingState.HELD:
        raise ValidationError("这次会议的登记已经结束。要补登、更正，请先按“重新登记”。")
    if one.state == MeetingState.CANCELLED:
        raise ValidationError("这次会议已经取消。")


def _save(one: Meeting) -> None:
    try:
        with transaction.atomic():
            one.save()
    except IntegrityError:
        raise ValidationError({"number": f"{one.title}已经登记过了。"}) from None


@contextmanager
def _row(pk: int) -> Iterator[Attendee]:
    """The row with its meeting, both locked: the meeting first."""
    rows = Attendee.objects.filter(pk=pk)
    meeting_pk = rows.values_list("meeting_id", flat=True).first()
    meeting = _hold(meeting_pk) if meeting_pk else None
    row = rows.select_for_update(of=("self",)).select_related("deputy__user", "citizen").first()
    if meeting is None or row is None:
        raise ValidationError("这个人已经移出名单，请刷新页面。")
    row.meeting = meeting
    yield row


def _open_for(row: Attendee, by: User) -> None:
    _require_office(by, row.meeting.county_id)
    _require_planned(row.meeting)


def _note(action: str, row: Attendee, by: User, *, note: str = "", **after: Any) -> None:
    after = {"meeting": row.meeting_id, "attendee": row.pk, "deputy": row.deputy_id, **after}
    record(row.meeting.county_id, action, actor=by, after=after, note=note)


def _expected(one: Meeting) -> list[Attendee]:
    found = one.attendees.deputies().exclude(answer=Answer.DECLINED)
    return list(found.select_related("deputy__user"))
