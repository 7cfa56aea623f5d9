"""What may still be sent in this second, as the last replies said.

Source: "Frequency limit rule" of Gate's documentation; headers `X-Gate-RateLimit-*`. Every kind of
request has an allowance of its own there, so orders cannot use up what cancels need.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from collections.abc import Mapping

_REMAIN = "x-gate-ratelimit-requests-remain"
_RESET = "x-gate-ratelimit-reset-timestamp"
_SECOND = timedelta(seconds=1)
_LONGEST = timedelta(seconds=60)
_LONGEST_NUMBER = 14
_ROOM = timedelta(milliseconds=50)


class Allowance(msgspec.Struct, frozen=True, kw_only=True):
    """How many requests of one kind are left until an instant on Gate's clock."""

    remaining: int
    until: datetime


class Budget:
    """The allowances of one account, by kind of request."""

    def __init__(self) -> None:
        self._allowances: dict[str, Allowance] = {}

    def note(self, kind: str, headers: Mapping[str, str], *, is_refusal: bool) -> None:
        """Take in what a reply says is left; after a refusal nothing is, whatever it says."""
        remaining, until = _whole(headers.get(_REMAIN)), _instant(headers.get(_RESET))
        if until is None or remaining is None:
            return
        self._allowances[kind] = Allowance(remaining=0 if is_refusal else remaining, until=until)

    def wait(self, kind: str, *, now: datetime) -> timedelta | None:
        """Return how long a request of this kind has to wait; `None` if it may be sent now."""
        allowance = self._allowances.get(kind)
        if allowance is None or allowance.remaining > 0 or allowance.until <= now:
            return None
        return _until(allowance.until, now)


def retry_after(headers: Mapping[str, str], *, now: datetime) -> timedelta:
    """Return when a request that came too fast may be sent again: a second, if nothing is said."""
    until = _instant(headers.get(_RESET))
    if until is None:
        return _SECOND
    return _until(until, now)


def _until(instant: datetime, now: datetime) -> timedelta:
    """Return how long to wait, with some room for what clocks do not agree on."""
    return min(max(instant - now, timedelta(0)) + _ROOM, _LONGEST)


def _whole(text: str | None) -> int | None:
    return int(text) if text and text.isdecimal() and len(text) <= _LONGEST_NUMBER else None


def _instant(text: str | None) -> datetime | None:
    """Read seconds, or milliseconds where it can only be these."""
    number = _whole(text)
    if number is None:
        return None
    seconds = number / 1000 if number > 10**11 else number
    return datetime.fromtimestamp(seconds, UTC)
