"""What has to be known before an order is written: the best offer, and which side it would close.

In dual mode Gate keeps long and short positions of a contract apart, and an order says which it
means. The house knows one net position: so an order closes what stands against it, or opens where
nothing does; one that would do both is refused, since it has to be two.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from broker_adapters.base import Reason, Rejected
from broker_adapters.errors import BrokerUnavailableError
from broker_adapters.gateio import wire
from broker_adapters.gateio.dialect import Placing
from broker_adapters.gateio.errors import UnreadableError
from broker_adapters.gateio.mapping import number
from bus.values import OrderType, Side

if TYPE_CHECKING:
    from decimal import Decimal

    from broker_adapters.base import OrderRequest
    from broker_adapters.gateio.dialect import Listing
    from broker_adapters.gateio.gateway import Gateway
    from broker_adapters.gateio.holdings import Holdings

_tickers = wire.decoder(list[wire.Ticker])


class Preparing:
    """Reads what one account's orders depend on."""

    def __init__(self, gateway: Gateway, holdings: Holdings) -> None:
        self._gateway = gateway
        self._holdings = holdings

    async def spot(self, request: OrderRequest, listing: Listing) -> Placing | Rejected:
        """Prepare a spot order: a purchase at the market has to know what is offered."""
        best = None
        if request.order_type is OrderType.MARKET and request.side is Side.BUY:
            best = await self._best_offer(listing.pair)
        return Placing(
            request=request, listing=listing, closes=request.reduce_only, best_price=best
        )

    async def perpetual(self, request: OrderRequest, listing: Listing) -> Placing | Rejected:
        """Prepare an order for a perpetual: in dual mode, find out what it would close."""
        closes = request.reduce_only
        if self._holdings.is_dual and not closes:
            against = await self._against(request, listing.pair)
            if 0 < against < request.quantity:
                message = "In dual mode one order cannot close one side and open the other."
                return Rejected(reason=Reason.POSITION_RULE, message=message)
            closes = against > 0
        return Placing(request=request, listing=listing, closes=closes)

    async def _against(self, request: OrderRequest, pair: str) -> Decimal:
        """Return how much stands on the other side."""
        sign = -1 if request.side is Side.BUY else 1
        held = (side.quantity * sign for side in await self._holdings.sides() if side.pair == pair)
        return max(held, default=request.quantity * 0)

    async def _best_offer(self, pair: str) -> Decimal | None:
        """Return the lowest offer; `None` where there is none, or nobody tells."""
        try:
            body = await self._gateway.read("/spot/tickers", (("currency_pair", pair),))
            tickers = wire.decoded(body, _tickers)
        except (BrokerUnavailableError, UnreadableError):
            return None
        prices = (number(ticker.lowest_ask) for ticker in tickers)
        return next((price for price in prices if price), None)
