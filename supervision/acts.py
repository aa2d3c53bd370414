"""What every act of this room has in common: the event in its history, and who is told of it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Protocol

from accounts.models import User
from history import log
from messaging import outbox

if TYPE_CHECKING:
    from supervision.models import Group


class Chained(Protocol):
    pk: int

    @property
    def chain(self) -> str: ...


def record(thing: Chained, action: str, *, actor: User | None = None, **what: Any) -> None:
    """An event in the thing's own history; without an actor the system did it."""
    log.append(thing.chain, action=action, actor=actor, seat=actor.seats.label if actor else "", **what)


def leader_of(group: Group | None) -> list[User]:
    leader = group.leader if group else None
    return [leader.user] if leader and leader.user and leader.user.is_active else []


def tell(people: Iterable[User | None], *, by: User | None = None, **message: Any) -> int:
    """As ``outbox.tell``; each once, and not who did it."""
    chosen = {person.pk: person for person in people if person is not None and person != by}
    return outbox.tell(people=chosen.values(), **message)
