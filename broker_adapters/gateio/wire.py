"""Gate's answers, field by field, and as forgiving as an accepted order deserves.

No field is required and none has a fixed type: Gate writes the same number as text, whole or broken
number from one product to the next, and adds words to its enums at any time. Broken numbers come as
`Decimal`, never as float.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any, TypeVar

import msgspec

from broker_adapters.gateio.errors import UnreadableError

_T = TypeVar("_T")
Loose = Any  # text, whole number, `Decimal`, or nothing: read by `mapping.number` and `.word`


class SpotOrder(msgspec.Struct, frozen=True):
    """An order at the spot market."""

    id: Loose = None
    text: Loose = None
    currency_pair: Loose = None
    type: Loose = None
    side: Loose = None
    amount: Loose = None
    price: Loose = None
    left: Loose = None
    filled_amount: Loose = None
    filled_total: Loose = None
    avg_deal_price: Loose = None
    status: Loose = None
    finish_as: Loose = None
    create_time: Loose = None
    create_time_ms: Loose = None
    update_time: Loose = None
    update_time_ms: Loose = None


class OpenSpotOrders(msgspec.Struct, frozen=True):
    """The open orders of one pair."""

    orders: list[SpotOrder] = []


class SpotTrade(msgspec.Struct, frozen=True):
    """An execution at the spot market."""

    id: Loose = None
    order_id: Loose = None
    text: Loose = None
    currency_pair: Loose = None
    side: Loose = None
    amount: Loose = None
    price: Loose = None
    fee: Loose = None
    fee_currency: Loose = None
    gt_fee: Loose = None
    point_fee: Loose = None
    create_time: Loose = None
    create_time_ms: Loose = None


class SpotAccount(msgspec.Struct, frozen=True):
    """A currency of the spot account."""

    currency: Loose = None
    available: Loose = None
    locked: Loose = None


class AccountDetail(msgspec.Struct, frozen=True):
    """Whose key it is."""

    user_id: Loose = None


class CurrencyPair(msgspec.Struct, frozen=True):
    """A spot pair."""

    id: Loose = None
    base: Loose = None
    quote: Loose = None
    amount_precision: Loose = None
    precision: Loose = None
    min_base_amount: Loose = None
    min_quote_amount: Loose = None
    max_base_amount: Loose = None


class Ticker(msgspec.Struct, frozen=True):
    """The best prices of a spot pair."""

    currency_pair: Loose = None
    lowest_ask: Loose = None
    last: Loose = None


class FuturesOrder(msgspec.Struct, frozen=True):
    """An order for a perpetual; sizes in contracts, negative for sales."""

    id: Loose = None
    text: Loose = None
    contract: Loose = None
    size: Loose = None
    left: Loose = None
    price: Loose = None
    fill_price: Loose = None
    status: Loose = None
    finish_as: Loose = None
    create_time: Loose = None
    update_time: Loose = None
    finish_time: Loose = None


class FuturesTrade(msgspec.Struct, frozen=True):
    """An execution of a perpetual."""

    id: Loose = None
    order_id: Loose = None
    text: Loose = None
    contract: Loose = None
    size: Loose = None
    price: Loose = None
    fee: Loose = None
    create_time: Loose = None


class FuturesPosition(msgspec.Struct, frozen=True):
    """A position of a perpetual, or one side of it in dual mode."""

    contract: Loose = None
    size: Loose = None
    entry_price: Loose = None
    mark_price: Loose = None
    unrealised_pnl: Loose = None
    mode: Loose = None


class FuturesAccount(msgspec.Struct, frozen=True):
    """The money of the perpetuals, and how positions are kept."""

    currency: Loose = None
    total: Loose = None
    unrealised_pnl: Loose = None
    available: Loose = None
    in_dual_mode: Loose = None


class Contract(msgspec.Struct, frozen=True):
    """A perpetual."""

    name: Loose = None
    quanto_multiplier: Loose = None
    order_price_round: Loose = None
    order_size_min: Loose = None
    order_size_max: Loose = None
    enable_decimal: Loose = None


class ServerTime(msgspec.Struct, frozen=True):
    """Gate's clock, in milliseconds."""

    server_time: int


def decoder(kind: type[_T]) -> msgspec.json.Decoder[_T]:
    """Make a decoder that keeps broken numbers exact; made once a module."""
    return msgspec.json.Decoder(kind, float_hook=Decimal)


def decoded(body: bytes, by: msgspec.json.Decoder[_T]) -> _T:
    """Read a body.

    Raises:
        UnreadableError: It is something else, or cut off.
    """
    try:
        return by.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        msg = f"not understood: {error}"
        raise UnreadableError(msg) from error
