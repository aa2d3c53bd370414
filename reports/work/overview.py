"""The parts of the overview in their order: as the work reports tell it, from the network to what it came to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from reports.figures import Figures
from reports.tables import Table
from reports.work.lines import EVERY
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
    found = [part(figures) for part in PARTS]
    if figures.period.preset != EVERY:
        return found
    return [replace(one, heads=("累计",), rows=[row[:2] for row in one.rows]) for one in found]
