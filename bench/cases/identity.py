"""The door: what a signed-in user's requests take, and what sign-ins do to the alerts beside them.

The two sides of the ratio are alerts at 100 a second alone, and the same while 20 people at a time
sign in; they take turns within each round.
"""

from __future__ import annotations

from contextlib import AsyncExitStack, asynccontextmanager
from time import perf_counter
from typing import TYPE_CHECKING

import anyio

from bench.load import HttpConnection, LoadError, connections, listens, post, send_at_rate
from bench.measure import percentile
from bench.processes import running
from bench.servers import running_servers
from bench.traders import add_trader, alerts_of
from bus.ids import uuid7
from bus.values import SystemClock, UserId
from handlers.identity.passwords import Passwords
from handlers.identity.tokens import hash_secret, new_secret
from handlers.records.people import NewSession, Opening
from handlers.store.open import open_store
from handlers.store.settings import StoreSettings
from infra.local.embedded.addresses import free_port

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Sequence

    from bench.load import Answer
    from bench.measure import Figures, Round
    from bench.servers import Servers
    from handlers.store.base import Store

_TRADERS = 4
_AT_A_TIME = 20
_PER_SECOND = 100.0
_ALERTS = 80
_CONNECTIONS = 16
_WARM_UP = 30
# What the dashboard asks of the door; none of it hashes a password.
_ROUTES = ("/api/auth/session", "/api/auth/sessions", "/api/api-keys")
_ASKED = 40
_PASSWORD = "correct horse battery staple"  # noqa: S105 - of users that end with the case
_GET = "GET %s HTTP/1.1\r\nhost: localhost\r\ncookie: fourpass_session=%s\r\n\r\n"


class Door:
    """An edge, people who sign in at it, and alerts that come in meanwhile."""

    def __init__(self, port: int, make: Callable[[], bytes], people: Sequence[str]) -> None:
        self._port = port
        self._make = make
        self._people = people

    async def ask(self, session: str) -> list[float]:
        """Ask what a page asks of a session, one request after another; return what each took."""
        taken: list[float] = []
        async with connections(self._port, 1) as [connection]:
            for path in _ROUTES * _ASKED:
                began = perf_counter()
                _require(await connection.ask((_GET % (path, session)).encode()), 200)
                taken.append(perf_counter() - began)
        return taken

    async def alerts(self, total: int = _ALERTS) -> list[float]:
        """Send alerts at their instants; return what each took to its 202."""
        taken: list[float] = []
        async with connections(self._port, _CONNECTIONS) as opened:
            await send_at_rate(
                opened,
                self._make,
                per_second=_PER_SECOND,
                total=total,
                on_answer=lambda due, answered, _: taken.append(answered - due),
            )
        return taken

    async def alerts_beside_sign_ins(self) -> tuple[list[float], list[float]]:
        """Do the same while all people sign in at once; return what alerts took, and what they."""
        alerts: list[float] = []
        signed_in: list[float] = []
        async with (
            connections(self._port, len(self._people)) as opened,
            anyio.create_task_group() as tasks,
        ):
            for connection, email in zip(opened, self._people, strict=True):
                tasks.start_soon(_sign_in, connection, email, signed_in)
            alerts = await self.alerts()
        return alerts, signed_in


async def _sign_in(connection: HttpConnection, email: str, taken: list[float]) -> None:
    began = perf_counter()
    body = f'{{"email":"{email}","password":"{_PASSWORD}"}}'
    _require(await connection.ask(post("/api/auth/sign-in", body)), 200)
    taken.append(perf_counter() - began)


@asynccontextmanager
async def identity() -> AsyncGenerator[Round]:
    """Measure requests of a session, sign-ins, and alerts with and without these beside them."""
    async with AsyncExitStack() as stack:
        servers = await stack.enter_async_context(running_servers())
        settings = StoreSettings(database_url=servers.database_url)
        async with open_store(settings, SystemClock()) as store:
            make = alerts_of([await add_trader(store) for _ in range(_TRADERS)])
            people = await _people(store)
            session = await _session(store)
        port = await _serve(stack, servers)
        door = Door(port, make, people)
        await door.alerts(_WARM_UP)
        await door.ask(session)

        async def take_round() -> Figures:
            asked = await door.ask(session)
            alone = await door.alerts()
            beside, signed_in = await door.alerts_beside_sign_ins()
            return {
                "session_request_p50_ms": percentile(asked, 0.5) * 1e3,
                "session_request_p99_ms": percentile(asked, 0.99) * 1e3,
                "sign_in_p50_ms": percentile(signed_in, 0.5) * 1e3,
                "sign_in_p99_ms": percentile(signed_in, 0.99) * 1e3,
                "alert_alone_p50_ms": percentile(alone, 0.5) * 1e3,
                "alert_alone_p99_ms": percentile(alone, 0.99) * 1e3,
                "alert_beside_sign_ins_p50_ms": percentile(beside, 0.5) * 1e3,
                "alert_beside_sign_ins_p99_ms": percentile(beside, 0.99) * 1e3,
                "alert_p99_beside_over_alone": percentile(beside, 0.99) / percentile(alone, 0.99),
            }

        yield take_round


async def _serve(stack: AsyncExitStack, servers: Servers) -> int:
    port = free_port()
    told = {**servers.environment(), "FOURPASS_PORT": str(port)}
    edge = await stack.enter_async_context(
        running("-m", "infra.local.cli", "edge", environment=told)
    )
    await edge.until(lambda: listens(port))
    return port


async def _people(store: Store) -> list[str]:
    """Make those who sign in; one hash does for all of them, as it costs the same to check."""
    hashed = await Passwords().hash(_PASSWORD)
    emails = [f"{number}@example.test" for number in range(_AT_A_TIME)]
    for email in emails:
        await store.identity.add_user(UserId(uuid7()), email=email, password_hash=hashed)
    return emails


async def _session(store: Store) -> str:
    user, token = UserId(uuid7()), new_secret()
    await store.identity.add_user(user, email="signed-in@example.test", password_hash="-")  # noqa: S106 - no password has this hash
    session = NewSession(id=uuid7(), user_id=user, address="127.0.0.1", user_agent="bench")
    await store.sessions.open(Opening(session=session, token_hash=hash_secret(token)))
    return token


def _require(answer: Answer, status: int) -> None:
    if answer.status != status:
        msg = f"{answer.status} {answer.body[:300]!r}"
        raise LoadError(msg)
