"""OpenAlgo: every price is always sent, and a zero is none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from handlers.signals.numbers import is_zero
from handlers.signals.reading import Reading, read_keys

if TYPE_CHECKING:
    from collections.abc import Mapping

_ALIASES = {"triggerprice": "stop_price"}
_ZERO_IS_NONE = ("price", "stop_price", "limit_price")


def read_openalgo(body: Mapping[str, object]) -> Reading:
    """Sort the keys of an OpenAlgo order."""
    reading = read_keys(body, _ALIASES)
    drop_zeros(reading, _ZERO_IS_NONE)
    return reading


def drop_zeros(reading: Reading, names: tuple[str, ...]) -> None:
    """Take fields for absent where the sender says zero for none."""
    for name in names:
        said = [each for each in reading.fields.get(name, ()) if not is_zero(each.value)]
        if said:
            reading.fields[name] = said
        else:
            reading.fields.pop(name, None)
