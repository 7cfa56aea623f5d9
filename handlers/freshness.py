"""How long an alert is still wanted: entries expire fast, a late exit is better than none."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from math import gcd
from typing import TYPE_CHECKING

import msgspec

from handlers.limits import Denied

if TYPE_CHECKING:
    from handlers.records import StrategySettings

# What two clocks that are both kept right may differ by, generously.
FUTURE_TOLERANCE = timedelta(seconds=30)

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MINUTE = 60
# Markets open on quarter hours, and bars of an hour and more are counted from the opening: those
# of TAIFEX begin at 00:45, 01:45 UTC. A finer bar keeps what it shares with the quarter hour.
_QUARTER = 15 * _MINUTE
_INTERVAL = re.compile(r"(\d{0,6})([SDWM]?)", re.IGNORECASE)


class Fresh(msgspec.Struct, frozen=True, kw_only=True):
    """The alert is still wanted, until `expires_at`.

    Attributes:
        is_bar_time: Its time is that of a bar, so that its age counts from receipt.
    """

    expires_at: datetime
    is_bar_time: bool = False


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What an alert says of its own age.

    Attributes:
        time: When it says it was sent.
        interval: The chart's, as TradingView writes it: minutes, or with `S`, `D`, `W` or `M`.
        max_age: How old it may be at most; only ever less than the strategy's own limit.
        received_at: When its first byte was read.
    """

    time: datetime | None
    interval: str | None
    max_age: timedelta | None
    received_at: datetime


def judge_age(
    asked: Asked, settings: StrategySettings, *, now: datetime, is_exit: bool
) -> Fresh | Denied:
    """Say until when an alert's orders may be sent, or why none may.

    Age counts from the alert's own time. It counts from receipt where there is none, or where the
    time is a bar's and the strategy is not strict about it: a bar's time is when the bar began.
    """
    age = timedelta(seconds=settings.exit_ttl_s if is_exit else settings.entry_ttl_s)
    if asked.max_age is not None:
        age = min(age, asked.max_age)
    if asked.time is not None and asked.time > now + FUTURE_TOLERANCE:
        ahead = (asked.time - now).total_seconds()
        return Denied(
            code="future_signal",
            message=f"The alert's time lies {ahead:.0f} s ahead. Send {{{{timenow}}}}, in UTC.",
        )
    is_bar_time = (
        asked.time is not None
        and not settings.strict_time
        and on_bar_boundary(asked.time, asked.interval)
    )
    counts_from = asked.received_at
    if asked.time is not None and not is_bar_time:
        counts_from = min(asked.time, asked.received_at)
    expires_at = counts_from + age
    if now >= expires_at:
        late, kind = (now - counts_from).total_seconds(), "exit" if is_exit else "entry"
        return Denied(
            code="stale_signal",
            message=f"The alert is {late:.0f} s old; an {kind} is wanted for "
            f"{age.total_seconds():.0f} s.",
        )
    return Fresh(expires_at=expires_at, is_bar_time=is_bar_time)


def on_bar_boundary(time: datetime, interval: str | None) -> bool:
    """Say whether a bar of this interval can begin then; without one, a bar of a minute."""
    since = time - _EPOCH
    return since % timedelta(seconds=_boundary_s(interval)) == timedelta(0)


def _boundary_s(interval: str | None) -> int:
    found = _INTERVAL.fullmatch(interval or "")
    if not interval or found is None:
        return _MINUTE
    count, unit = int(found[1] or 1) or 1, found[2].upper()
    if unit == "S":
        return gcd(count, _QUARTER)
    return _QUARTER if unit else gcd(count * _MINUTE, _QUARTER)
