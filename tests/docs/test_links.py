"""Links within the repository lead somewhere, and pictures are small and whole."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest

from infra.local.making.bootstrap import ROOT
from tests.docs.pages import PAGES, name_of

if TYPE_CHECKING:
    from pathlib import Path

LINK = re.compile(r"\]\((?!https?:)([^)\s]+)\)|(?:src|srcset)=\"(?!https?:)([^\"]+)\"")
HEADING = re.compile(r"^#{1,6} (.+)$", re.MULTILINE)
PICTURES = sorted(path for path in (ROOT / "docs").rglob("*") if path.suffix in {".png", ".svg"})
_MOST_BYTES = 64 * 1024


def anchors(page: Path) -> set[str]:
    text = re.sub(r"^```.*?^```$", "", page.read_text(), flags=re.DOTALL | re.MULTILINE)
    return {
        re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-")
        for heading in HEADING.findall(text)
    }


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_links_lead_somewhere(page: Path) -> None:
    for link in {first or second for first, second in LINK.findall(page.read_text())}:
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), link
        assert not anchor or anchor in anchors(target), link


@pytest.mark.parametrize("picture", PICTURES, ids=lambda path: path.name)
def test_pictures_are_small_whole_and_shown(picture: Path) -> None:
    content = picture.read_bytes()

    assert len(content) <= _MOST_BYTES
    if picture.suffix == ".svg":
        assert ET.fromstring(content).tag.endswith("svg")
    else:
        assert content.startswith(b"\x89PNG")
        assert content.endswith(b"IEND\xaeB`\x82")
    assert any(picture.name in page.read_text() for page in PAGES)
