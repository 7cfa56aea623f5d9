"""Finds commands whose hint was lost and says them again; a task of every edge process."""

from __future__ import annotations

import random
from itertools import groupby
from typing import TYPE_CHECKING

import anyio
import structlog

from bus.base import Destination
from bus.envelope import seal
from bus.errors import BusError
from bus.messages import CancelOrder, ExecuteOrder, VerifyOrder
from edge.alerts.dispatch import ask_for_claim, ask_for_worker, ensure_worker, hint
from handlers.errors import StoreUnavailableError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bus.messages import Message
    from bus.values import OrderId, UserId
    from edge.ports import Ports
    from handlers.records.orders import OutboxItem

_PAUSE = 1.0
_LONGEST_PAUSE = 15.0
_AT_ONCE = 200
_DEADLINE = 10.0
_ATTEND_EACH = 5.0
# Of the relay's attempts at one order; they are 2 s apart.
_OTHER_ROAD_EACH = 5

_log = structlog.get_logger("edge.relay")


async def run_relay(ports: Ports) -> None:
    """Look each second, more gently while the record or the bus is away; runs for ever."""
    pause, attend_at = _PAUSE, ports.clock.monotonic()
    while True:
        try:
            with anyio.fail_after(_DEADLINE):
                is_due = ports.clock.monotonic() >= attend_at
                if is_due:
                    attend_at = ports.clock.monotonic() + _ATTEND_EACH
                found = await _take_turns(ports, attends=is_due)
            pause = 0.0 if found >= _AT_ONCE else _PAUSE
        except (StoreUnavailableError, BusError, TimeoutError) as error:
            pause = min(max(pause, _PAUSE) * 2, _LONGEST_PAUSE)
            _log.warning("relay_failed", error=type(error).__name__, again_in_s=pause)
        await anyio.sleep(pause * random.uniform(0.8, 1.2))  # noqa: S311 - it only spreads the processes


async def _take_turns(ports: Ports, *, attends: bool) -> int:
    """Do what is to be done, each part whatever became of the one before.

    Raises:
        StoreUnavailableError, BusError: What failed first.
    """
    found, failures = 0, list[Exception]()
    for turn in (relay_once, attend, look_after) if attends else (relay_once,):
        try:
            count = await turn(ports)
        except (StoreUnavailableError, BusError) as error:
            failures.append(error)
        else:
            found = max(found, count)
    if failures:
        raise failures[0]
    return found


async def relay_once(ports: Ports) -> int:
    """Say again what is due, and end what is overdue; return how much was found.

    Where the lists are away, every user's worker is asked for all the same: the queues may be
    elsewhere.

    Raises:
        TransportUnavailableError: The bus heard nothing; what was due is due again in 2 s.
    """
    overdue = await ports.store.relay.expire_overdue(limit=_AT_ONCE)
    for order in overdue:
        ports.afterwards.stir(order.user_id)
    items = await ports.store.relay.due(limit=_AT_ONCE)
    away: BusError | None = None
    for user, theirs in groupby(sorted(items, key=_user_of), key=_user_of):
        due = list(theirs)
        if away is None:
            away = await _hint(ports, user, due)
        else:
            await _start(ports, user, due[0], is_first=False)
    if away is not None:
        raise away
    return max(len(items), len(overdue))


async def attend(ports: Ports) -> int:
    """Start workers for users whose orders are at a venue while nobody looks after them.

    Raises:
        StoreUnavailableError: The record could not be asked.
    """
    found = await ports.store.relay.unattended(limit=_AT_ONCE)
    asking = int(ports.clock.monotonic() // _ATTEND_EACH)
    for each in found:
        hinted = await hint(ports, each.user_id)
        if hinted is None or hinted.worker_id is None:
            start = ensure_worker if hinted is not None and hinted.should_claim else ask_for_worker
            await start(
                ports,
                each.user_id,
                cause=each.order_id,
                attempt=asking,
                parent=each.traceparent,
            )
    return len(found)


async def look_after(ports: Ports) -> int:
    """Ask for the first look at orders that came to a venue, or the next where the looks broke off.

    Raises:
        TransportUnavailableError: Not all were asked for; in three minutes they are due again.
    """
    checks = await ports.store.upkeep.due_checks(limit=_AT_ONCE)
    for check in checks:
        order = check.order
        look = VerifyOrder(
            user_id=order.user_id,
            order_id=order.id,
            account_id=order.account_id,
            attempt=check.attempt,
        )
        sealed = seal(
            look, clock=ports.clock, dedup_id=look.dedup_id, traceparent=order.traceparent
        )
        await ports.bus.publisher.publish(Destination.ORDER_TASKS, sealed)
    return len(checks)


async def _hint(ports: Ports, user: UserId, items: Sequence[OutboxItem]) -> BusError | None:
    """Hint a user's commands, and see to a worker; return what kept the hint from being heard."""
    hinted, away = None, None
    try:
        hinted = await ports.bus.hints.hint(user, *(item.envelope for item in items))
    except BusError as error:
        away = error
    if hinted is None or hinted.worker_id is None:
        is_first = hinted is not None and hinted.should_claim
        await _start(ports, user, items[0], is_first=is_first)
    return away


async def _start(ports: Ports, user: UserId, item: OutboxItem, *, is_first: bool) -> None:
    """Ask for a worker.

    Whoever died or hangs with a start in hand holds all of its user's up until the queue shows it
    again. So every few times it is asked on the queue that knows no groups, too.
    """
    asking = [ensure_worker if is_first else ask_for_worker]
    if item.attempt % _OTHER_ROAD_EACH == 0:
        asking.append(ask_for_claim)
    for ask in asking:
        await ask(
            ports,
            user,
            cause=_order_in(item.envelope.message),
            attempt=item.attempt,
            parent=item.envelope.traceparent,
        )


def _user_of(item: OutboxItem) -> UserId:
    return item.envelope.message.user_id


def _order_in(message: Message) -> OrderId | None:
    return message.order_id if isinstance(message, ExecuteOrder | CancelOrder) else None
