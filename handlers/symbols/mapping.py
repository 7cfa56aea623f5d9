"""From a chart's symbol to an account's: the user's override, else the house's rule. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from handlers.phrases import any_of, phrase
from handlers.records.refusals import Refusal
from handlers.records.symbols import MappedBy, SymbolMapping
from handlers.symbols.charts import UnknownSymbol, is_crossing
from handlers.symbols.venues import VENUES

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from handlers.records.accounts import Account
    from handlers.records.symbols import SymbolOverride
    from handlers.symbols.charts import Chart


class Mapped(msgspec.Struct, frozen=True, kw_only=True):
    """What an account's venue calls a chart's symbol, and who says so."""

    symbol: str
    how: SymbolMapping


def map_symbol(
    chart: Chart, account: Account, overrides: Iterable[SymbolOverride] = ()
) -> Mapped | UnknownSymbol:
    """Return what is traded at an account where a chart's symbol is named.

    An override is followed once: what it leads to is not looked up again. The narrowest decides:
    one of this account before one of all the broker's, and then one of this exchange before one of
    whichever. Nothing leads from spot to a perpetual, or back, but an override that says it may;
    one that does not is not followed, and the rule does not take its place.
    """
    names = VENUES.get(account.broker)
    if names is None:
        return UnknownSymbol()
    override = _narrowest(chart, account, overrides)
    symbol = names.name(chart) if override is None else override.symbol
    if isinstance(symbol, UnknownSymbol):
        return symbol
    market = names.market_of(symbol)
    crosses = is_crossing(chart.market, market)
    may_cross = override is not None and override.crosses
    if market is None or (crosses and not may_cross):
        return UnknownSymbol()
    by = MappedBy.RULE if override is None else MappedBy.OVERRIDE
    return Mapped(symbol=symbol, how=SymbolMapping(chart=chart.text, by=by, crosses=crosses))


def refusal_of(unknown: Sequence[UnknownSymbol], chart: Chart, *, field: str) -> Refusal:
    """Say that a chart's symbol has no meaning, and what may have been meant."""
    candidates = sorted({name for symbol in unknown for name in symbol.candidates})
    return Refusal(
        code="unknown_symbol",
        message=phrase("unknown_symbol", chart=chart.text),
        field=field,
        hint=phrase("candidates", names=any_of(candidates)) if candidates else None,
    )


def holds_at(override: SymbolOverride, account: Account) -> bool:
    """Say whether an override is about an account, whatever the chart."""
    return (
        override.user_id == account.user_id
        and override.broker == account.broker
        and override.account_id in {None, account.id}
    )


def _narrowest(
    chart: Chart, account: Account, overrides: Iterable[SymbolOverride]
) -> SymbolOverride | None:
    fitting = [each for each in overrides if _fits(each, chart, account)]
    return max(fitting, key=_narrowness, default=None)


def _fits(override: SymbolOverride, chart: Chart, account: Account) -> bool:
    return (
        holds_at(override, account)
        and override.ticker == chart.ticker
        and override.exchange in {None, chart.exchange}
    )


def _narrowness(override: SymbolOverride) -> tuple[bool, bool]:
    return override.account_id is not None, override.exchange is not None
