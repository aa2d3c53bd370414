"""Who is on duty when: a pure function on plain data, the same answer for the same question.

What counts, in this order: every place that somebody can take is taken; nobody serves much more than anybody else; no
one twice running; what was arranged already changes as little as possible; who served more before the period has the
shorter turn now; the duties of one deputy lie far apart.

The first two are exact. Each day takes its number out of those who can come, so that the possible totals form the
integer points of a base polyhedron, and there the totals that no single chain of exchanges evens out any further are
at once the ones with the least maximum and the greatest minimum (tests/receptions/test_filling.py checks both against
a formula that knows nothing of chains). The rest is a search by exchanges that leave the totals even.
"""

from __future__ import annotations

import datetime as dt
from bisect import insort
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import combinations, pairwise

Span = tuple[dt.date, dt.date]
Cost = tuple[int, int, int, int]


@dataclass(frozen=True)
class Slot:
    """One reception day. ``fixed`` stay; ``current`` are there now and may go. A day that is not ``open`` (held, or under
    way) is only counted; one that is not ``counted`` (the neighbours of the period) only says who served then."""

    key: int
    date: dt.date
    need: int
    fixed: frozenset[int] = frozenset()
    current: frozenset[int] = frozenset()
    open: bool = True
    counted: bool = True


@dataclass(frozen=True)
class Candidate:
    """A deputy; ``away`` are the days (both included) on which this one cannot serve. ``earlier``: duties of the year
    before the period."""

    key: int
    away: tuple[Span, ...] = ()
    earlier: int = 0

    def can_serve(self, date: dt.date) -> bool:
        return not any(first <= date <= last for first, last in self.away)


@dataclass
class Filling:
    """The places of the slots, in the order of their dates; ``order`` is the place of each candidate in the list given."""

    slots: list[Slot]
    order: dict[int, int]
    earlier: dict[int, int]
    free: list[frozenset[int]]  # who could take a place there, without the fixed
    size: list[int]  # how many of them do
    chosen: list[set[int]] = field(default_factory=list)
    load: dict[int, int] = field(default_factory=dict)
    served: dict[int, list[int]] = field(default_factory=dict)  # the slots of each, fixed ones too, in order

    def on(self, i: int) -> set[int]:
        return self.chosen[i] | self.slots[i].fixed

    def in_order(self, keys: set[int] | frozenset[int]) -> list[int]:
        return sorted(keys, key=lambda key: self.order.get(key, -1))

    def put(self, i: int, key: int) -> None:
        self.chosen[i].add(key)
        self.load[key] += 1
        insort(self.served[key], i)

    def take(self, i: int, key: int) -> None:
        self.chosen[i].remove(key)
        self.load[key] -= 1
        self.served[key].remove(i)

    def recount(self) -> None:
        """``load`` and ``served`` by what is chosen now."""
        self.load = self.totals()
        self.served = {key: [i for i in range(len(self.slots)) if key in self.on(i)] for key in self.load}

    def base(self) -> dict[int, int]:
        """What the fixed duties alone come to."""
        counted = [slot.fixed for slot in self.slots if slot.counted]
        return {key: sum(key in fixed for fixed in counted) for key in self.load}

    def totals(self) -> dict[int, int]:
        return {key: total + sum(key in chosen for chosen in self.chosen) for key, total in self.base().items()}

    def duties(self) -> dict[int, list[int]]:
        return {slot.key: self.in_order(self.on(i)) for i, slot in enumerate(self.slots) if slot.counted}


def fill(slots: Sequence[Slot], candidates: Sequence[Candidate]) -> dict[int, list[int]]:
    """The deputies of each counted slot, the fixed among them; the candidates' order settles what is otherwise equal."""
    state = _start(slots, candidates)
    _keep_current(state)
    _fill_gaps(state)
    _even_out(state)
    _improve(state)
    if _part(state):
        _improve(state)
    return state.duties()


def _start(slots: Sequence[Slot], candidates: Sequence[Candidate]) -> Filling:
    ordered = sorted(slots, key=lambda slot: (slot.date, slot.key))
    free = [
        frozenset(one.key for one in candidates if one.key not in slot.fixed and one.can_serve(slot.date))
        if slot.open
        else frozenset()
        for slot in ordered
    ]
    size = [min(max(slot.need - len(slot.fixed), 0), len(able)) for slot, able in zip(ordered, free, strict=True)]
    state = Filling(
        slots=ordered,
        order={one.key: place for place, one in enumerate(candidates)},
        earlier={one.key: one.earlier for one in candidates},
        free=free,
        size=size,
        chosen=[set() for _ in ordered],
        load={one.key: 0 for one in candidates},
    )
    state.recount()
    return state


def _keep_current(state: Filling) -> None:
    for i, slot in enumerate(state.slots):
        keep = state.in_order(slot.current & state.free[i])
        for key in sorted(keep, key=lambda key: state.load[key])[: state.size[i]]:
            state.put(i, key)


def _fill_gaps(state: Filling) -> None:
    """Day by day, whoever has the fewest duties and has waited longest."""
    for i in range(len(state.slots)):
        while len(state.chosen[i]) < state.size[i]:
            able = state.in_order(state.free[i] - state.chosen[i])
            state.put(i, min(able, key=lambda key: (state.load[key], -_wait(state, i, key), state.earlier[key])))


def _wait(state: Filling, i: int, key: int) -> int:
    """Slots to the nearest duty, on either side; as many as there are where there is none."""
    return min((abs(j - i) for j in state.served[key]), default=len(state.slots))


def _even_out(state: Filling) -> None:
    """Exchange along chains until none leads from somebody to somebody with two duties fewer."""
    while chain := _uneven_chain(state):
        for i, leaves, comes in chain:
            state.take(i, leaves)
            state.put(i, comes)


def _uneven_chain(state: Filling) -> list[tuple[int, int, int]]:
    """(slot, who leaves, who comes) …, from the most burdened that can be relieved; empty where nobody can."""
    for top in sorted(state.load, key=lambda key: (-state.load[key], state.order[key])):
        came: dict[int, tuple[int, int]] = {top: (-1, top)}
        waiting = deque([top])
        while waiting:
            key = waiting.popleft()
            if state.load[key] <= state.load[top] - 2:
                return _walk_back(came, key, top)
            for i in state.served[key]:
                if key not in state.chosen[i]:
                    continue  # fixed there
                for other in state.in_order(state.free[i] - state.chosen[i]):
                    if other not in came:
                        came[other] = (i, key)
                        waiting.append(other)
    return []


def _walk_back(came: dict[int, tuple[int, int]], end: int, top: int) -> list[tuple[int, int, int]]:
    chain = []
    while end != top:
        i, before = came[end]
        chain.append((i, before, end))
        end = before
    return chain


Move = tuple[tuple[int, int, int], ...]  # (slot, who leaves, who comes), together


def _improve(state: Filling) -> None:
    """Take the first exchange that makes things better, until there is none; each step lowers the cost, so it ends."""
    improved = True
    while improved:
        improved = False
        for move in _moves(state):
            before = _cost(state, move)
            _make(state, move)
            if _cost(state, move) < before:
                improved = True
            else:
                _make(state, tuple((i, comes, leaves) for i, leaves, comes in reversed(move)))


def _make(state: Filling, move: Move) -> None:
    for i, leaves, comes in move:
        state.take(i, leaves)
        state.put(i, comes)


def _possible(state: Filling, i: int, leaves: int, comes: int) -> bool:
    return leaves in state.chosen[i] and comes in state.free[i] and comes not in state.chosen[i]


def _moves(state: Filling) -> Iterator[Move]:
    """Exchanges that leave the totals as even as they are, looked at again when their turn comes."""
    places = range(len(state.slots))
    for i in places:
        for leaves in state.in_order(state.chosen[i]):
            for comes in state.in_order(state.free[i] - state.chosen[i]):
                if not _possible(state, i, leaves, comes):
                    continue
                if state.load[comes] == state.load[leaves] - 1:
                    yield ((i, leaves, comes),)
                for j in places:
                    if j != i and _possible(state, i, leaves, comes) and _possible(state, j, comes, leaves):
                        yield ((i, leaves, comes), (j, comes, leaves))


def _cost(state: Filling, move: Move) -> Cost:
    """What the people and the slots of ``move`` add to the whole."""
    running = earlier = close = 0
    for key in {key for _, leaves, comes in move for key in (leaves, comes)}:
        for first, second in pairwise(state.served[key]):
            running += second - first == 1
            close += (len(state.slots) * 4) // (second - first)
        earlier += state.load[key] * state.earlier[key]
    changed = sum(len(state.chosen[i] - state.slots[i].current) for i in {i for i, _, _ in move})
    return running, changed, earlier, close


# --- twice running, looked for once more ------------------------------------------------------

TRIES = 20_000  # days looked at before the search is given up; small stations never come near


def _part(state: Filling) -> bool:
    """Where exchanges left somebody twice running, look through whole rosters for one that is as even and has fewer;
    whether one was found. Complete for small stations, given up after ``TRIES`` for large ones."""
    now = sum(len(state.on(i) & state.on(i + 1) & state.load.keys()) for i in range(len(state.slots) - 1))
    search = _Search(state)
    for allowed in range(_unavoidable(state), now):
        if (found := search.run(0, state.base(), allowed)) is not None:
            for i, chosen in enumerate(found):
                state.chosen[i] = set(chosen)
            state.recount()
            return True
    return False


def _unavoidable(state: Filling) -> int:
    """Twice running that any roster has: two days in a row that want more deputies than there are for both."""
    found = 0
    for i in range(len(state.slots) - 1):
        first, second = (set(state.slots[j].fixed & state.load.keys()) for j in (i, i + 1))
        wanted = state.size[i] + len(first) + state.size[i + 1] + len(second)
        found += max(0, wanted - len(state.free[i] | state.free[i + 1] | first | second))
    return found


class _Search:
    def __init__(self, state: Filling) -> None:
        self.state = state
        self.target = sorted(state.load.values(), reverse=True)
        self.tries = TRIES
        self.hopeless: set[tuple[int, frozenset[int], tuple[int, ...], int]] = set()

    def run(self, i: int, load: dict[int, int], allowed: int, last: frozenset[int] = frozenset()) -> list | None:
        """The choices from slot ``i`` on; None where there are none (any more)."""
        state = self.state
        if i == len(state.slots):
            return []
        key = (i, last, tuple(load.values()), allowed)
        if key in self.hopeless or not self.tries:
            return None
        fixed = frozenset(state.slots[i].fixed & load.keys())
        able = sorted(state.free[i], key=lambda one: (one in last, load[one], state.order[one]))
        for chosen in combinations(able, state.size[i]):
            self.tries = max(self.tries - 1, 0)
            today = fixed.union(chosen)
            left = allowed - len(today & last)
            after = {one: total + (one in chosen) for one, total in load.items()}
            if left < 0 or not self.within(after):
                continue
            if (rest := self.run(i + 1, after, left, today)) is not None:
                return [chosen, *rest]
            if not self.tries:
                return None
        self.hopeless.add(key)
        return None

    def within(self, load: dict[int, int]) -> bool:
        """Whether totals that only grow can still end as the target."""
        ordered = sorted(load.values(), reverse=True)
        return all(have <= want for have, want in zip(ordered, self.target, strict=True))


# --- figures --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Figures:
    """How even a roster is. ``totals`` has every candidate; ``gaps``: (slot, how many are missing); ``running``:
    (deputy, first slot, second slot)."""

    days: int
    places: int
    filled: int
    totals: dict[int, int]
    gaps: list[tuple[int, int]]
    running: list[tuple[int, int, int]]

    @property
    def most(self) -> int:
        return max(self.totals.values(), default=0)

    @property
    def least(self) -> int:
        return min(self.totals.values(), default=0)

    @property
    def spread(self) -> int:
        return self.most - self.least

    @property
    def mean(self) -> float:
        return sum(self.totals.values()) / len(self.totals) if self.totals else 0.0

    def below(self, least: int) -> list[int]:
        return [key for key, total in self.totals.items() if total < least]


def measure(slots: Sequence[Slot], candidates: Sequence[Candidate], duties: dict[int, list[int]]) -> Figures:
    """Figures of ``duties`` (slot → deputies); of slots that are not in it, who is fixed or there now."""
    ordered = sorted(slots, key=lambda slot: (slot.date, slot.key))
    on = {slot.key: set(duties.get(slot.key, slot.fixed | slot.current)) for slot in ordered}
    counted = [slot for slot in ordered if slot.counted]
    totals = {one.key: sum(one.key in on[slot.key] for slot in counted) for one in candidates}
    return Figures(
        days=len(counted),
        places=sum(slot.need for slot in counted),
        filled=sum(len(on[slot.key]) for slot in counted),
        totals=totals,
        gaps=[
            (slot.key, slot.need - len(on[slot.key])) for slot in counted if slot.open and len(on[slot.key]) < slot.need
        ],
        running=[
            (key, first.key, second.key)
            for first, second in pairwise(ordered)
            if first.counted or second.counted
            for key in totals
            if key in on[first.key] and key in on[second.key]
        ],
    )
