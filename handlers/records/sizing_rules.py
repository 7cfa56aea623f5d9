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


class DriftPolicy(StrEnum):
    """What to do when the alert's previous position is not the real one.

    `EXECUTE` goes on as if it were; `BLOCK` opens nothing and lets exits pass; `RESYNC` trades to
    the position that the alert ends on; `FLATTEN` closes what is held and nothing else.
    """

    EXECUTE = "execute"
    BLOCK = "block"
    RESYNC = "resync"
    FLATTEN = "flatten"


class Expected(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the alert believes was held before it, and what to do where that is not so.

    Attributes:
        direction: `None` is flat.
        size: Signed; `None` where the alert names only the direction.
        resync_to: The signed position that the alert ends on, where it says so.
    """

    direction: Direction | None
    size: Decimal | None
    policy: DriftPolicy
    resync_to: Decimal | None = None


class Rule(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True
):
    """The base of the rules."""

    expected: Expected | None = None


class Fixed(Rule, tag="fixed", frozen=True, kw_only=True):
    """Trade this quantity this way, whatever is held; without a side the way that is held."""

    side: Side | None
    quantity: Decimal


class Enter(Rule, tag="enter", frozen=True, kw_only=True):
    """Hold `quantity` more this way; an opposite position is closed first.

    Attributes:
        may_include_close: The quantity may already contain the closing part, as TradingView's
            contracts do on a flip; it does where it is larger than the opposite position.
    """

    side: Side
    quantity: Decimal
    may_include_close: bool = False


class Notional(Rule, tag="notional", frozen=True, kw_only=True):
    """Trade for this much money; `enters` closes an opposite position first, as `Enter` does."""

    side: Side
    amount: Decimal
    enters: bool = False


class EquityShare(Rule, tag="equity_share", frozen=True, kw_only=True):
    """Trade for this percentage of the account's equity; `enters` as with `Notional`."""

    side: Side
    percent: Decimal
    enters: bool = False


class Close(Rule, tag="close", frozen=True, kw_only=True):
    """Close what is held that way: all, a quantity of it, or a percentage."""

    direction: Direction
    quantity: Decimal | None = None
    percent: Decimal | None = None


class Target(Rule, tag="target", frozen=True, kw_only=True):
    """Trade until the position is this, signed. Said twice, the second changes nothing."""

    size: Decimal


class Reverse(Rule, tag="reverse", frozen=True, kw_only=True):
    """Turn the position around; without a quantity to the same size on the other side.

    Attributes:
        to: The direction it must end on, where the alert says so; held already, nothing changes.
    """

    quantity: Decimal | None = None
    to: Direction | None = None


SizingRule = Fixed | Enter | Notional | EquityShare | Close | Target | Reverse


def is_plain(rule: SizingRule) -> bool:
    """Say whether a rule trades just what it says, whatever is held."""
    return isinstance(rule, Fixed) and rule.side is not None and rule.expected is None
