"""Finds the project's own files, and reads what their syntax trees tell."""

from __future__ import annotations

import ast
from functools import cache
from typing import TYPE_CHECKING

from tests.structure.rooms import FOLDERS, ROOT

if TYPE_CHECKING:
    from pathlib import Path


DECIDING = (
    ast.If, ast.IfExp, ast.For, ast.AsyncFor, ast.While, ast.Try, ast.Match, ast.comprehension,
)  # fmt: skip


def modules(*folders: str) -> list[Path]:
    """Return the Python files of these folders, or of the whole house."""
    return [
        path
        for folder in folders or (*FOLDERS, "tests")
        for path in sorted((ROOT / folder).rglob("*.py"))
        if "__pycache__" not in path.parts
    ]


def dotted(path: Path) -> str:
    """Return a file's module name."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@cache
def imports_of(path: Path) -> frozenset[str]:
    """Return the modules that a file imports, by full name, with the names it takes from them."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return frozenset(found)


@cache
def literals(*folders: str) -> frozenset[str]:
    """Return every text that stands in the code of these folders."""
    return frozenset(
        node.value
        for path in modules(*folders)
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    )


def has_logic(path: Path) -> bool:
    """Tell whether a file decides anything: some function of it branches, loops or tries."""
    return any(
        isinstance(inner, DECIDING)
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        for inner in ast.walk(node)
    )
