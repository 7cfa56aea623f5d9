"""The doors to the paper venue's tables in PostgreSQL: the one file of the brokers with asyncpg.

Each method is one statement in a transaction of its own. What provably did nothing raises
`NeverAskedError`; a connection that broke under a statement raises `AnswerLostError`.
"""

from __future__ import annotations

from contextlib import asynccontextmanager, suppress
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

import anyio
import asyncpg
import msgspec
from typing_extensions import override

from broker_adapters.paper.reports import KeptOrder
from broker_adapters.paper.rows import Change, Snapshot
from broker_adapters.paper.venue import AnswerLostError, NeverAskedError
from bus.values import AccountId

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable
    from uuid import UUID

    from broker_adapters.paper.options import PaperOptions
    from bus.values import UserId

_T = TypeVar("_T")

_CONNECT_PATIENCE = 2.0
_RELEASE_PATIENCE = 2.0
_STATEMENT_PATIENCE = 10.0
# A connection that broke while nothing was asked of it, or could not be had at all.
_UNREACHABLE = (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError)
_BROKEN = (OSError, TimeoutError, EOFError, asyncpg.InterfaceError, asyncpg.InternalClientError)


class LedgerConnection(Protocol):
    """What the ledger needs of a connection."""

    async def fetchval(self, query: str, *args: object) -> Any:  # noqa: ANN401 - as asyncpg has it
        """Run a statement and return its one value."""
        ...

    async def execute(self, query: str) -> str:
        """Run a statement."""
        ...

    def terminate(self) -> None:
        """Close it at once, whatever is under way."""
        ...


class LedgerPool(Protocol):
    """What the ledger needs of a pool; asyncpg's has it."""

    def acquire(self, *, timeout: float | None = None) -> Awaitable[Any]:
        """Take a connection."""
        ...

    async def release(
        self,
        connection: Any,  # noqa: ANN401 - as asyncpg has it
        *,
        timeout: float | None = None,
    ) -> None:
        """Give it back."""
        ...


class Committed(msgspec.Struct, frozen=True, tag_field="status", tag="done"):
    """The change is written and made this version."""

    version: int
    at: datetime


class Stale(msgspec.Struct, frozen=True, tag_field="status", tag="stale"):
    """The market moved meanwhile; nothing was written. `None` where the owner has no market."""

    market: Snapshot | None


class Late(msgspec.Struct, frozen=True, tag_field="status", tag="late"):
    """The database's clock had passed `send_by`; nothing was written."""


class Existing(msgspec.Struct, frozen=True, tag_field="status", tag="duplicate"):
    """The account has an order of this client id already; nothing was written."""

    existing: KeptOrder


class MarketRead(msgspec.Struct, frozen=True):
    """The market, unless the asker's version is still its own, and the order asked about."""

    market: Snapshot | None
    existing: KeptOrder | None


class ChangesRead(msgspec.Struct, frozen=True):
    """Orders changed after a version; without a version there is no market."""

    version: int | None
    orders: tuple[KeptOrder, ...]
    has_working: bool


class OnceOnly(msgspec.Struct, frozen=True, kw_only=True):
    """What makes a change a submit: it is refused when it comes twice, or late."""

    account: AccountId
    client_order_id: str
    send_by: datetime


_commit_reply = msgspec.json.Decoder(Committed | Stale | Late | Existing)
_open_reply = msgspec.json.Decoder(tuple[int, datetime])
_bool_reply = msgspec.json.Decoder(bool)
_market_reply = msgspec.json.Decoder(MarketRead | None)
_order_reply = msgspec.json.Decoder(KeptOrder | None)
_changes_reply = msgspec.json.Decoder(ChangesRead)
_orders_reply = msgspec.json.Decoder(tuple[KeptOrder, ...])
_encoder = msgspec.json.Encoder()


class Ledger:
    """The tables' doors, through any pool of asyncpg."""

    def __init__(self, pool: LedgerPool) -> None:
        self._pool = pool

    async def open_account(
        self, owner: UserId, account: AccountId, options: PaperOptions
    ) -> tuple[int, datetime]:
        """Open an account or take over its options; returns the market's version and the time."""
        statement = "SELECT paper.open_account($1::uuid, $2::uuid, $3::text)"
        wanted = _encoder.encode(options).decode()
        return await self._ask(_open_reply, statement, owner, account, wanted)

    async def open_market(self, owner: UserId) -> None:
        """Open a market without an account; again, it does nothing."""
        await self._ask(_bool_reply, "SELECT paper.open_market($1::uuid)", owner)

    async def commit(
        self, owner: UserId, version: int, change: Change, once: OnceOnly | None = None
    ) -> Committed | Stale | Late | Existing:
        """Write a change that was computed from this version of the market."""
        statement = """SELECT paper.commit_change(
            $1::uuid, $2::int8, $3::text, $4::uuid, $5::text, $6::timestamptz)"""
        limits = (None, None, None)
        if once is not None:
            limits = (once.account, once.client_order_id, once.send_by)
        rows = _encoder.encode(change).decode()
        return await self._ask(_commit_reply, statement, owner, version, rows, *limits)

    async def read_market(
        self, owner: UserId, known: int, *, account: AccountId | None, client_order_id: str | None
    ) -> MarketRead | None:
        """Read the market unless its version is known, and look for an order of the account."""
        statement = "SELECT paper.read_market($1::uuid, $2::int8, $3::uuid, $4::text)"
        return await self._ask(_market_reply, statement, owner, known, account, client_order_id)

    async def find(
        self, owner: UserId, account: AccountId, client_order_id: str, order_id: UUID | None
    ) -> KeptOrder | None:
        """Look an order up, behind every submit that is being committed."""
        statement = "SELECT paper.find_order($1::uuid, $2::uuid, $3::text, $4::uuid)"
        return await self._ask(_order_reply, statement, owner, account, client_order_id, order_id)

    async def changes(self, owner: UserId, account: AccountId, after: int) -> ChangesRead:
        """Read what changed after a version."""
        statement = "SELECT paper.read_changes($1::uuid, $2::uuid, $3::int8)"
        return await self._ask(_changes_reply, statement, owner, account, after)

    async def orders(
        self, owner: UserId, account: AccountId, since: datetime | None
    ) -> tuple[KeptOrder, ...]:
        """Read orders placed since an instant; without one, those that work."""
        statement = "SELECT paper.read_orders($1::uuid, $2::uuid, $3::timestamptz)"
        return await self._ask(_orders_reply, statement, owner, account, since)

    async def fills(
        self, owner: UserId, account: AccountId, since: datetime
    ) -> tuple[KeptOrder, ...]:
        """Read orders with fills since an instant, and those fills."""
        statement = "SELECT paper.read_fills($1::uuid, $2::uuid, $3::timestamptz)"
        return await self._ask(_orders_reply, statement, owner, account, since)

    @asynccontextmanager
    async def alone(self, owner: UserId) -> AsyncGenerator[Ledger]:
        """Work at an owner's market with everybody else kept out; leaving commits.

        It is for who was overtaken too often: what is done inside stands when this has been left.
        """
        async with self._connection() as connection:
            only = Ledger(_OnePool(connection))
            await _told(connection.execute("BEGIN"))
            try:
                hold = "SELECT paper.hold_market($1::uuid)"
                await only._ask(_bool_reply, hold, owner)
                yield only
            except BaseException:
                with anyio.CancelScope(shield=True), suppress(*_UNREACHABLE, *_BROKEN):
                    await connection.execute("ROLLBACK")
                raise
            if await _told(connection.execute("COMMIT")) != "COMMIT":
                raise NeverAskedError("the ledger undid it at the end")

    async def _ask(self, reply: msgspec.json.Decoder[_T], statement: str, *values: object) -> _T:
        async with self._connection() as connection:
            text: str | None = await _told(connection.fetchval(statement, *values))
        try:
            return reply.decode("null" if text is None else text)
        except msgspec.DecodeError as error:
            raise AnswerLostError("the ledger's answer cannot be read") from error

    @asynccontextmanager
    async def _connection(self) -> AsyncGenerator[LedgerConnection]:
        try:
            connection: LedgerConnection = await self._pool.acquire(timeout=_CONNECT_PATIENCE)
        except _UNREACHABLE as error:
            msg = f"no connection to the ledger: {error!r}"
            raise NeverAskedError(msg) from error
        try:
            yield connection
        except NeverAskedError:
            raise
        except BaseException:
            # Its statement may run on and on: whoever is next must not wait for that.
            with suppress(*_UNREACHABLE):
                connection.terminate()
            raise
        finally:
            # What is answered stands, whatever becomes of the connection.
            with suppress(*_UNREACHABLE):
                await self._pool.release(connection, timeout=_RELEASE_PATIENCE)


class _OnePool(LedgerPool):
    """A connection that is lent to one user for a whole transaction."""

    def __init__(self, connection: LedgerConnection) -> None:
        self._connection = connection

    @override
    async def acquire(self, *, timeout: float | None = None) -> LedgerConnection:
        return self._connection

    @override
    async def release(self, connection: Any, *, timeout: float | None = None) -> None:
        pass


async def _told(statement: Awaitable[_T]) -> _T:
    try:
        return await statement
    except asyncpg.PostgresError as error:
        raise _as_ours(error) from error
    except _BROKEN as error:
        msg = f"the ledger broke off: {error!r}"
        raise AnswerLostError(msg) from error


def _as_ours(error: asyncpg.PostgresError) -> NeverAskedError | AnswerLostError:
    """Tell an error that undid its transaction from a session that was ended, maybe after it."""
    if error.severity_en == "ERROR":
        return NeverAskedError(f"the ledger undid it: {error!r}")
    return AnswerLostError(f"the ledger ended the session: {error!r}")


async def _leave_as_is(_: object) -> None:
    """Reset nothing on release, which would be a round trip: no statement leaves anything."""


@asynccontextmanager
async def open_ledger(address: str, *, connections: int = 4) -> AsyncGenerator[Ledger]:
    """Open the ledger with connections of its own, made when they are first needed."""
    pool = await asyncpg.create_pool(
        address,
        min_size=0,
        max_size=connections,
        command_timeout=_STATEMENT_PATIENCE,
        reset=_leave_as_is,
    )
    async with pool:
        yield Ledger(pool)
