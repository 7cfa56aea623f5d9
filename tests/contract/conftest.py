"""The servers that contract suites run against, lent empty."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.servers.emulator import CREDENTIALS, shared_emulator
from tests.servers.valkey import empty_valkey

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.servers.emulator import EmulatorServer
    from tests.servers.valkey import ValkeyServer


@pytest.fixture
def emulator(monkeypatch: pytest.MonkeyPatch) -> EmulatorServer:
    """The run's server that plays AWS; it lets anybody in who signs."""
    for name, value in CREDENTIALS.items():
        monkeypatch.setenv(name, value)
    return shared_emulator()


@pytest.fixture
def valkey() -> Iterator[ValkeyServer]:
    """The run's Valkey, with nothing in it."""
    yield from empty_valkey()


@pytest.fixture
def valkey_cluster() -> Iterator[ValkeyServer]:
    """The run's Valkey in cluster mode, one node with all slots and nothing in it."""
    yield from empty_valkey(is_cluster=True)
