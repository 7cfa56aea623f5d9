"""Finds the error codes that the house's own sources give."""

from __future__ import annotations

import ast
import itertools
import re
from functools import cache
from typing import TYPE_CHECKING

from tests.structure.rooms import ROOT
from tests.structure.sources import modules

if TYPE_CHECKING:
    from collections.abc import Iterator

FOLDERS = ("handlers", "edge", "broker_adapters", "worker_runtime", "lambda_entry")
CODE = re.compile(r"[a-z]+(?:_[a-z0-9]+)*")
_KEYWORDS = {"code", "error_code", "denied_code"}
# Where a call takes its code without naming it.
_PLACES = {"ApiError": 1, "kind": 1, "RefusedError": 0, "refused_with": 0}
_ENUMS = {"Reason", "Code"}
_MOVED = re.compile(r"move_order\([^;]*?'([a-z0-9_]+)',\s*NULL\s*\)")
_CHOSEN = re.compile(r"\bcode := CASE\b(.*?)\bEND;", re.DOTALL)
_THEN = re.compile(r"THEN '([a-z0-9_]+)'")


@cache
def used_codes() -> dict[str, str]:
    """Return every code that some source gives, with one file that does."""
    found: dict[str, str] = {}
    for path in modules(*FOLDERS):
        for code in codes_of(path.read_text()):
            found.setdefault(code, str(path.relative_to(ROOT)))
    for path in sorted((ROOT / "handlers/store/migrations").glob("*.sql")):
        for code in codes_of_sql(path.read_text()):
            found.setdefault(code, str(path.relative_to(ROOT)))
    return found


def codes_of(source: str) -> set[str]:
    """Return the codes in a Python source."""
    tree = ast.parse(source)
    constants = {
        target.id: node.value
        for node in tree.body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    words: set[str] = set()
    for place in _places(tree):
        if isinstance(place, ast.Name):
            words |= _words(constants.get(place.id))
        words |= _words(place)
    return {word for word in words if CODE.fullmatch(word)}


def codes_of_sql(source: str) -> set[str]:
    """Return the codes in a migration."""
    chosen = {code for case in _CHOSEN.findall(source) for code in _THEN.findall(case)}
    return chosen | set(_MOVED.findall(source))


def _places(tree: ast.Module) -> Iterator[ast.expr | None]:
    """Yield the expressions that stand where a code stands."""
    for node in ast.walk(tree):
        match node:
            case ast.keyword(arg=name, value=value) if name in _KEYWORDS:
                yield value
            case ast.Call(func=ast.Name(id=name), args=args) if name in _PLACES:
                yield from args[_PLACES[name] : _PLACES[name] + 1]
            case ast.ClassDef(name=name, body=body) if name in _ENUMS:
                yield from (item.value for item in body if isinstance(item, ast.Assign))
            case ast.Assign(targets=[ast.Name(id=name)], value=value) if _is_code(name):
                yield value
            case ast.FunctionDef(name="denied_code", body=body):
                yield from (each.value for each in _returns(body))
            case ast.Tuple(elts=elements):
                yield from _beside_states(elements)
            case _:
                pass


def _is_code(name: str) -> bool:
    return name.lower() == "code" or name in {"_CODES", "_FORBIDDEN", "_REFUSED"}


def _returns(body: list[ast.stmt]) -> Iterator[ast.Return]:
    for statement in body:
        yield from (node for node in ast.walk(statement) if isinstance(node, ast.Return))


def _beside_states(elements: list[ast.expr]) -> Iterator[ast.expr]:
    """Yield what follows an `OrderState` in a tuple: a state and its code travel together."""
    for before, element in itertools.pairwise(elements):
        match before:
            case ast.Attribute(value=ast.Name(id="OrderState")):
                yield element
            case _:
                pass


def _words(place: ast.expr | None) -> set[str]:
    """Return the texts that an expression can come to; of a table, its codes alone."""
    match place:
        case ast.Constant(value=str() as text):
            return {text}
        case ast.IfExp(body=body, orelse=orelse):
            return _words(body) | _words(orelse)
        case ast.Call(args=args):
            return {word for argument in args[1:] for word in _words(argument)}
        case ast.Dict(keys=keys, values=values):
            return {word for part in (*keys, *values) for word in _words(part)}
        case _:
            return set()
