"""From an alert's bytes to its reply, in the order of checks that the reply's codes promise.

A refusal is written down wherever the token was good; what cannot be written is 503, never 202.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from edge.errors import ApiError
from edge.meaning import plan_signals, read_alert
from edge.recording import record_all, record_rejected, write_refusal
from edge.refusals import refused_with, unknown_token
from edge.turns import in_step
from handlers.records.accounts import AccountState, StrategyState
from handlers.signals import CANCELS, find_token

if TYPE_CHECKING:
    from edge.alert import Alert, Taken
    from edge.ports import Ports
    from handlers.records.accounts import Recognised
    from handlers.signals import Normalised

_BEFORE_THE_TOKEN = frozenset({"empty_body", "not_utf8", "body_too_large"})


async def take_in(ports: Ports, alert: Alert) -> Taken:
    """Check, plan and record an alert, and tell the user's worker.

    Raises:
        ApiError: It is refused.
        StoreUnavailableError: It could not be recorded, or whether it was is unknown.
    """
    await in_step()
    read = alert.unreadable or read_alert(alert.body)
    await in_step()
    early = read if isinstance(read, ApiError) and _comes_first(read, alert) else None
    token = _token(alert)
    recognised = await ports.recognition.recognise(token)
    if recognised is None:
        raise early or unknown_token()
    try:
        if early is not None:
            raise early
        if _closed(recognised) is not None:
            recognised = await _look_again(ports, token, read)
        return await _take(ports, alert, token, recognised, read)
    except ApiError as refusal:
        strategy = recognised.strategy
        refusal.whose = {"strategy_id": str(strategy.id), "user_id": str(strategy.user_id)}
        await write_refusal(ports, alert, recognised, refusal)
        raise


async def _take(
    ports: Ports, alert: Alert, token: str, recognised: Recognised, read: Normalised | ApiError
) -> Taken:
    if isinstance(read, ApiError):
        raise read
    try:
        meant = plan_signals(read, alert, recognised, now=ports.clock.now())
    except ApiError as refusal:
        if refusal.code != "unknown_symbol":
            raise
        # Memory may not know yet what the user maps by hand; the record does.
        recognised = await _look_again(ports, token, read)
        meant = plan_signals(read, alert, recognised, now=ports.clock.now())
    if not ports.buckets.take(recognised.strategy.id):
        return await record_rejected(ports, alert, recognised, meant)
    await in_step()
    return await record_all(ports, alert, recognised, meant)


def _comes_first(error: ApiError, alert: Alert) -> bool:
    """Size and encoding are judged before the token, except where the token is in that body."""
    if error is alert.unreadable:
        return True
    return alert.token is not None and error.code in _BEFORE_THE_TOKEN


def _token(alert: Alert) -> str:
    """Return the token; where there is none, an empty one costs what a wrong one costs."""
    return (find_token(alert.body) or "") if alert.token is None else alert.token


async def _look_again(ports: Ports, token: str, read: Normalised | ApiError) -> Recognised:
    """Refuse what may not trade now; memory alone refuses nothing, so the record is asked.

    A cancel only takes risk away: the switch holds none back. Of what comes beside it the record
    refuses what it must.
    """
    fresh = await ports.recognition.ask_again(token)
    if fresh is None:
        raise unknown_token()
    closed = _closed(fresh)
    if closed is None:
        return fresh
    if closed.code == "kill_switch_active":
        switch = await ports.store.switches.read(fresh.strategy.user_id)
        if not switch.is_engaged or switch.allows_exits or _cancels(read):
            return fresh
    raise closed


def _cancels(read: Normalised | ApiError) -> bool:
    return not isinstance(read, ApiError) and any(one.action in CANCELS for one in read.signals)


def _closed(recognised: Recognised) -> ApiError | None:
    if recognised.strategy.state is StrategyState.PAUSED:
        return refused_with("strategy_paused")
    if recognised.is_switch_engaged:
        return refused_with("kill_switch_active")
    if AccountState.ENABLED not in [account.state for account in recognised.accounts]:
        return refused_with("account_disabled")
    return None
