"""The parts of the overview in their order: as the work reports tell it, from the network to what it came to."""

from __future__ import annotations

from collections.abc import Callable

from reports.figures import Figures
from reports.tables import Table
from reports.work.sections import cases, contacted, formal, network, receptions
from reports.work.topics import consulted, drafts, judged, sittings, supervision, whistles

PARTS: tuple[Callable[[Figures], Table], ...] = (
    network,
    receptions,
    contacted,
    cases,
    consulted,
    whistles,
    supervision,
    judged,
    formal,
    drafts,
    sittings,
)


def sections(figures: Figures) -> list[Table]:
    """A fixed number of queries, however large the county."""
    return [part(figures) for part in PARTS]
