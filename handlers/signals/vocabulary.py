"""The words senders use for closed choices, each with what it means here."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, TypeVar

from bus.values import Mode, OrderType, TimeInForce
from handlers.signals.names import fold_key
from handlers.signals.signal import Action, Position, QuantityType, StopType

if TYPE_CHECKING:
    from collections.abc import Mapping

_Choice = TypeVar("_Choice", bound=Enum)


def _table(words: Mapping[_Choice, str]) -> dict[str, _Choice]:
    """Spread `choice: "word word"` into a look-up by folded word; a choice's own name counts."""
    return {
        fold_key(word): choice
        for choice, spelt in words.items()
        for word in (*spelt.split(), str(choice.value))
    }


ACTIONS = _table(
    {
        Action.BUY: "buy",
        Action.SELL: "sell",
        Action.LONG_ENTRY: "long enter_long entry_long open_long go_long bullish buy_to_open",
        Action.SHORT_ENTRY: "short enter_short entry_short open_short go_short bearish "
        "sell_short sell_to_open",
        Action.LONG_EXIT: "exit_long close_long sell_to_close",
        Action.SHORT_EXIT: "exit_short close_short buy_to_close buy_to_cover cover",
        Action.EXIT: "close flat flatten exit_all close_all close_position flatten_all neutral "
        "close_positions flatten_position",
        Action.REVERSE: "reverse_position flip",
        Action.ADD: "add_to_position",
        Action.REDUCE: "reduce_position",
        Action.TARGET: "target_position",
        Action.CANCEL: "cancel_order cancel_orders",
        Action.CANCEL_ALL: "cancel_all_orders",
        Action.PING: "ping",
    }
)
POSITIONS = _table(
    {Position.LONG: "bullish", Position.SHORT: "bearish", Position.FLAT: "neutral none"}
)
QUANTITY_TYPES = _table(
    {
        QuantityType.FIXED_QUANTITY: "base",
        QuantityType.NOTIONAL: "dollar_amount quote",
        QuantityType.PERCENT_OF_EQUITY: "margin_percent",
        QuantityType.RISK_AMOUNT: "risk_dollar_amount",
        QuantityType.RISK_PERCENT: "risk_percent",
        QuantityType.PERCENT_OF_POSITION: "position_percent",
    }
)
ORDER_TYPES = _table(
    {
        OrderType.MARKET: "mkt mkp",
        OrderType.LIMIT: "lmt",
        OrderType.STOP: "sl stp stop_market sl_m stop_loss",
        OrderType.STOP_LIMIT: "stop_lmt stp_lmt stp_limit sl_limit",
        OrderType.TRAILING_STOP: "trail trailing",
    }
)
STOP_TYPES = _table(
    {
        StopType.STOP: "sl stp stop_market",
        StopType.STOP_LIMIT: "stop_lmt stp_lmt",
        StopType.TRAILING_STOP: "trailing_stop",
    }
)
TIMES_IN_FORCE = _table(
    {
        TimeInForce.DAY: "rod",
        TimeInForce.GTC: "gtc",
        TimeInForce.IOC: "ioc",
        TimeInForce.FOK: "fok",
    }
)
MODES = _table({Mode.PAPER: "paper", Mode.LIVE: "live"})


def look_up(table: Mapping[str, _Choice], word: str) -> _Choice | None:
    """Return what a word means; spaces count as `_`."""
    return table.get(word) or table.get(fold_key(word.strip().replace(" ", "_")))
