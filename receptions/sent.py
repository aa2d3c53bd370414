"""What was sent of a reception day, as the office reads it: to whom, by which channel, what failed, who answered."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from messaging.models import OutboxRow, RowState
from receptions.models import Duty, ReceptionDay
from receptions.tellings import keys_of

SEATS = {
    "deputies": "值班代表",
    "stations": "驻站人员",
    "noticeboard": "工作群",
    "accounts": "站点工作人员",
}
LOOKS = {
    RowState.WAITING: "wait",
    RowState.SENDING: "wait",
    RowState.SENT: "done",
    RowState.FAILED: "bad",
    RowState.DROPPED: "end",
}


@dataclass(frozen=True)
class Delivery:
    row: OutboxRow

    @property
    def look(self) -> str:
        return LOOKS[RowState(self.row.state)]

    @property
    def words(self) -> str:
        """The channel and how it stands there; a message in the application is read or not."""
        if self.row.read_at:
            return f"{self.row.get_channel_display()}已读"
        return f"{self.row.get_channel_display()}{self.row.get_state_display()}"

    @property
    def why(self) -> str:
        """Why it was not sent, or not yet."""
        return self.row.error if self.row.state in (RowState.FAILED, RowState.WAITING) else ""


@dataclass
class Telling:
    """One message to one recipient, by all its channels."""

    name: str
    seat: str
    subject: str
    at: dt.datetime
    is_now: bool  # of the day as it is arranged now
    duty: Duty | None = None  # what it asks to be acknowledged, if anything
    deliveries: list[Delivery] = field(default_factory=list)


@dataclass(frozen=True)
class Sent:
    now: list[Telling]
    before: list[Telling]

    @property
    def failed(self) -> int:
        deliveries = [one for telling in self.now for one in telling.deliveries]
        return sum(one.row.state == RowState.FAILED for one in deliveries)


def sent(day: ReceptionDay) -> Sent:
    """Two queries."""
    duties = {f"deputies.reach.contact:{duty.deputy_id}": duty for duty in day.duties.all()}
    found: dict[tuple[str, str], Telling] = {}
    for row in OutboxRow.objects.filter(key__in=keys_of(day)).order_by("id"):
        telling = found.get((row.key, row.recipient))
        if telling is None:
            telling = found[row.key, row.recipient] = _telling(row, day, duties)
        telling.deliveries.append(Delivery(row))
    tellings = list(found.values())
    return Sent([one for one in tellings if one.is_now], [one for one in tellings if not one.is_now])


def _telling(row: OutboxRow, day: ReceptionDay, duties: dict[str, Duty]) -> Telling:
    question, _, arguments = row.relevance.partition(":")
    asks = question.rpartition(".")[2] in ("on_duty", "asked_again")
    return Telling(
        name=row.name,
        seat=SEATS.get(row.contact.partition(".")[0], ""),
        subject=row.subject,
        at=row.created_at,
        is_now=arguments.split(":")[1:2] == [str(day.revision)],
        duty=duties.get(row.contact) if asks else None,
    )
