"""What makes an alert the same as an earlier one, and for how long."""

from __future__ import annotations

from datetime import timedelta
from hashlib import sha256
from typing import TYPE_CHECKING

import msgspec

from bus.ids import uuid7
from handlers.phrases import Phrase, phrase
from handlers.records.alerts import Dedupe
from handlers.signals import Action
from handlers.signals.dedupe import dedupe_key

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from handlers.records.accounts import Strategy
    from handlers.signals import Shape, Signal

_FOR_AN_ID = timedelta(hours=24)


class Repetition(msgspec.Struct, frozen=True, kw_only=True):
    """How a repetition is told, and what the trader should know of it."""

    dedupe: Dedupe
    warnings: tuple[Phrase, ...] = ()


def repetition_of(
    signal: Signal,
    strategy: Strategy,
    *,
    index: int = 0,
    shape: Shape | None = None,
    new_id: Callable[[], UUID] = uuid7,
) -> Repetition:
    """Choose the window in which the same alert counts as sent twice.

    A time makes an alert one of a kind, for good; an id does for a day. Without either, what comes
    within the strategy's window is a resend. Where that is off, and for a test, every alert is new.
    `shape` is the signal's, where it has one.
    """
    key = dedupe_key(strategy.id, signal, index, shape)
    window_s = strategy.dedupe_window_s
    if signal.action is Action.PING:
        return Repetition(dedupe=_never(key, new_id))
    if signal.time is not None:
        return Repetition(dedupe=Dedupe(hash=key, window=None))
    if signal.id is not None:
        return Repetition(dedupe=Dedupe(hash=key, window=_FOR_AN_ID))
    if window_s <= 0:
        warning = phrase("traded_twice")
        return Repetition(dedupe=_never(key, new_id), warnings=(warning,))
    warning = phrase("resend_within", seconds=str(window_s))
    dedupe = Dedupe(hash=key, window=timedelta(seconds=window_s))
    return Repetition(dedupe=dedupe, warnings=(warning,))


def _never(key: bytes, new_id: Callable[[], UUID]) -> Dedupe:
    return Dedupe(hash=sha256(key + new_id().bytes).digest(), window=None)
