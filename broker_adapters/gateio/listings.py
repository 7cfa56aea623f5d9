"""The pairs and contracts that an account has asked for, kept for a while."""

from __future__ import annotations

from collections import OrderedDict
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from broker_adapters.base import Reason
from broker_adapters.errors import BrokerUnavailableError, UnknownSymbolError
from broker_adapters.gateio.errors import RefusedError, UnreadableError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from decimal import Decimal

    from broker_adapters.gateio.dialect import Listing, Market
    from broker_adapters.gateio.gateway import Gateway

# Steps and bounds change rarely, and Gate refuses what no longer fits.
KEPT_FOR = timedelta(minutes=10)
_MOST = 256
_NO_SUCH = frozenset({Reason.INVALID_INSTRUMENT, Reason.INVALID_REQUEST})


class Listings:
    """One market's listings; read when first asked for, and again when they are old."""

    def __init__(self, market: Market, gateway: Gateway) -> None:
        self._market = market
        self._gateway = gateway
        self._kept: OrderedDict[str, tuple[datetime, Listing]] = OrderedDict()
        self._all: tuple[datetime, Sequence[Listing]] | None = None

    async def of(self, pair: str) -> Listing:
        """Return a pair's listing.

        Raises:
            UnknownSymbolError: There is no such pair.
            BrokerUnavailableError: Gate does not tell, and an old answer is not at hand.
        """
        now = self._gateway.clock.ours()
        kept = self._kept.get(pair)
        if kept is not None and now - kept[0] < KEPT_FOR:
            return kept[1]
        try:
            listing = await self._read(pair)
        except BrokerUnavailableError:
            if kept is None:
                raise
            return kept[1]
        self._kept[pair] = (now, listing)
        self._kept.move_to_end(pair)
        if len(self._kept) > _MOST:
            self._kept.popitem(last=False)
        return listing

    async def units(self, pairs: frozenset[str]) -> Mapping[str, Decimal]:
        """Return what one of Gate's size is of each pair; raises as `of` does."""
        return {pair: (await self.of(pair)).unit for pair in sorted(pairs)}

    def forget(self, pair: str) -> None:
        """Read a pair anew when it is asked for next: Gate refused what was in its steps."""
        self._kept.pop(pair, None)

    def known(self) -> tuple[Listing, ...]:
        """Return what was asked for so far."""
        return tuple(listing for _, listing in self._kept.values())

    async def all(self) -> Sequence[Listing]:
        """Return what the market lists; `BrokerUnavailableError` where Gate does not tell."""
        now = self._gateway.clock.ours()
        if self._all is None or now - self._all[0] >= KEPT_FOR:
            try:
                body = await self._gateway.read(self._market.listing_path())
                self._all = (now, self._market.listings(body))
            except UnreadableError as error:
                msg = f"Gate's list of what it trades is not understood: {error}"
                raise BrokerUnavailableError(msg) from error
        return self._all[1]

    async def _read(self, pair: str) -> Listing:
        try:
            return self._market.listing(await self._gateway.read(self._market.listing_path(pair)))
        except RefusedError as error:
            if error.reason in _NO_SUCH:
                msg = f"{self._market.symbol_of(pair)} is not traded at Gate"
                raise UnknownSymbolError(msg) from error
            raise
        except UnreadableError as error:
            msg = f"Gate's words on {pair} are not understood: {error}"
            raise BrokerUnavailableError(msg) from error
