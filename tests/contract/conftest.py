"""The servers that contract suites run against, lent empty."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.servers.valkey import empty_valkey

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.servers.valkey import ValkeyServer


@pytest.fixture
def valkey() -> Iterator[ValkeyServer]:
    """The run's Valkey, with nothing in it."""
    yield from empty_valkey()


@pytest.fixture
def valkey_cluster() -> Iterator[ValkeyServer]:
    """The run's Valkey in cluster mode, one node with all slots and nothing in it."""
    yield from empty_valkey(is_cluster=True)
