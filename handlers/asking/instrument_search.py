"""What an account's venue trades: asked for at the edge, looked up where the session is."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from broker_adapters.errors import BrokerError, UnknownSymbolError
from bus.ids import uuid7
from bus.messages import FindInstruments
from handlers.asking.account_probe import code_of
from handlers.asking.ask import ask_worker
from handlers.asking.replies import Reason, Reply, done, failed
from handlers.symbols import Chart, is_crossing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from broker_adapters.base import Broker, Instrument
    from bus.bundle import Bus
    from bus.values import Clock
    from handlers.records.accounts import Account

FOUND_WITHIN = timedelta(seconds=5)
_MOST = 20
_OFFERED = 3


async def find_instruments(
    account: Account, bus: Bus, *, symbol: str | None, query: str, clock: Clock
) -> Reply:
    """Have the user's worker look a symbol up at its venue, and search for more, within 5 s.

    Args:
        account: Whose venue.
        bus: To the worker; one is started where none runs.
        symbol: The venue's own name of one instrument, which the answer begins with;
            `unknown_symbol` where the venue does not trade it.
        query: What other symbols shall contain.
        clock: Of this process.

    Raises:
        TransportUnavailableError: The bus is away; asking again is safe.
    """
    request = uuid7()
    command = FindInstruments(
        user_id=account.user_id,
        account_id=account.id,
        symbol=symbol,
        query=query,
        request=request,
    )
    return await ask_worker(command, request, bus, clock=clock, within=FOUND_WITHIN)


async def look_for_instruments(broker: Broker, *, symbol: str | None, query: str) -> Reply:
    """Say what the venue trades, over a session that is open."""
    try:
        first = () if symbol is None else (await broker.instrument(symbol),)
        others = await broker.instruments(query, limit=_MOST)
    except UnknownSymbolError as error:
        alike = await candidates(symbol or query, broker)
        return failed(Reason.UNKNOWN_SYMBOL, why=str(error), instruments=alike)
    except (BrokerError, OSError) as error:
        return failed(code_of(error), why=str(error))
    more = [each for each in others if each.symbol != symbol]
    return done("instruments_found", instruments=(*first, *more)[:_MOST])


async def candidates(symbol: str, broker: Broker) -> tuple[Instrument, ...]:
    """Return what is traded under a name like one that is not, of the same market."""
    base = symbol.partition("_")[0]
    try:
        found = await broker.instruments(base, limit=_MOST)
    except (BrokerError, OSError):
        return ()
    market = Chart(ticker=symbol).market
    alike = [each for each in found if not is_crossing(Chart(ticker=each.symbol).market, market)]
    return tuple(alike[:_OFFERED])


def in_words(symbol: str, alike: Sequence[Instrument]) -> str:
    """Say that a symbol is not traded, and what is."""
    said = f"{symbol} is not traded here."
    names = " or ".join(each.symbol for each in alike)
    return f"{said} Did you mean {names}?" if names else said
