"""Every line of a log is found by its event: a constant, spelt one way."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from tests.structure.rooms import FOLDERS, ROOT
from tests.structure.sources import modules

if TYPE_CHECKING:
    from collections.abc import Iterator

LOGGERS = {"_log", "log"}
LEVELS = {"debug", "info", "warning", "error", "exception"}
EVENT = re.compile(r"[a-z]+(?:_[a-z]+)*")


def logged() -> Iterator[tuple[str, ast.expr]]:
    """Where each line is written, and what it calls its event."""
    for path in modules(*FOLDERS):
        for node in ast.walk(ast.parse(path.read_text())):
            match node:
                case ast.Call(
                    func=ast.Attribute(value=ast.Name(id=name), attr=level), args=[event, *_]
                ) if name in LOGGERS and level in LEVELS:
                    yield f"{path.relative_to(ROOT)}:{node.lineno}", event
                case _:
                    continue


def is_spelt(event: ast.expr) -> bool:
    """A constant's name is as good: it is spelt where it stands."""
    if isinstance(event, ast.Constant):
        return isinstance(event.value, str) and EVENT.fullmatch(event.value) is not None
    return isinstance(event, ast.Name | ast.Subscript)


def test_every_event_is_a_constant_of_words_joined_by_underscores() -> None:
    events = dict(logged())

    assert len(events) > 50
    assert [where for where, event in events.items() if not is_spelt(event)] == []
