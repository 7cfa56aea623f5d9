"""OpenAlgo: every price is always sent, and a zero is none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from handlers.phrases import phrase
from handlers.signals.keys import read_keys
from handlers.signals.names import FIELD_OF, fold_key
from handlers.signals.numbers import is_zero

if TYPE_CHECKING:
    from collections.abc import Mapping

    from handlers.signals.reading import Reading

_NAMES = {**FIELD_OF, "triggerprice": "stop_price"}
_PRICES = ("price", "stop_price", "limit_price")


def read_openalgo(body: Mapping[str, object]) -> Reading:
    """Sort the keys of an OpenAlgo order."""
    reading = read_keys(body, _NAMES)
    drop_zeros(reading)
    kind, price = reading.first("order_type"), reading.first("price")
    if kind is not None and price is not None and fold_key(str(kind.value).strip()) == "sl":
        reading.warnings.append(phrase("sl_is_stop", key=kind.key, price=price.key))
    return reading


def drop_zeros(reading: Reading) -> None:
    """Take prices for absent where the sender says zero for none."""
    for name in _PRICES:
        said = reading.fields.get(name)
        if said:
            reading.fields[name] = [each for each in said if not is_zero(each.value)]
