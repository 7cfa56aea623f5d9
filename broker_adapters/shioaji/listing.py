"""A symbol of ours as SinoPac lists it: what it is called there, its steps and bounds. Pure."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

import msgspec

from broker_adapters.base import Instrument
from broker_adapters.shioaji.errors import UnreadableError
from broker_adapters.shioaji.mapping import word
from broker_adapters.shioaji.steps import FINEST, LOT, exact, is_fund, needed, stock_tick

_MOST_LOTS = 499
_STOCK = re.compile(r"\d{4,6}[A-Z]?")
_FUTURES = re.compile(r"([A-Z]{2}[A-Z0-9])(?:(R[12])|([A-X]\d)|(\d{3})(\d)(\d{2}))")
_MONTHS = "ABCDEFGHIJKL"


class Listing(msgspec.Struct, frozen=True, kw_only=True):
    """A symbol as SinoPac lists it today.

    Attributes:
        code: What is really traded: an alias such as TXFR1 leads to a month.
        contract: The SDK's own, which an order is placed with.
        floor: The day's least price; `None` where it is not told. `ceiling` likewise.
    """

    symbol: str
    code: str
    is_stock: bool
    contract: Any
    instrument: Instrument
    floor: Decimal | None = None
    ceiling: Decimal | None = None
    is_suspended: bool = False


def code_of(symbol: str) -> str | None:
    """Return what SinoPac calls a symbol; `None` if it can be none of its."""
    if _STOCK.fullmatch(symbol):
        return symbol
    found = _FUTURES.fullmatch(symbol)
    if found is None:
        return None
    root, alias, month, _, year, number = found.groups()
    if year is None:
        return f"{root}{alias or month}"
    index = int(number) - 1
    return f"{root}{_MONTHS[index]}{year}" if 0 <= index < len(_MONTHS) else None


def listing_of(symbol: str, contract: Any, info: Any) -> Listing:  # noqa: ANN401 - the SDK's own
    """Read a contract and its fields.

    Raises:
        UnreadableError: They lack what nothing can be traded without.
    """
    floor, ceiling = exact(info.limit_down), exact(info.limit_up)
    floor = floor if floor else None
    ceiling = ceiling if ceiling else None
    is_stock = word(contract.security_type) == "STK"
    instrument = _stock(symbol, info, floor) if is_stock else _future(symbol, info)
    code = word(contract.target_code) or word(contract.code)
    return Listing(
        symbol=symbol,
        code=code,
        is_stock=is_stock,
        contract=contract,
        instrument=msgspec.structs.replace(
            instrument,
            price_floor=floor,
            price_ceiling=ceiling,
            held_as=code,
            leads_to=None if code == code_of(symbol) else code,
        ),
        floor=floor,
        ceiling=ceiling,
        is_suspended=bool(getattr(info, "trading_suspended", False)),
    )


def _stock(symbol: str, info: Any, floor: Decimal | None) -> Instrument:  # noqa: ANN401 - the SDK's own
    """Shares, one by one; the tick is the finest of the day, and the order's own is kept too."""
    if exact(info.unit) not in {None, Decimal(LOT)}:
        raise UnreadableError("a lot is not 1,000 shares")
    lowest = floor or exact(info.reference)
    return Instrument(
        symbol=symbol,
        quantity_step=Decimal(1),
        price_tick=FINEST if lowest is None else stock_tick(lowest, is_fund=is_fund(symbol)),
        min_quantity=Decimal(1),
        max_quantity=Decimal(_MOST_LOTS * LOT + LOT - 1),
        shorts=False,
    )


def _future(symbol: str, info: Any) -> Instrument:  # noqa: ANN401 - the SDK's own
    return Instrument(
        symbol=symbol,
        quantity_step=Decimal(1),
        price_tick=needed(info.tick, "tick"),
        min_quantity=Decimal(1),
        multiplier=needed(info.multiplier, "multiplier"),
    )
