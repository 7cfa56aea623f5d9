"""The two markets of one account, each with all that trades and reads there."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING

import msgspec

from broker_adapters.base import OrderReport, Position
from broker_adapters.gateio.dialect import Market
from broker_adapters.gateio.holdings import Holdings, Money
from broker_adapters.gateio.ladder import Ladder
from broker_adapters.gateio.listings import Listings
from broker_adapters.gateio.mapping import report_of
from broker_adapters.gateio.perpetual import Perpetual
from broker_adapters.gateio.preparing import Preparing
from broker_adapters.gateio.spot import Spot
from broker_adapters.gateio.trading import Trading

if TYPE_CHECKING:
    from broker_adapters.gateio.gateway import Gateway


class Desk(msgspec.Struct, frozen=True, kw_only=True):
    """One market of an account."""

    market: Market
    listings: Listings
    ladder: Ladder
    trading: Trading
    positions: Callable[[], Awaitable[Sequence[Position]]]
    money: Callable[[], Awaitable[Money]]

    async def working_orders(self) -> Sequence[OrderReport]:
        """Return the market's working orders."""
        orders = await self.ladder.open_orders()
        return [report_of(order, self.market.symbol_of(order.pair)) for order in orders]


class Markets:
    """Both markets of an account."""

    def __init__(self, gateway: Gateway) -> None:
        spot, perpetual = Spot(), Perpetual()
        spot_listings, listings = Listings(spot, gateway), Listings(perpetual, gateway)
        spot_ladder = Ladder(spot, gateway, spot_listings)
        ladder = Ladder(perpetual, gateway, listings)
        self._holdings = Holdings(gateway, spot_listings, ladder)
        preparing = Preparing(gateway, self._holdings)
        self.desks = (
            Desk(
                market=spot,
                listings=spot_listings,
                ladder=spot_ladder,
                trading=Trading(spot_ladder, gateway, spot_listings, prepare=preparing.spot),
                positions=self._holdings.spot_positions,
                money=self._holdings.coins,
            ),
            Desk(
                market=perpetual,
                listings=listings,
                ladder=ladder,
                trading=Trading(ladder, gateway, listings, prepare=preparing.perpetual),
                positions=self._holdings.perpetual_positions,
                money=self._holdings.perpetual_money,
            ),
        )

    async def whose(self) -> str | None:
        """Return Gate's number of the account; `None` where the key may not read it."""
        return await self._holdings.whose()

    @property
    def is_dual(self) -> bool:
        """Whether long and short positions of a contract are kept apart."""
        return self._holdings.is_dual
