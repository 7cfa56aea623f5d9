"""The names under which senders put each field; case, `_` and `-` never matter."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

# The order within a row counts for time and price alone, where the first that is given wins.
_NAMES: Mapping[str, tuple[str, ...]] = {
    "ticker": ("ticker", "symbol", "pair", "instrument", "market", "asset", "tv_instrument"),
    "exchange": ("exchange", "tv_exchange"),
    "action": ("action", "side", "order_action", "signal", "data", "strategy.order_action"),
    "quantity": (
        "quantity", "qty", "contracts", "size", "amount", "order_contracts", "q", "order.amount",
        "strategy.order_contracts", "volume",
    ),
    "quantity_type": ("quantity_type", "qty_type", "currency_type"),
    "position": ("sentiment", "market_position", "position", "direction"),
    "position_size": ("position_size", "target_qty", "target", "market_position_size"),
    "prev_position": ("prev_market_position", "prev_position"),
    "prev_position_size": ("prev_position_size", "prev_market_position_size"),
    "order_type": ("order_type", "type", "pricetype"),
    "limit_price": ("limit_price",),
    "stop_price": ("stop_price",),
    "trail_amount": ("trail_amount",),
    "trail_percent": ("trail_percent",),
    "price": ("price", "signal_price", "order_price", "close"),
    "take_profit": ("take_profit", "tp"),
    "stop_loss": ("stop_loss", "sl"),
    "time_in_force": ("time_in_force", "tif"),
    "time": ("timenow", "timestamp", "time", "date", "sent_at"),
    "id": ("id", "signal_id", "alert_id", "alert_timestamp", "client_ref"),
    "order_id": ("order_id", "strategy.order_id"),
    "comment": ("comment", "order_comment"),
    "interval": ("interval", "timeframe"),
    "reduce_only": ("reduce_only",),
    "accounts": ("accounts",),
    "mode": ("mode",),
    "delay": ("delay",),
    "max_age": ("max_age", "max_lag"),
    "extras": ("extras",),
}  # fmt: skip

# Taken for recognition only.
SECRETS = frozenset({"token", "secret", "passphrase", "key", "apikey", "password"})

# Fields of which the first name given wins; everywhere else two values are a conflict.
FIRST_WINS = ("time", "price")

# Known to some bridge and without meaning here: kept in `extras`, said aloud in a warning.
KEPT = frozenset(
    {
        "account", "accountid", "botuuid", "strategy", "strategyname", "strategytag", "product",
        "multipleaccounts", "command", "license", "alertname", "message", "alertmessage",
        "strategyinfo", "order", "botid", "emailtoken", "passthrough", "pyramid", "platform",
        "connectionname", "extendedhours", "ignoretradingwindows", "fullclosed",
        "duplicatepositionallow",
    }
)  # fmt: skip

# A chart's own figures; they stand beside many alerts and mean nothing for the order.
BAR_FIGURES = frozenset({"open", "high", "low", "close", "volume", "bar"})

# Typos of these are refused, since what they would drop moves money.
_MONEY = (
    "quantity", "action", "stop_loss", "take_profit", "limit_price", "stop_price",
    "position_size", "reduce_only",
)  # fmt: skip


def folded(text: str) -> str:
    """Return a text as names are compared: lower case, without `_` and `-`."""
    return text.lower().replace("_", "").replace("-", "")


class _Spellings(dict[str, str]):
    """The names as senders usually spell them, folded; any other spelling is folded when asked.

    Nothing is ever added, so that no body can fill it.
    """

    def __missing__(self, key: str) -> str:
        return folded(key)


def _usual_spellings() -> _Spellings:
    written = {name for names in _NAMES.values() for name in names}
    written |= SECRETS | KEPT | BAR_FIGURES
    spellings: set[str] = set()
    for name in written:
        first, *rest = name.split("_")
        camel = first + "".join(word.capitalize() for word in rest)
        spellings |= {name, name.replace("_", "-"), camel, camel[:1].upper() + camel[1:]}
        spellings |= {name.upper(), folded(name)}
    return _Spellings({spelling: folded(spelling) for spelling in spellings})


SPELLINGS = _usual_spellings()
# Returns a key folded, as nearly all are spelt from memory.
fold_key: Callable[[str], str] = SPELLINGS.__getitem__


FIELD_OF: Mapping[str, str] = {
    fold_key(name): field for field, names in _NAMES.items() for name in names
}
RANK_OF: Mapping[str, int] = {
    fold_key(name): rank for names in _NAMES.values() for rank, name in enumerate(names)
}
# Every name of the money fields, as folded and as written; `trigger_price` is OpenAlgo's.
MONEY_NAMES: tuple[tuple[str, str], ...] = (
    *((fold_key(name), name) for field in _MONEY for name in _NAMES[field]),
    ("triggerprice", "trigger_price"),
)
KNOWN_NAMES: tuple[tuple[str, str], ...] = tuple(
    (fold_key(name), name) for names in _NAMES.values() for name in names
)
