"""3Commas' signal bot: figures in `order` and `strategy_info`, `trigger_price` for reference."""

from __future__ import annotations

from typing import TYPE_CHECKING

from handlers.signals.keys import read_keys
from handlers.signals.names import FIELD_OF

if TYPE_CHECKING:
    from collections.abc import Mapping

    from handlers.signals.reading import Reading

_NAMES = {**FIELD_OF, "triggerprice": "price"}


def read_threecommas(body: Mapping[str, object]) -> Reading:
    """Sort the keys of a 3Commas signal."""
    return read_keys(body, _NAMES)
