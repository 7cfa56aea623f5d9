"""Every setting that the house reads from its environment is told in a folder's README."""

from __future__ import annotations

import re

from tests.structure.rooms import FOLDERS, ROOT
from tests.structure.sources import literals

VARIABLE = re.compile(r"FOURPASS_[A-Z0-9_]+")
TOLD = re.compile(r"`(FOURPASS_[A-Z0-9_]+)")


def read_by_the_house() -> set[str]:
    code = (folder for folder in FOLDERS if folder != "bench")
    return {text for text in literals(*code) if VARIABLE.fullmatch(text)}


def told_by_folders() -> set[str]:
    return {
        name
        for folder in FOLDERS
        for readme in (ROOT / folder).rglob("README.md")
        for name in TOLD.findall(readme.read_text())
    }


def test_every_setting_has_its_line_in_a_readme() -> None:
    assert read_by_the_house() - told_by_folders() == set()


def test_no_readme_tells_of_a_setting_that_nobody_reads() -> None:
    assert told_by_folders() - read_by_the_house() == set()
