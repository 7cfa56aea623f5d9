"""The paper market's prices, set by hand."""

from __future__ import annotations

from decimal import Decimal

import msgspec
from litestar import post
from litestar.params import JSONBody

from broker_adapters.errors import InvalidPriceError, UnknownSymbolError
from edge.api import values
from edge.door.guards import needs
from edge.errors import ApiError
from edge.given import Caller, PortsGiven


class Tick(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A price at which the paper market trades a symbol from now on."""

    symbol: str
    price: Decimal


class TickBody(msgspec.Struct, frozen=True, kw_only=True):
    """The price that was set, and how many of your working orders it filled or set off."""

    symbol: str
    price: str
    moved: int


@post(
    "/api/paper/ticks",
    guards=[needs("trade")],
    status_code=202,
    tags=["Paper"],
    summary="Set a paper price",
)
async def set_tick(ports: PortsGiven, principal: Caller, data: JSONBody[Tick]) -> TickBody:
    """Set a symbol's price in your paper market, and match your working paper orders against it."""
    symbol = values.symbol("symbol", data.symbol)
    price = values.positive("price", data.price, code="invalid_price")
    try:
        moved = await ports.set_price(principal.user_id, symbol, price)
    except UnknownSymbolError as error:
        raise ApiError(400, "invalid_ticker", str(error), field="symbol") from error
    except InvalidPriceError as error:
        raise ApiError(400, "invalid_price", str(error), field="price") from error
    return TickBody(symbol=symbol, price=format(price, "f"), moved=moved)


ROUTES = (set_tick,)
