from __future__ import annotations

import math
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from bench.budgets import Budget, judge
from bench.plots import draw, hops, used
from bench.svg import Bar, Row, bars

if TYPE_CHECKING:
    from pathlib import Path

BUDGETS = {
    "a.kept": Budget(stage="claimed", max=2.0, gates=True, why=""),
    "a.missed": Budget(stage="claimed", max=2.0, gates=True, why=""),
    "a.none": Budget(stage="claimed", max=0.0, gates=True, why=""),
}
FIGURES = {"a.kept": 1.0, "a.missed": 3.0, "a.none": 0.0, "a.hop_p50_ms": 2.0, "a.hop_p99_ms": 8.0}
SVG = "{http://www.w3.org/2000/svg}"


def test_budget_is_shown_as_the_share_that_is_used() -> None:
    shares = {row.name: row.bars[0].value for row in used(judge(FIGURES, BUDGETS))}

    assert shares == {"a.kept": 0.5, "a.missed": 1.5}


def test_kept_and_missed_differ_in_colour() -> None:
    kept, missed = used(judge(FIGURES, BUDGETS))

    assert kept.bars[0].colour != missed.bars[0].colour


def test_hop_shows_p50_over_p99() -> None:
    [row] = hops(judge(FIGURES, BUDGETS))

    assert (row.name, [bar.value for bar in row.bars]) == ("a.hop", [8.0, 2.0])


def test_figure_that_is_no_number_is_not_drawn() -> None:
    assert not hops(judge({"a.hop_p50_ms": math.nan}, {}))


def test_longest_bar_fills_the_scale_and_others_are_in_proportion() -> None:
    picture = ET.fromstring(bars("x", [Row("a", (Bar(2.0, "red"),)), Row("b", (Bar(1.0, "red"),))]))
    widths = [float(each.attrib["width"]) for each in picture.iter(f"{SVG}rect")][1:]

    assert widths[0] == 2 * widths[1]


def test_names_are_text_whatever_is_in_them() -> None:
    picture = ET.fromstring(bars("a < b & c", [Row("<svg>", ())]))

    assert [each.text for each in picture.iter(f"{SVG}text")][:2] == ["a < b & c", "<svg>"]


def test_run_without_anything_to_draw_is_drawn_empty(tmp_path: Path) -> None:
    for file in draw([], tmp_path / "plots"):
        assert ET.fromstring(file.read_text()).tag == f"{SVG}svg"
