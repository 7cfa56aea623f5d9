"""What can be traded, read when it is first asked for and again when it is old."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from broker_adapters.errors import BrokerUnavailableError, UnknownSymbolError
from broker_adapters.outcomes import Reason
from broker_adapters.shioaji.errors import RefusedError, UnreadableError
from broker_adapters.shioaji.listing import Listing, code_of, listing_of

if TYPE_CHECKING:
    from broker_adapters.base import Instrument
    from broker_adapters.shioaji.port import Client
    from broker_adapters.shioaji.session import Session
    from bus.values import Clock

# Limits and what an alias leads to change four times a day; orders are checked there again.
_KEPT_FOR = timedelta(minutes=5)
_READ_S = 10.0
_ROOT = 3
# Why SinoPac refuses whatever is asked: that says nothing of a symbol.
_WHATEVER_IS_ASKED = frozenset({Reason.RATE_LIMITED, Reason.PERMISSION, Reason.CERTIFICATE_EXPIRED})


class Contracts:
    """What one session has asked for."""

    def __init__(self, session: Session, clock: Clock) -> None:
        self._session = session
        self._clock = clock
        self._kept: dict[str, tuple[datetime, Listing]] = {}

    async def of(self, symbol: str) -> Listing:
        """Return a symbol's listing.

        Raises:
            UnknownSymbolError: There is no such symbol.
            BrokerUnavailableError: SinoPac does not tell, and an old answer is not at hand.
        """
        code = code_of(symbol)
        if code is None:
            msg = f"{symbol!r} is no symbol of SinoPac, as 2330, TXFR1 or TXFC6 are"
            raise UnknownSymbolError(msg)
        now = self._clock.now()
        kept = self._kept.get(symbol)
        if kept is not None and now - kept[0] < _KEPT_FOR:
            return kept[1]
        try:
            listing = await self._read(symbol, code)
        except BrokerUnavailableError:
            if kept is None:
                raise
            return kept[1]
        self._kept[symbol] = (now, listing)
        return listing

    async def alike(self, query: str, *, limit: int) -> tuple[Instrument, ...]:
        """Return what has this name, and the near months of a future that it may be.

        SinoPac lists all that there is only at once, which is too much for a question.
        """
        wanted, root = query.upper(), query.upper()[:_ROOT]
        names = dict.fromkeys((wanted, f"{root}R1", f"{root}R2"))
        found: list[Instrument] = []
        for name in names:
            code = code_of(name)
            if code is None:
                continue
            try:
                found.append((await self._read(name, code)).instrument)
            except UnknownSymbolError:
                continue
        return tuple(found[:limit])

    def names_of(self, code: str) -> tuple[str, ...]:
        """Return the symbols under which a code was asked for; itself, if under none."""
        names = [symbol for symbol, (_, listing) in self._kept.items() if listing.code == code]
        return tuple(names) or (code,)

    async def _read(self, symbol: str, code: str) -> Listing:
        def look(client: Client) -> tuple[Any, Any]:
            contract = client.contracts.get(code)
            return contract, None if contract is None else client.contracts.info(contract)

        try:
            contract, info = await self._session.call(look, patience=_READ_S)
        except RefusedError as error:
            if error.reason in _WHATEVER_IS_ASKED:
                raise
            raise UnknownSymbolError(str(error)) from error
        if contract is None or info is None:
            msg = f"SinoPac does not know {symbol}"
            raise UnknownSymbolError(msg)
        try:
            return listing_of(symbol, contract, info)
        except UnreadableError as error:
            msg = f"SinoPac's words on {symbol} are not understood: {error}"
            raise BrokerUnavailableError(msg) from error
