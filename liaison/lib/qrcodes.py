"""QR codes as the path of an SVG: crisp on paper of any size, no script, no picture file."""

from __future__ import annotations

import segno


def squares(address: str) -> tuple[str, int]:
    """The path of the dark squares, and how many squares a side has, the quiet zone of three included."""
    rows = [list(row) for row in segno.make(address, error="m", micro=False).matrix_iter(border=3)]
    dark = [f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, is_dark in enumerate(row) if is_dark]
    return "".join(dark), len(rows)
