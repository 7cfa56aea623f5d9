"""What can be traded, read when it is first asked for and again when it is old."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import msgspec

from broker_adapters.base import Instrument
from broker_adapters.errors import BrokerUnavailableError, UnknownSymbolError
from broker_adapters.shioaji.errors import RefusedError, UnreadableError
from broker_adapters.shioaji.mapping import word
from broker_adapters.shioaji.steps import FINEST, LOT, exact, is_fund, needed, stock_tick

if TYPE_CHECKING:
    from broker_adapters.shioaji.port import Client
    from broker_adapters.shioaji.session import Session
    from bus.values import Clock

# Limits and what an alias leads to change four times a day; orders are checked there again.
_KEPT_FOR = timedelta(minutes=5)
_READ_S = 10.0
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
            raise UnknownSymbolError(str(error)) from error
        if contract is None or info is None:
            msg = f"SinoPac does not know {symbol}"
            raise UnknownSymbolError(msg)
        try:
            return _listing(symbol, contract, info)
        except UnreadableError as error:
            msg = f"SinoPac's words on {symbol} are not understood: {error}"
            raise BrokerUnavailableError(msg) from error


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


def _listing(symbol: str, contract: Any, info: Any) -> Listing:  # noqa: ANN401 - the SDK's own
    floor, ceiling = exact(info.limit_down), exact(info.limit_up)
    floor = floor if floor else None
    ceiling = ceiling if ceiling else None
    is_stock = word(contract.security_type) == "STK"
    instrument = _stock(symbol, info, floor) if is_stock else _future(symbol, info)
    return Listing(
        symbol=symbol,
        code=word(contract.target_code) or word(contract.code),
        is_stock=is_stock,
        contract=contract,
        instrument=msgspec.structs.replace(instrument, price_floor=floor, price_ceiling=ceiling),
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
