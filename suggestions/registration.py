"""How a case begins: registered by staff, deputies and officers, or submitted by a voter."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from deputies.models import Deputy
from liaison.lib.querycodes import new_code
from receptions import sittings
from receptions.models import ReceptionDay
from stations.models import County, Station
from suggestions import notices
from suggestions.attachments import attach
from suggestions.choices import STAFF_CHANNELS, Channel, Kind, State
from suggestions.errors import NotAllowed, WorkflowError
from suggestions.models import Suggestion, Voter
from suggestions.numbering import lock_series, next_number
from suggestions.steps import Step, files_follow, record
from suggestions.transitions import Voice

if TYPE_CHECKING:
    from accounts.models import User


@dataclass(frozen=True)
class VoterData:
    """The least that is needed: never an ID number."""

    name: str = ""
    phone: str = ""
    address: str = ""
    gender: str = ""
    age_band: str = ""


def stations_to_register_at(user: User) -> Any:
    """Where ``user`` may register a case: staff within their subtree, deputies and officers at their own station."""
    return Station.objects.filter(user.seats.subtree() | Q(pk__in=_own_stations(user)), is_active=True)


def _own_stations(user: User) -> set[int]:
    homes = {deputy.home_station_id for deputy in user.seats.deputies if deputy.home_station_id}
    return homes | user.seats.officer_station_ids


def may_register(user: User, station: Station, day: ReceptionDay | None = None) -> bool:
    """Also a deputy on duty that ``day``, at whichever station it is held."""
    if day and day.station_id == station.pk and sittings.is_on_duty(user, day):
        return station.is_active
    return station.is_active and (user.seats.covers(station) or station.pk in _own_stations(user))


def _check_day(day: ReceptionDay, station: Station, channel: str, happened_on: dt.date | None) -> None:
    if day.station_id != station.pk:
        raise WorkflowError("接待日不是这个站点的。")
    if channel != Channel.RECEPTION:
        raise WorkflowError("接待日登记的意见，渠道只能是“接待日”。")
    if happened_on not in (None, day.date):
        raise WorkflowError("接待日登记的意见，反映日期就是接待日当天。")


def register(
    *,
    by: User,
    station: Station,
    channel: str,
    title: str,
    content: str,
    voters: Sequence[VoterData] = (),
    deputy: Deputy | None = None,
    happened_on: dt.date | None = None,
    field: str = "",
    kind: str = Kind.OPINION,
    demand: str = "",
    place: str = "",
    opinion: str = "",
    reception_day: ReceptionDay | None = None,
    officer_help: str = "",
    may_publish: bool = False,
    files: Sequence[UploadedFile] = (),
    token: str = "",
    at: dt.datetime | None = None,
) -> Suggestion:
    """A case that somebody with a seat took down. The same ``token`` again gives the case it already made.

    With ``reception_day`` it was told on that day, at its station, to one of its deputies on duty or to nobody.
    """
    if not may_register(by, station, reception_day):
        raise NotAllowed(f"您不能在{station.name}登记意见。")
    if reception_day:
        _check_day(reception_day, station, channel, happened_on)
        happened_on = reception_day.date
    if channel not in STAFF_CHANNELS:
        raise WorkflowError("请选择反映渠道。")
    now = at or timezone.now()
    today = timezone.localdate(now)
    if happened_on and happened_on > today:
        raise WorkflowError("反映日期不能晚于今天。")
    if happened_on and happened_on < today - dt.timedelta(days=366):
        raise WorkflowError("反映日期超过一年，请核对；确需补录，请在内容中注明原日期。")
    if deputy and deputy.county_id != station.county_id:
        raise WorkflowError("接待代表必须是本县代表。")
    return _create(
        action="register",
        state=State.REGISTERED,
        by=by,
        at=now,
        station=station,
        voters=voters,
        files=files,
        token=token,
        channel=channel,
        title=title,
        content=content,
        deputy=deputy,
        happened_on=happened_on or today,
        field=field,
        kind=kind,
        demand=demand,
        place=place,
        opinion=opinion,
        reception_day=reception_day,
        officer_help=officer_help.strip(),
        may_publish=may_publish,
    )


def submit(
    *,
    station: Station,
    title: str,
    content: str,
    voter: VoterData,
    deputy: Deputy | None = None,
    channel: str = Channel.WEB,
    place: str = "",
    may_publish: bool = False,
    by_guardian: bool = False,
    held_words: str = "",
    files: Sequence[UploadedFile] = (),
    token: str = "",
    at: dt.datetime | None = None,
) -> Suggestion:
    """A message that a voter left. The same ``token`` again gives the case it already made.

    ``by_guardian``: a parent sends it for a child under 14 (个人信息保护法 art 31). ``held_words``: what whoever sorts
    it is to read with care.
    """
    if not station.is_active:
        raise WorkflowError("这个站点已停用，请选择其他站点。")
    if channel not in (Channel.WEB, Channel.WECHAT):
        raise WorkflowError("请选择反映渠道。")
    if deputy and deputy.county_id != station.county_id:
        raise WorkflowError("只能给本县代表留言。")
    now = at or timezone.now()
    return _create(
        action="submit",
        state=State.SUBMITTED,
        by=Voice.VOTER,
        at=now,
        station=station,
        voters=[voter],
        files=files,
        token=token,
        channel=channel,
        title=title,
        content=content,
        deputy=deputy,
        happened_on=timezone.localdate(now),
        place=place,
        may_publish=may_publish,
        held_words=held_words[:200],
        extra={"guardian": True} if by_guardian else {},
    )


@transaction.atomic
def _create(
    *,
    action: str,
    state: State,
    by: User | Voice,
    at: dt.datetime,
    station: Station,
    voters: Sequence[VoterData],
    files: Sequence[UploadedFile],
    token: str,
    title: str,
    content: str,
    extra: dict[str, Any] | None = None,
    **fields: Any,
) -> Suggestion:
    """``extra`` is what the first event says beside the usual."""
    if not title.strip() or not content.strip():
        raise WorkflowError("标题和反映事项都要填写。")
    if at > timezone.now() + dt.timedelta(minutes=5):
        raise WorkflowError("时间不能晚于现在。")
    county = County.objects.select_related("rules").get(pk=station.county_id)
    year = timezone.localdate(at).year
    day: ReceptionDay | None = fields.get("reception_day")
    if day:  # before the series: whoever changes the day waits for nothing else
        day = fields["reception_day"] = sittings.lock(day.pk)
    series = lock_series(county, year)
    # The lock on the series also makes the second of two equal forms wait, and then find what the first has made.
    if token and (made := Suggestion.objects.filter(form_token=token).first()):
        return made
    if day and not isinstance(by, Voice):
        sittings.check_entry(day, by=by, deputy=fields.get("deputy"))
    seq, number = next_number(series)
    case = Suggestion(
        county=county,
        station=station,
        desk=station,
        year=year,
        seq=seq,
        number=number,
        title=title.strip(),
        content=content.strip(),
        created_at=at,
        registered_by=None if isinstance(by, Voice) else by,
        query_code=new_code(),
        form_token=token or None,
        version=1,
        **fields,
    )
    now = Step(case=case, action=action, by=by, at=at)
    now.move(state)
    with files_follow(now):
        case.save()
        _store_voters(case, voters)
        if day:
            sittings.count_in(day)
        attach(now, files)
        now.after |= {"channel": case.channel, "station": station.pk, "voters": len(voters), **(extra or {})}
        record(now, {})
        case.save(update_fields=["event_seq", "event_hash"])
        notices.after(now)
    return case


def _store_voters(case: Suggestion, voters: Sequence[VoterData]) -> None:
    rows = [Voter(suggestion=case, **vars(voter)) for voter in voters if any(vars(voter).values())]
    for row in rows:
        row.save()
