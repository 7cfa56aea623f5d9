"""Nothing stands in the schema that nobody calls."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

import asyncpg
import pytest

from tests.servers.postgres import fresh_database
from tests.servers.store import migrated_template
from tests.structure.rooms import FOLDERS
from tests.structure.sources import modules

if TYPE_CHECKING:
    from collections.abc import Iterable

pytestmark = [pytest.mark.anyio, pytest.mark.postgres]

# What only the version before calls: it runs beside this one while that one is replaced. The next
# version drops it.
LEFT_STANDING: frozenset[str] = frozenset()
# What the database calls by itself: triggers, policies, defaults, checks.
BY_ITSELF = """
SELECT p.proname FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid
UNION SELECT concat(qual, with_check) FROM pg_policies WHERE schemaname = 'public'
UNION SELECT pg_get_expr(adbin, adrelid) FROM pg_attrdef
UNION SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE contype = 'c'
"""
FUNCTIONS = """
SELECT proname, string_agg(prosrc, ' ') FROM pg_proc
WHERE pronamespace = 'public'::regnamespace GROUP BY proname
"""


def named_in(texts: Iterable[str]) -> set[str]:
    return {word for text in texts for word in re.findall(r"\w+", text)}


def written() -> Iterable[str]:
    """What stands in quotes in our code: SQL is among it."""
    for path in modules(*FOLDERS):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield node.value


async def test_every_function_is_called() -> None:
    with fresh_database(template=migrated_template()) as dsn:
        connection = await asyncpg.connect(dsn)
        try:
            bodies: dict[str, str] = {row[0]: row[1] for row in await connection.fetch(FUNCTIONS)}
            by_itself: list[str] = [row[0] for row in await connection.fetch(BY_ITSELF)]
        finally:
            await connection.close()

    called, new = set[str](), named_in([*written(), *by_itself]) & bodies.keys()
    while new:
        called |= new
        new = (named_in(bodies[name] for name in new) & bodies.keys()) - called

    assert len(bodies) > 50
    assert bodies.keys() - called == LEFT_STANDING
