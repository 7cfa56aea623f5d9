"""How side and quantity follow from a signal; `handlers.sizing` decides them at freeze."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum

import msgspec

from bus.values import Side


class Direction(StrEnum):
    """Which way a position points; `ANY` is whichever is held."""

    LONG = "long"
    SHORT = "short"
    ANY = "any"


class Rule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The base of the rules."""


class Fixed(Rule, tag="fixed", frozen=True, kw_only=True):
    """Trade this quantity this way, whatever is held."""

    side: Side
    quantity: Decimal


class Enter(Rule, tag="enter", frozen=True, kw_only=True):
    """Hold `quantity` more this way; an opposite position is closed first."""

    side: Side
    quantity: Decimal


class Notional(Rule, tag="notional", frozen=True, kw_only=True):
    """Trade for this much money."""

    side: Side
    amount: Decimal


class EquityShare(Rule, tag="equity_share", frozen=True, kw_only=True):
    """Trade for this percentage of the account's equity."""

    side: Side
    percent: Decimal


class Close(Rule, tag="close", frozen=True, kw_only=True):
    """Close what is held that way: all, a quantity of it, or a percentage."""

    direction: Direction
    quantity: Decimal | None = None
    percent: Decimal | None = None


class Target(Rule, tag="target", frozen=True, kw_only=True):
    """Trade until the position is this, signed. Said twice, the second changes nothing."""

    size: Decimal


class Reverse(Rule, tag="reverse", frozen=True, kw_only=True):
    """Turn the position around; without a quantity to the same size on the other side."""

    quantity: Decimal | None = None


SizingRule = Fixed | Enter | Notional | EquityShare | Close | Target | Reverse
