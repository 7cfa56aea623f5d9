"""Bars as SVG: one row a name, bars over one another, text that a reader's own fonts show.

Own lines rather than a library's: those that are light reach into the interpreter's imports or name
a host for their scripts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple
from xml.sax.saxutils import escape

if TYPE_CHECKING:
    from collections.abc import Sequence

_ROW, _BAR, _TOP = 22, 14, 48
_NAMES, _BARS, _FIGURES = 380, 480, 90
_WIDTH = _NAMES + _BARS + _FIGURES
_FONT = 'font-family="sans-serif" font-size="12"'
_INK = "#22313a"


class Bar(NamedTuple):
    """One bar, from nought to its value."""

    value: float
    colour: str


class Row(NamedTuple):
    """What a row shows; later bars lie over earlier ones, and the last one's value is written."""

    name: str
    bars: tuple[Bar, ...]


def bars(title: str, rows: Sequence[Row], *, mark: float | None = None) -> str:
    """Return a picture of the rows on one scale; `mark` draws a line at that value."""
    most = max((bar.value for row in rows for bar in row.bars), default=0.0)
    scale = _BARS / max(most, mark or 0.0, 1e-9)
    height = _TOP + _ROW * len(rows) + _ROW
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDTH}" height="{height}" {_FONT}>',
        f'<rect width="{_WIDTH}" height="{height}" fill="white"/>',
        _text(12, 26, title, bold=True),
    ]
    for number, row in enumerate(rows):
        parts += _row(row, _TOP + number * _ROW, scale)
    if mark is not None:
        at = _NAMES + mark * scale
        parts.append(
            f'<line x1="{at:.1f}" y1="{_TOP - 6}" x2="{at:.1f}" y2="{height - _ROW + 6}"'
            f' stroke="{_INK}" stroke-dasharray="4 3"/>'
        )
    return "\n".join([*parts, "</svg>", ""])


def _row(row: Row, y: int, scale: float) -> list[str]:
    drawn = [
        f'<rect x="{_NAMES}" y="{y}" width="{max(0.0, bar.value) * scale:.1f}" height="{_BAR}"'
        f' fill="{bar.colour}"/>'
        for bar in row.bars
    ]
    ends = _NAMES + max((bar.value for bar in row.bars), default=0.0) * scale
    figure = f"{row.bars[-1].value:.3g}" if row.bars else ""
    return [_text(12, y + 11, row.name), *drawn, _text(ends + 6, y + 11, figure)]


def _text(x: float, y: float, text: str, *, bold: bool = False) -> str:
    weight = ' font-weight="bold"' if bold else ""
    return f'<text x="{x:.1f}" y="{y:.1f}" fill="{_INK}"{weight}>{escape(text)}</text>'
