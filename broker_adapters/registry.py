"""Opens brokers: each is a folder with an `opening` module; which there are, `forms` says.

Nothing of a broker is imported before it is opened, its driver least of all.
"""

from __future__ import annotations

from contextlib import asynccontextmanager
from importlib import import_module
from typing import TYPE_CHECKING, Protocol, cast

from broker_adapters.errors import UnknownBrokerError
from broker_adapters.forms import BrokerName

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator
    from contextlib import AbstractAsyncContextManager
    from decimal import Decimal

    from broker_adapters.base import Broker
    from broker_adapters.credentials import Credentials
    from broker_adapters.opening import BrokerAccount, BrokerMeans
    from broker_adapters.paper.ledger import LedgerPool
    from broker_adapters.paper.migrating import MigratingConnection
    from broker_adapters.paper.venue import Venue
    from bus.values import Clock, UserId

BROKERS = {name.value: f"broker_adapters.{name.value}.opening" for name in BrokerName}


class _Opening(Protocol):
    """What a broker's `opening` module has."""

    def open_broker(
        self, account: BrokerAccount, credentials: Credentials | None, means: BrokerMeans
    ) -> AbstractAsyncContextManager[Broker]:
        """Make the adapter; leaving closes it."""
        ...


@asynccontextmanager
async def open_broker(
    account: BrokerAccount, credentials: Credentials | None, means: BrokerMeans
) -> AsyncGenerator[Broker]:
    """Make an account's adapter, not yet connected; leaving closes its session.

    Raises:
        UnknownBrokerError: There is no broker of this name.
        InvalidOptionsError: The options or credentials are not of its kind.
    """
    module = BROKERS.get(account.broker)
    if module is None:
        msg = f"there is no broker {account.broker!r}; known are {', '.join(sorted(BROKERS))}"
        raise UnknownBrokerError(msg)
    opening = cast("_Opening", import_module(module))
    async with opening.open_broker(account, credentials, means) as broker:
        yield broker


@asynccontextmanager
async def open_paper_venue(where: str | LedgerPool, *, clock: Clock) -> AsyncGenerator[Venue]:
    """Open the paper venue once for a process, for `BrokerMeans.paper` and `set_paper_price`.

    Args:
        where: `postgresql://…` or a pool of asyncpg for the ledger, whose schema must stand;
            `tcp://host:port` for a venue process; `memory:` for one that ends with this process.
        clock: The clock of a venue in memory; the others have their own.
    """
    from broker_adapters.paper.opening import open_venue  # noqa: PLC0415 - loaded when opened

    async with open_venue(where, clock=clock) as venue:
        yield venue


async def set_paper_price(venue: Venue, *, owner: UserId, symbol: str, price: Decimal) -> int:
    """Set a price in one owner's paper market; returns how many working orders it moved.

    Raises:
        UnknownSymbolError: It is no symbol.
        InvalidPriceError: It is no price.
        BrokerUnavailableError: The venue gave no answer; trying again is safe.
    """
    from broker_adapters.paper.prices import set_price  # noqa: PLC0415 - loaded when used

    return await set_price(venue, owner=owner, symbol=symbol, price=price)


async def migrate_paper_ledger(connection: MigratingConnection) -> tuple[str, ...]:
    """Bring the paper ledger's schema up to date, on a connection of asyncpg; returns what ran.

    Raises:
        LedgerMismatchError: The ledger was made by other files than these.
    """
    from broker_adapters.paper.migrating import migrate_ledger  # noqa: PLC0415 - loaded when used

    return await migrate_ledger(connection)
