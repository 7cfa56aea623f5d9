"""Which bridge's JSON a command is written for; the first mark that fits wins."""

from __future__ import annotations

from typing import TYPE_CHECKING

from handlers.phrases import phrase
from handlers.signals.dialects.openalgo import read_openalgo
from handlers.signals.dialects.pickmytrade import read_pickmytrade
from handlers.signals.dialects.threecommas import read_threecommas
from handlers.signals.errors import Code, SignalError
from handlers.signals.keys import read_keys
from handlers.signals.names import fold_key
from handlers.signals.strict_json import is_object

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from handlers.signals.reading import Reading

_OWN_ACTIONS = frozenset({"longentry", "longexit", "shortentry", "shortexit"})
# TradersPost's own spelling; the same words spelt otherwise are anybody's.
_TRADERSPOST = frozenset({"orderType", "limitPrice", "quantityType", "takeProfit", "stopLoss"})

_READERS: Mapping[str, Callable[[Mapping[str, object]], Reading]] = {
    "threecommas": read_threecommas,
    "pickmytrade": read_pickmytrade,
    "openalgo": read_openalgo,
}


def dialect_of(body: Mapping[str, object]) -> str:
    """Name the dialect of a JSON command.

    Raises:
        SignalError: `ambiguous_payload`, where the marks of two bridges stand in one body.
    """
    folded = {fold_key(key): value for key, value in body.items()}
    fitting = _marked(folded)
    if len(fitting) > 1:
        raise SignalError(
            Code.AMBIGUOUS_PAYLOAD,
            phrase("marks_of_several", bridges=", ".join(fitting)),
            hint=phrase("keep_one_bridge"),
        )
    if fitting and fitting != ["nested"]:
        return fitting[0]
    action = folded.get("action")
    if isinstance(action, str) and fold_key(action.strip()) in _OWN_ACTIONS:
        return "fourpass"
    if "sentiment" in folded or not _TRADERSPOST.isdisjoint(body):
        return "traderspost"
    return "nested" if fitting else "plain"


def read_object(dialect: str, body: Mapping[str, object]) -> Reading:
    """Sort a command's keys, in its dialect."""
    return _READERS.get(dialect, read_keys)(body)


def _marked(folded: Mapping[str, object]) -> list[str]:
    """Name the bridges whose marks no other body has by chance."""
    fitting: list[str] = []
    if "strategyinfo" in folded or "botuuid" in folded:
        fitting.append("threecommas")
    if "data" in folded and "symbol" in folded:
        fitting.append("pickmytrade")
    if "pricetype" in folded or "product" in folded:
        fitting.append("openalgo")
    if _is_nested(folded.get("strategy")):
        fitting.append("nested")
    return fitting


def _is_nested(strategy: object) -> bool:
    return is_object(strategy) and any(fold_key(key) == "orderaction" for key in strategy)
