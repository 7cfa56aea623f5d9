"""Whether what the alert believes was held is what is held, and what follows if not."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

import msgspec

from handlers.phrases import Phrase, phrase
from handlers.records.sizing_rules import (
    Close,
    Direction,
    DriftPolicy,
    Expected,
    SizingRule,
    Target,
)
from handlers.sizing.rounding import round_quantity

if TYPE_CHECKING:
    from decimal import Decimal

    from handlers.sizing.moves import Holding


class Drift(msgspec.Struct, frozen=True, kw_only=True):
    """The rule to follow after the comparison.

    Attributes:
        may_open: False where only exits may pass.
        note: What differs, in plain words; `None` where nothing does.
    """

    rule: SizingRule
    may_open: bool = True
    note: Phrase | None = None


def drift_of(rule: SizingRule, holding: Holding, step: Decimal) -> Drift:
    """Compare what the alert expected to be held with what is.

    Working orders may have filled for the alert and not yet here, so the position with them counts
    as well. Without a position there is nothing to compare.
    """
    expected = rule.expected
    if expected is None or holding.position is None:
        return Drift(rule=rule)
    position = holding.position
    actual = (position, position + holding.working)
    if any(_is_expected(expected, quantity, step) for quantity in actual):
        return Drift(rule=rule)
    believed = expected.direction or "flat"
    held = f"{position:f}"
    if expected.size is None:
        note = phrase("believed_side", direction=believed, held=held)
    else:
        size = f"{abs(expected.size):f}"
        note = phrase("believed", direction=believed, size=size, held=held)
    return _by_policy(rule, expected, note)


def _is_expected(expected: Expected, quantity: Decimal, step: Decimal) -> bool:
    if expected.size is not None:
        return round_quantity(quantity, step) == round_quantity(expected.size, step)
    if expected.direction is None:
        return abs(quantity) < step
    return quantity > 0 if expected.direction is Direction.LONG else quantity < 0


def _by_policy(rule: SizingRule, expected: Expected, note: Phrase) -> Drift:
    match expected.policy:
        case DriftPolicy.EXECUTE:
            return Drift(rule=rule, note=note)
        case DriftPolicy.BLOCK:
            return Drift(rule=rule, may_open=False, note=note)
        case DriftPolicy.RESYNC:
            target = expected.resync_to
            return Drift(rule=rule if target is None else Target(size=target), note=note)
        case DriftPolicy.FLATTEN:
            return Drift(rule=Close(direction=Direction.ANY), note=note)
        case _:
            assert_never(expected.policy)
