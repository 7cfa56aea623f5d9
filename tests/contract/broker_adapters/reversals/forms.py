"""The forms of an alert that move positions, and where each has to end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    from decimal import Decimal

FLAT, LONG, SHORT = 0, 2, -2
STARTS = {"flat": FLAT, "long": LONG, "short": SHORT}


class Form(msgspec.Struct, frozen=True, kw_only=True):
    """One form of an alert; every quantity and position is in lots.

    Attributes:
        fields: What the alert says beside ticker and price; whole numbers are lots.
        ends: The position it ends on, from flat, long 2 and short 2.
    """

    fields: dict[str, Any]
    ends: tuple[int, int, int]

    def alert(self, lot: Decimal) -> dict[str, Any]:
        """Return the alert's fields, with lots as quantities."""
        return {
            name: str(value * lot) if isinstance(value, int) else value
            for name, value in self.fields.items()
        }

    def end(self, start: int, *, shorts: bool) -> int:
        """Return the position it ends on; without short positions, what would be one is flat."""
        end = self.ends[tuple(STARTS.values()).index(start)]
        return end if shorts else max(end, 0)


def _form(ends: tuple[int, int, int], **fields: Any) -> Form:
    return Form(fields=fields, ends=ends)


FORMS = {
    "reverse": _form((0, -2, 2), action="reverse"),
    "reverse 1": _form((0, -1, 1), action="reverse", quantity=1),
    "buy 1": _form((1, 3, -1), action="buy", quantity=1),
    "buy 3": _form((3, 5, 1), action="buy", quantity=3),
    "sell 1": _form((-1, 1, -3), action="sell", quantity=1),
    "sell 3": _form((-3, -1, -5), action="sell", quantity=3),
    "buy 3 to be long": _form((3, 5, 1), action="buy", quantity=3, position="long"),
    "buy 1 to be long": _form((1, 3, 1), action="buy", quantity=1, position="long"),
    "sell 3 to be short": _form((-3, -1, -5), action="sell", quantity=3, position="short"),
    "sell 2 to be flat": _form((0, 0, -2), action="sell", quantity=2, position="flat"),
    "buy 2 to be flat": _form((0, 2, 0), action="buy", quantity=2, position="flat"),
    "buy, long of size 1": _form(
        (1, 1, 1), action="buy", quantity=3, market_position="long", market_position_size=1
    ),
    "sell, short of size 1": _form(
        (-1, -1, -1), action="sell", quantity=3, market_position="short", market_position_size=1
    ),
    "sell, flat of size 0": _form(
        (0, 0, 0), action="sell", quantity=2, market_position="flat", market_position_size=0
    ),
    "long_entry 1": _form((1, 3, 1), action="long_entry", quantity=1),
    "short_entry 1": _form((-1, -1, -3), action="short_entry", quantity=1),
    "target 1": _form((1, 1, 1), action="target", position_size=1),
    "target -1": _form((-1, -1, -1), action="target", position_size=-1),
    "target 0": _form((0, 0, 0), action="target", position_size=0),
    "exit": _form((0, 0, 0), action="exit"),
    "exit 1": _form((0, 1, -1), action="exit", quantity=1),
    "long_exit": _form((0, 0, -2), action="long_exit"),
    "short_exit": _form((0, 2, 0), action="short_exit"),
    "add 1": _form((0, 3, -3), action="add", quantity=1),
    "reduce 1": _form((0, 1, -1), action="reduce", quantity=1),
}
