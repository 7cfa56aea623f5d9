"""Fixtures of all integration tests: asyncpg is asyncio's, and each test has an empty Valkey."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.servers.valkey import empty_valkey

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.servers.valkey import ValkeyServer


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def valkey() -> Iterator[ValkeyServer]:
    yield from empty_valkey()
