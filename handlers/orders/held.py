"""What an account should hold by its fills, beside what its venue shows. Pure.

A coin is bought with other coins and pays fees; a contract has several names. So what is compared
is each thing that is held, whatever symbols it was traded under.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

import msgspec

from handlers.records.comparison import PositionDiffers, Traded
from handlers.records.lifecycle import plain

if TYPE_CHECKING:
    from broker_adapters.base import Instrument, Position
    from handlers.records.comparison import Holdings

Instruments = Mapping[str, "Instrument | None"]


class Moves(msgspec.Struct, frozen=True, kw_only=True):
    """The sums that a holding comes of, and the fees that were paid out of it."""

    traded: tuple[Traded, ...]
    fees: Decimal


class Tally(msgspec.Struct, frozen=True, kw_only=True):
    """What the record says is held of one thing, beside what the venue says.

    Attributes:
        symbols: What it was traded under.
        step: Less than this can be neither bought nor sold.
        made_of: While it stands still, nothing was recorded that moves this.
        is_settled: It stood still while the venue was read, and nothing is in doubt.
    """

    symbols: tuple[str, ...]
    recorded: Decimal
    at_venue: Decimal
    step: Decimal
    made_of: Moves
    is_settled: bool

    @property
    def difference(self) -> PositionDiffers | None:
        """What differs, if anything does."""
        apart = abs(self.recorded - self.at_venue)
        if apart == 0 or apart < self.step:
            return None
        return PositionDiffers(
            symbols=self.symbols, recorded=plain(self.recorded), at_venue=plain(self.at_venue)
        )


def tallies(
    before: Holdings,
    after: Holdings,
    positions: Sequence[Position],
    instruments: Instruments,
    *,
    left_out: frozenset[str] = frozenset(),
) -> dict[str, Tally]:
    """Return each thing's tally by its name.

    Args:
        before: The record before the positions were read.
        after: The record afterwards.
        positions: What the venue shows.
        instruments: Of each symbol that was traded; `None` where the venue knows none any more.
        left_out: Names that are not compared: what the venue shows as balances, which are held for
            whatever reason, and contracts that are `over`.
    """
    shown = {each.held_as or each.symbol: each.quantity for each in positions}
    is_now = _sums(after, instruments)
    doubtful = {
        name
        for symbol in before.in_doubt | after.in_doubt
        for name in _touched(symbol, instruments)
    }
    named: defaultdict[str, list[str]] = defaultdict(list)
    for each in after.traded:
        named[_name(each.symbol, instruments)].append(each.symbol)
    return {
        name: Tally(
            symbols=tuple(sorted(symbols)),
            recorded=is_now[name],
            at_venue=shown.get(name, Decimal(0)),
            step=_step(symbols, instruments),
            made_of=(moves := _moves(after, name, instruments)),
            is_settled=name not in doubtful and moves == _moves(before, name, instruments),
        )
        for name, symbols in named.items()
        if name not in left_out
    }


def over(
    holdings: Holdings,
    positions: Sequence[Position],
    instruments: Instruments,
    *,
    is_future: Callable[[str], bool],
) -> list[str]:
    """Return contracts that are traded no more and that the venue shows nothing of.

    The exchange settled on their last day what was held of them, and no fill tells of that.

    Args:
        holdings: The record.
        positions: What the venue shows.
        instruments: Of each symbol that was traded; `None` where the venue knows none any more.
        is_future: Whether a symbol is one of something that has a last day.
    """
    shown = {name for each in positions for name in (each.symbol, each.held_as or each.symbol)}
    return [
        each.symbol
        for each in holdings.traded
        if instruments.get(each.symbol) is None
        and (each.is_contract or is_future(each.symbol))
        and each.symbol not in shown
    ]


def _sums(holdings: Holdings, instruments: Instruments) -> dict[str, Decimal]:
    """Return what should be held of each thing."""
    sums: defaultdict[str, Decimal] = defaultdict(Decimal)
    for each in holdings.traded:
        sums[_name(each.symbol, instruments)] += each.quantity
    for coin in _coins(instruments) & sums.keys():
        spent = (each.value for each in _paid_in(coin, holdings, instruments))
        sums[coin] -= sum(spent, holdings.fees.get(coin, Decimal(0)))
    return sums


def _moves(holdings: Holdings, name: str, instruments: Instruments) -> Moves:
    """Return what a thing's sum comes of; each has its count of fills, so that none goes unseen."""
    touching = [each for each in holdings.traded if name in _touched(each.symbol, instruments)]
    return Moves(traded=tuple(touching), fees=holdings.fees.get(name, Decimal(0)))


def _paid_in(coin: str, holdings: Holdings, instruments: Instruments) -> list[Traded]:
    return [
        each
        for each in holdings.traded
        if (known := instruments.get(each.symbol)) is not None and known.currency == coin
    ]


def _touched(symbol: str, instruments: Instruments) -> set[str]:
    """Return what an order of a symbol moves: the thing itself, and the coin that it is paid in."""
    known = instruments.get(symbol)
    paid = {known.currency} if known is not None and known.currency else set[str]()
    return {_name(symbol, instruments)} | (paid & _coins(instruments))


def _coins(instruments: Instruments) -> set[str]:
    return {each.held_as for each in instruments.values() if each is not None and each.held_as}


def _name(symbol: str, instruments: Instruments) -> str:
    known = instruments.get(symbol)
    return symbol if known is None else known.held_as or symbol


def _step(symbols: Sequence[str], instruments: Instruments) -> Decimal:
    steps = [known.quantity_step for each in symbols if (known := instruments.get(each))]
    return min(steps, default=Decimal(0))
