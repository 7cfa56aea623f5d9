"""Sizes, names and words of files."""

from __future__ import annotations

import ast
import io
import re
import subprocess
import tokenize
from typing import TYPE_CHECKING

import pytest

from tests.structure.rooms import FOLDERS, ROOT
from tests.structure.sources import modules

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LONGEST_FILE = 300
LONGEST_README = 60
BARE = re.compile(r"#\s*(?:noqa(?!:)|type:\s*ignore(?!\[)|pyright:\s*ignore(?!\[))")
IGNORED = re.compile(r"#\s*(?:noqa:[\s,A-Z0-9]+|(?:type|pyright):\s*ignore\[[^]]+\])(?P<reason>.*)")
HOST = re.compile(r"https?://[^\s\"']+")
NO_GOOD_NAME = re.compile(r"(?:^|_)(?:utils?|helpers?|common|misc|manager)(?:$|_|\.)")


def comments(path: Path, wanted: re.Pattern[str]) -> Iterator[str]:
    """Yield a file's comments; to find them takes long, so only in files with what is wanted."""
    if not wanted.search(path.read_text()):
        return
    for token in tokenize.generate_tokens(io.StringIO(path.read_text()).readline):
        if token.type == tokenize.COMMENT:
            yield token.string


def shown(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_no_file_is_longer_than_300_lines() -> None:
    sizes = {shown(path): len(path.read_text().splitlines()) for path in modules()}

    assert {name: size for name, size in sizes.items() if size > LONGEST_FILE} == {}


def test_file_begins_with_its_docstring_and_the_future_import() -> None:
    wrong: list[str] = []
    for path in modules(*FOLDERS):
        tree = ast.parse(path.read_text())
        has_future = any(
            isinstance(node, ast.ImportFrom) and node.module == "__future__" for node in tree.body
        )
        needs_future = path.name != "__init__.py"
        if ast.get_docstring(tree) is None or (needs_future and not has_future):
            wrong.append(shown(path))

    assert wrong == []


def test_no_file_has_a_name_that_says_nothing() -> None:
    # The function's name in the cloud, which infrastructure, alarms and bills know it by.
    known = {"lambda_entry/pool_manager.py"}
    found = {shown(path) for path in modules() if NO_GOOD_NAME.search(path.name)}

    assert found - known == set()


def test_ignored_check_is_named() -> None:
    bare = [
        f"{shown(path)}: {text}"
        for path in modules()
        for text in comments(path, BARE)
        if BARE.search(text)
    ]

    assert bare == []


def test_ignored_check_has_its_reason() -> None:
    silent = [
        f"{shown(path)}: {text}"
        for path in modules()
        for text in comments(path, IGNORED)
        if (found := IGNORED.search(text)) and not found["reason"].strip(" -:#")
    ]

    assert silent == []


@pytest.mark.parametrize("folder", [*FOLDERS, "tests"])
def test_folder_has_a_short_readme(folder: str) -> None:
    readme = ROOT / folder / "README.md"

    assert readme.is_file()
    assert len(readme.read_text().splitlines()) <= LONGEST_README


def test_public_names_are_a_sorted_tuple_that_resolves() -> None:
    wrong: list[str] = []
    for path in modules(*FOLDERS):
        tree = ast.parse(path.read_text())
        for node in tree.body:
            if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__":
                names: tuple[str, ...] = ast.literal_eval(node.value)
                bound = bound_names(tree)
                if not isinstance(node.value, ast.Tuple) or list(names) != sorted(
                    set(names), key=rank
                ):
                    wrong.append(f"{shown(path)}: not a sorted tuple")
                wrong += [f"{shown(path)}: {name}" for name in names if name not in bound]

    assert wrong == []


def rank(name: str) -> tuple[bool, bool, str]:
    """Constants first, then types, then functions, as the formatter's rule has it."""
    return not name.isupper(), not name[0].isupper(), name


def bound_names(tree: ast.Module) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom | ast.Import):
            names |= {alias.asname or alias.name for alias in node.names}
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names.add(node.name)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.add(node.id)
    return names


@pytest.mark.parametrize(
    "lock", sorted((ROOT / "requirements").glob("*.txt")), ids=lambda path: path.name
)
def test_lock_names_no_host_and_hashes_everything(lock: Path) -> None:
    text = lock.read_text()
    packages = re.findall(r"^[a-z0-9][^\s;]*==", text, re.MULTILINE)

    assert HOST.findall(text) == []
    assert "index-url" not in text.partition("\n\n")[2]
    assert len(packages) == len(re.findall(r"^[a-z0-9].*==.* \\$", text, re.MULTILINE))
    assert packages


def tracked() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return [ROOT / name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]


def test_no_committed_file_names_a_place_of_one_machine() -> None:
    places = re.compile(rb"(?<![\w.])/(?:work|root|farm|home/\w+)/")
    found = [shown(path) for path in tracked() if places.search(path.read_bytes())]

    assert found == []


def test_uv_lock_is_not_committed_because_it_names_hosts() -> None:
    assert [path.name for path in tracked() if path.name == "uv.lock"] == []
