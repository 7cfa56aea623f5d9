"""The pages that people read, and the blocks of commands on them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import msgspec

from infra.local.making.bootstrap import ROOT

if TYPE_CHECKING:
    from pathlib import Path

PAGES = (ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md")))
_FENCE = re.compile(r"^```(?P<language>[^\n]*)\n(?P<text>.*?)^```$", re.DOTALL | re.MULTILINE)
_MARK = re.compile(r"# needs: (?P<what>.+)\n")


class Block(msgspec.Struct, frozen=True, kw_only=True):
    """A fenced block. `needs` is what it says it cannot be run without."""

    language: str
    text: str
    needs: str | None


def blocks_of(text: str) -> list[Block]:
    found: list[Block] = []
    for each in _FENCE.finditer(text):
        mark = _MARK.match(each["text"])
        needs = mark["what"] if mark else None
        found.append(Block(language=each["language"], text=each["text"], needs=needs))
    return found


def runnable(text: str) -> list[Block]:
    return [each for each in blocks_of(text) if each.language == "sh" and each.needs is None]


def name_of(page: Path) -> str:
    return str(page.relative_to(ROOT))
