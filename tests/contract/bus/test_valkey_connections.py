"""The ways to a Valkey server: passwords, databases, unix sockets, TLS."""

from __future__ import annotations

import secrets
import ssl
from typing import TYPE_CHECKING

import pytest
import trustme

from bus.errors import TransportUnavailableError
from bus.open import open_bus
from bus.settings import BusSettings, parse_address
from tests.contract.bus.letters import LANE, a_letter, taken
from tests.servers.proxy import running_proxy
from tests.servers.valkey import ValkeyOptions, running_valkey

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.servers.valkey import ValkeyServer

pytestmark = [pytest.mark.anyio, pytest.mark.valkey]


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="module")
def guarded_valkey() -> Iterator[ValkeyServer]:
    """A server with a password, a user of its own, and a unix socket."""
    options = ValkeyOptions(password=secrets.token_urlsafe(12), has_socket=True)
    with running_valkey(options) as server:
        server.ask("ACL", "SETUSER", "edge", "on", ">p@ss:/word", "~*", "&*", "+@all")
        yield server


@pytest.fixture
def authority() -> trustme.CA:
    """An authority that nobody knows but the test."""
    return trustme.CA()


async def test_a_password_lets_us_in(guarded_valkey: ValkeyServer) -> None:
    await _use(guarded_valkey.url)


async def test_a_user_with_an_awkward_password_gets_in(guarded_valkey: ValkeyServer) -> None:
    await _use(f"redis://edge:p%40ss%3A%2Fword@127.0.0.1:{guarded_valkey.port}")


async def test_no_password_is_refused(guarded_valkey: ValkeyServer) -> None:
    with pytest.raises(TransportUnavailableError, match="NOAUTH"):
        await _use(f"redis://127.0.0.1:{guarded_valkey.port}")


async def test_a_wrong_password_is_refused_and_not_repeated(guarded_valkey: ValkeyServer) -> None:
    wrong = secrets.token_urlsafe(12)
    with pytest.raises(TransportUnavailableError) as caught:
        await _use(f"redis://:{wrong}@127.0.0.1:{guarded_valkey.port}")

    assert wrong not in str(caught.value)


async def test_a_unix_socket_is_used(guarded_valkey: ValkeyServer) -> None:
    path = guarded_valkey.socket_path
    await _use(f"unix://edge:p%40ss%3A%2Fword@{path}")


async def test_databases_are_apart(valkey: ValkeyServer) -> None:
    await _publish(f"{valkey.url}/3")

    assert valkey.ask("DBSIZE") == 0


async def test_streams_of_a_database_read_there(valkey: ValkeyServer) -> None:
    await _use(f"{valkey.url}/3")


async def test_tls_is_spoken_to_a_server_we_trust(
    valkey: ValkeyServer, authority: trustme.CA, tmp_path: Path
) -> None:
    ca_file = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(str(ca_file))
    async with running_proxy(
        valkey.host, valkey.port, tls=_server_side(authority, "localhost")
    ) as end:
        await _use(f"rediss://localhost:{end.port}?ca_file={ca_file}")


async def test_a_server_of_an_unknown_authority_is_refused(
    valkey: ValkeyServer, authority: trustme.CA
) -> None:
    async with running_proxy(
        valkey.host, valkey.port, tls=_server_side(authority, "localhost")
    ) as end:
        with pytest.raises(TransportUnavailableError, match="certificate verify failed"):
            await _use(f"rediss://localhost:{end.port}")


async def test_a_server_with_another_name_is_refused(
    valkey: ValkeyServer, authority: trustme.CA, tmp_path: Path
) -> None:
    ca_file = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(str(ca_file))
    async with running_proxy(
        valkey.host, valkey.port, tls=_server_side(authority, "elsewhere.example")
    ) as end:
        with pytest.raises(TransportUnavailableError, match="certificate verify failed"):
            await _use(f"rediss://localhost:{end.port}?ca_file={ca_file}")


def _server_side(authority: trustme.CA, name: str) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    certificate = authority.issue_cert(name)
    # pyOpenSSL, the other kind of context that it takes, is not installed.
    certificate.configure_cert(context)  # pyright: ignore[reportUnknownMemberType] - see above
    return context


async def _publish(url: str) -> None:
    async with open_bus(BusSettings(valkey=parse_address(url))) as bus:
        await bus.publisher.publish(LANE, a_letter())


async def _use(url: str) -> None:
    """Publish, receive and listen: every kind of connection."""
    async with open_bus(BusSettings(valkey=parse_address(url))) as bus:
        await bus.publisher.publish(LANE, a_letter())
        async with bus.subscriber.receive(LANE) as deliveries:
            await (await taken(deliveries)).ack()
        async with bus.broadcast.listen("t") as heard:
            await bus.broadcast.announce("t", b"a")
            assert await anext(heard) == b"a"
