from __future__ import annotations

from typing import Any

import msgspec
import pytest

from bench.__main__ import main
from bench.budgets import Budget, judge
from bench.report import as_closing_line, as_json, as_table

BUDGETS = {
    "a.kept": Budget(stage="claimed", max=2.0, gates=True, why=""),
    "a.missed": Budget(stage="claimed", max=2.0, gates=True, why=""),
    "a.held": Budget(stage="claimed", max=2.0, gates=True, why="", held_at=4.0),
    "a.reported": Budget(stage="claimed", max=2.0, gates=False, why=""),
}
VERDICTS = judge(
    {"a.kept": 1.0, "a.missed": 3.0, "a.held": 3.0, "a.reported": 3.0, "a.time": 5.5}, BUDGETS
)


def words(line: str) -> str:
    return " ".join(line.split())


def test_table_says_of_each_figure_whether_its_budget_holds() -> None:
    assert [words(line) for line in as_table(VERDICTS).splitlines()[1:]] == [
        "a.kept 1 2 kept",
        "a.missed 3 2 FAILED",
        "a.held 3 2 MISSED, held at 4",
        "a.reported 3 2 missed (reported only)",
        "a.time 5.5",
    ]


def test_closing_line_names_what_fails_and_what_it_came_to() -> None:
    assert as_closing_line(VERDICTS) == "FAILED: a.missed 3 (at most 2)"


def test_closing_line_says_that_all_gates_hold() -> None:
    kept = [verdict for verdict in VERDICTS if verdict.name != "a.missed"]

    assert as_closing_line(kept) == "all gates hold"


def test_document_holds_every_figure_and_its_budget() -> None:
    document: dict[str, Any] = msgspec.json.decode(as_json(VERDICTS, rounds={"a": 5}))

    assert document["rounds"] == {"a": 5}
    assert document["figures"][1] == {
        "name": "a.missed", "measured": 3.0, "budget": 2.0, "gates": True, "kept": False,
        "fails": True,
    }  # fmt: skip


def test_document_says_what_machine_it_was() -> None:
    document: dict[str, Any] = msgspec.json.decode(as_json(VERDICTS, rounds={"a": 5}))

    assert set(document["machine"]) == {"cores", "python", "system"}


def test_unknown_case_is_a_wrong_command_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.argv", ["bench", "no-such-case"])

    with pytest.raises(SystemExit, match="2"):
        main()
