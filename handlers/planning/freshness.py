"""How long an alert is still wanted: entries expire fast, a late exit is better than none."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING

import msgspec

from handlers.phrases import phrase
from handlers.records.refusals import Refusal

if TYPE_CHECKING:
    from handlers.records.accounts import StrategySettings
    from handlers.signals import Signal

# What two clocks that are both kept right may differ by, generously.
FUTURE_TOLERANCE = timedelta(seconds=30)


class Fresh(msgspec.Struct, frozen=True, kw_only=True):
    """The alert is still wanted, until `expires_at`."""

    expires_at: datetime


def judge_age(
    signal: Signal,
    settings: StrategySettings,
    *,
    now: datetime,
    received_at: datetime,
    is_exit: bool,
) -> Fresh | Refusal:
    """Say until when an alert's orders may be sent, or why none may.

    Age counts from the alert's own time. It counts from receipt where there is none, or where the
    time is a bar's and the strategy is not strict about it: a bar's time is when the bar began.
    """
    sent_at = signal.time
    if sent_at is not None and sent_at > now + FUTURE_TOLERANCE:
        ahead = (sent_at - now).total_seconds()
        return Refusal(
            code="future_signal",
            message=phrase("future", seconds=f"{ahead:.0f}"),
            field="time",
            hint=phrase("timenow_is_utc"),
        )
    age_s: int | Decimal = settings.exit_ttl_s if is_exit else settings.entry_ttl_s
    if signal.max_age is not None and signal.max_age < age_s:
        age_s = signal.max_age
    age = _lasting(age_s)
    counts_from = received_at
    if sent_at is not None and (settings.strict_time or not signal.is_bar_time):
        counts_from = min(sent_at, received_at)
    expires_at = counts_from + age
    if now >= expires_at:
        late, most = f"{(now - counts_from).total_seconds():.0f}", f"{Decimal(age_s):f}"
        kind = "stale_exit" if is_exit else "stale_entry"
        return Refusal(
            code="stale_signal",
            message=phrase(kind, late=late, seconds=most),
            field=None if sent_at is None else "time",
        )
    return Fresh(expires_at=expires_at)


@lru_cache(maxsize=256)
def _lasting(seconds: int | Decimal) -> timedelta:
    return timedelta(seconds=float(seconds))
