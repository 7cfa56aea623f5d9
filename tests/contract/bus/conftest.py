"""Every suite here runs over every transport."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.contract.bus.transports import in_memory, on_sqs, on_valkey
from tests.servers.valkey import running_valkey

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.contract.bus.transports import Transport
    from tests.servers.valkey import ValkeyServer


@pytest.fixture(
    params=[
        "memory-asyncio",
        "memory-trio",
        pytest.param("valkey", marks=pytest.mark.valkey),
        pytest.param("valkey-cluster", marks=pytest.mark.valkey),
        pytest.param("sqs", marks=[pytest.mark.aws, pytest.mark.valkey]),
    ]
)
def transport(request: pytest.FixtureRequest) -> Transport:
    """The transport under test."""
    match request.param:
        case "memory-asyncio":
            return in_memory("asyncio")
        case "memory-trio":
            return in_memory("trio")
        case "valkey":
            return on_valkey(request.getfixturevalue("valkey"))
        case "sqs":
            emulator = request.getfixturevalue("emulator")
            return on_sqs(emulator, request.getfixturevalue("valkey"))
        case _:
            return on_valkey(request.getfixturevalue("valkey_cluster"))


@pytest.fixture
def anyio_backend(transport: Transport) -> str:
    """The event loop of the transport under test."""
    return transport.backend


@pytest.fixture
def own_valkey() -> Iterator[ValkeyServer]:
    """A server that the test may kill."""
    with running_valkey() as server:
        yield server
