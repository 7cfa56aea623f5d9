"""Every setting that the house reads from its environment is told in a folder's README."""

from __future__ import annotations

import ast
import re

from tests.structure.rooms import FOLDERS, ROOT
from tests.structure.sources import modules

VARIABLE = re.compile(r"FOURPASS_[A-Z0-9_]+")
TOLD = re.compile(r"`(FOURPASS_[A-Z0-9_]+)")


def read_by_the_house() -> set[str]:
    return {
        node.value
        for folder in FOLDERS
        if folder != "bench"
        for path in modules(folder)
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and VARIABLE.fullmatch(node.value)
    }


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
