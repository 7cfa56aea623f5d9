"""From an alert's bytes to its reply, in the order of checks that the reply's codes promise.

A refusal is written down wherever the token was good; what cannot be written is 503, never 202.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from edge.alerts.meaning import plan_signals, read_alert, understood
from edge.alerts.recording import record_all, record_rejected, write_refusal
from edge.alerts.refusals import WrittenError, refused_with, too_fast, unknown_token
from edge.alerts.turns import in_step
from edge.errors import ApiError
from handlers.records.accounts import AccountState, StrategyState
from handlers.signals import CANCELS, find_token

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from edge.alerts.alert import Alert, Taken
    from edge.alerts.meaning import Meant
    from edge.ports import Ports
    from handlers.records.accounts import Recognised
    from handlers.signals import Normalised

    # Reads the record: what the token, or the session's choice, stands for now.
    Look = Callable[[], Awaitable[Recognised | None]]

_BEFORE_THE_TOKEN = frozenset({"empty_body", "not_utf8", "body_too_large"})


async def take_in(ports: Ports, alert: Alert) -> Taken:
    """Check, plan and record an alert, and tell the user's worker.

    Raises:
        ApiError: It is refused.
        StoreUnavailableError: It could not be recorded, or whether it was is unknown.
    """
    await in_step()
    read = alert.unreadable or read_alert(alert.body)
    early = read if isinstance(read, ApiError) and _comes_first(read, alert) else None
    token = _token(alert)
    recognised = await ports.recognition.recognise(token)
    if recognised is None:
        raise early or unknown_token()
    look = partial(ports.recognition.ask_again, token)
    return await _take_from(ports, alert, recognised, read, look)


async def take_in_test(ports: Ports, alert: Alert, look: Look) -> Taken:
    """Take in an alert that names its strategy by a session and not by a token; `look` reads that.

    Raises:
        ApiError: It is refused.
        StoreUnavailableError: As `take_in`.
    """
    recognised = await look()
    if recognised is None:
        raise unknown_token()
    read = alert.unreadable or read_alert(alert.body)
    return await _take_from(ports, alert, recognised, read, look)


async def _take_from(
    ports: Ports, alert: Alert, recognised: Recognised, read: Normalised | ApiError, look: Look
) -> Taken:
    try:
        if isinstance(read, ApiError) and _comes_first(read, alert):
            raise read
        if _closed(recognised) is not None:
            recognised = await _look_again(ports, look, read)
        if isinstance(read, ApiError):
            raise read
        recognised, meant = await _plan(ports, alert, recognised, read, look)
        if not ports.buckets.take(recognised.strategy.id):
            return await record_rejected(ports, alert, recognised, meant)
        await in_step()
        return await record_all(ports, alert, recognised, meant)
    except ApiError as refusal:
        answer = await _refuse(ports, alert, recognised, read, refusal)
        if answer is refusal:
            raise
        raise answer from refusal


async def _refuse(
    ports: Ports,
    alert: Alert,
    recognised: Recognised,
    read: Normalised | ApiError,
    refusal: ApiError,
) -> ApiError:
    """Write a refusal down and return the answer; a flood of them is written down once a minute.

    They have a limit of their own: one alert that is set up wrongly keeps no other from trading.
    """
    strategy, answer = recognised.strategy, refusal
    is_counted = refusal.status >= 500 or isinstance(refusal, WrittenError)
    is_flood = not is_counted and not ports.refused.take(strategy.id)
    if is_flood and refusal.status != 401:
        answer = too_fast(refusal, rate=ports.settings.webhook_rate)
    answer.whose = {"strategy_id": str(strategy.id), "user_id": str(strategy.user_id)}
    if not is_flood or ports.floods.take(strategy.id):
        await write_refusal(ports, alert, recognised, answer, understood(read, alert, refusal))
    return answer


async def _plan(
    ports: Ports, alert: Alert, recognised: Recognised, read: Normalised, look: Look
) -> tuple[Recognised, list[Meant]]:
    """Plan the alert; memory may not know yet what the user maps by hand, the record does."""
    try:
        return recognised, plan_signals(read, alert, recognised, now=ports.clock.now())
    except ApiError as refusal:
        if refusal.code != "unknown_symbol":
            raise
    recognised = await _look_again(ports, look, read)
    return recognised, plan_signals(read, alert, recognised, now=ports.clock.now())


def _comes_first(error: ApiError, alert: Alert) -> bool:
    """Size and encoding are judged before the token, except where the token is in that body."""
    if error is alert.unreadable:
        return True
    return alert.token is not None and error.code in _BEFORE_THE_TOKEN


def _token(alert: Alert) -> str:
    """Return the token; where there is none, an empty one costs what a wrong one costs."""
    return (find_token(alert.body) or "") if alert.token is None else alert.token


async def _look_again(ports: Ports, look: Look, read: Normalised | ApiError) -> Recognised:
    """Refuse what may not trade now; memory alone refuses nothing, so the record is asked.

    A cancel only takes risk away: the switch holds none back. Of what comes beside it the record
    refuses what it must.
    """
    fresh = await look()
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
    for account in recognised.accounts:
        if account.state is AccountState.ENABLED:
            return None
    return refused_with("account_disabled")
