"""Telling a user's worker, and seeing to it that there is one. Never fails a request.

What cannot be told here is found in PostgreSQL by the relay.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import anyio
import structlog

from bus.base import Destination
from bus.envelope import named, seal
from bus.errors import BusError
from bus.ids import uuid7
from bus.messages import CancelOrder, ClaimWorker, ReloadAccount
from handlers.asking.wanted_worker import WANTED_FOR, sealed_wish
from handlers.errors import StoreUnavailableError
from handlers.store.hints import cancel_hint
from telemetry.propagation import trace_id_in

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bus.base import Hinted
    from bus.envelope import Envelope
    from bus.values import AccountId, OrderId, UserId
    from edge.alerts.alert import Taken
    from edge.ports import Ports

_log = structlog.get_logger("edge.alerts.dispatch")

_HINT_DEADLINE = 0.3
_START_DEADLINE = 2.0


def cancel_hints(
    ports: Ports, user: UserId, orders: Iterable[tuple[OrderId, AccountId]], *, parent: str
) -> list[Envelope]:
    """Return the hints that these orders' cancels are wanted."""
    return [
        cancel_hint(
            CancelOrder(user_id=user, order_id=order_id, account_id=account_id),
            ports.clock,
            parent=parent,
        )
        for order_id, account_id in orders
    ]


async def push_hints(ports: Ports, taken: Taken) -> Hinted | None:
    """Push an alert's hints; how long that may take, the caller decides."""
    return await _push(ports, taken.user_id, taken.hints)


async def hint(ports: Ports, user: UserId, *envelopes: Envelope) -> Hinted | None:
    """Push commands to the user's list; `None` where that cannot be known to have happened."""
    with anyio.move_on_after(_HINT_DEADLINE):
        return await _push(ports, user, envelopes)
    return None


async def _push(ports: Ports, user: UserId, envelopes: Iterable[Envelope]) -> Hinted | None:
    try:
        return await ports.bus.hints.hint(user, *envelopes)
    except (BusError, TimeoutError):
        return None
    except Exception as error:  # noqa: BLE001 - the order is on record, whatever became of its hint
        about = [named(envelope) for envelope in envelopes]
        _log.error("hint_failed", user_id=str(user), commands=about, exc_info=error)
        return None


async def ensure_worker(
    ports: Ports, user: UserId, *, cause: OrderId | None, attempt: int, parent: str
) -> None:
    """Hand the user to a warm worker, or ask for a new one where none is ready."""
    if ports.settings.claims_by_queue:
        await ask_for_claim(ports, user, cause=cause, attempt=attempt, parent=parent)
        return
    try:
        with anyio.fail_after(_START_DEADLINE):
            if await ports.bus.pool.claim(user) is not None:
                ports.refill.note_claimed()
                return
    except (BusError, TimeoutError):
        return
    except Exception as error:  # noqa: BLE001 - the answer is given already; the relay asks again
        _log.error("worker_not_claimed", **_about(user, cause, parent), exc_info=error)
        return
    await ask_for_worker(ports, user, cause=cause, attempt=attempt, parent=parent)


async def ask_for_worker(
    ports: Ports, user: UserId, *, cause: OrderId | None, attempt: int, parent: str
) -> None:
    """Say that the user should have a worker.

    `attempt` is 0 for an order's first asking and the outbox row's count later.
    """
    occasion = f"{cause}:{attempt}"
    wish = sealed_wish(user, ports.clock, occasion=occasion, cause=cause, traceparent=parent)
    await _ask(ports, Destination.WORKER_CONTROL, wish, cause)


async def ask_for_claim(
    ports: Ports, user: UserId, *, cause: OrderId | None, attempt: int, parent: str
) -> None:
    """Have the control plane hand the user to a warm worker, or start one: the second road."""
    deadline = ports.clock.now() + WANTED_FOR
    envelope = seal(
        ClaimWorker(user_id=user, worker_id=None, deadline=deadline, cause=cause),
        clock=ports.clock,
        dedup_id=f"claim:{user}:{cause}:{attempt}",
        deadline=deadline,
        traceparent=parent,
    )
    await _ask(ports, Destination.POOL_CLAIM, envelope, cause)


def _about(user: UserId, cause: OrderId | None, parent: str) -> dict[str, str]:
    """Return what a line of a log says of a worker that is wanted: for whom and for which order."""
    return {
        "user_id": str(user),
        **({} if cause is None else {"order_id": str(cause)}),
        **({"trace_id": trace_id_in(parent)} if parent else {}),
    }


async def _ask(
    ports: Ports, destination: Destination, envelope: Envelope, cause: OrderId | None
) -> None:
    about = _about(envelope.message.user_id, cause, envelope.traceparent)
    try:
        with anyio.fail_after(_START_DEADLINE):
            await ports.bus.publisher.publish(destination, envelope)
    except (BusError, TimeoutError) as error:
        why = f"{type(error).__name__}: {error}"
        _log.warning("worker_not_asked_for", **about, why=why)
    except Exception as error:  # noqa: BLE001 - the answer is given already; the relay asks again
        _log.error("worker_not_asked_for", **about, exc_info=error)


async def tell_worker(
    ports: Ports, user: UserId, envelopes: list[Envelope], *, cause: OrderId, parent: str
) -> None:
    """Push commands, and see to a worker where none runs."""
    hinted = await hint(ports, user, *envelopes)
    if hinted is None:
        ports.afterwards.note_unhinted([cause], trace_id_in(parent))
        return
    ports.afterwards.note_hinted([cause])
    if hinted.should_claim:
        await ensure_worker(ports, user, cause=cause, attempt=0, parent=parent)


async def tell_of_account(ports: Ports, user: UserId, account: AccountId) -> None:
    """Have the user's worker take an account as it is now; where none runs, nobody has to.

    A worker that is not told in time finds out by itself.
    """
    try:
        workers = await ports.store.queries.workers(user)
    except StoreUnavailableError:
        return
    if any(worker.epoch is not None for worker in workers):
        message = ReloadAccount(user_id=user, account_id=account)
        dedup_id = f"reload:{account}:{uuid7()}"
        await hint(ports, user, seal(message, clock=ports.clock, dedup_id=dedup_id))


async def follow_up(ports: Ports, taken: Taken, hinted: Hinted | None) -> None:
    """Do what an answered alert left to do: note its hints, see to a worker."""
    if not taken.orders:
        return
    if hinted is None:
        ports.afterwards.note_unhinted(taken.orders, taken.trace.trace_id)
        return
    ports.afterwards.note_hinted(taken.orders)
    if hinted.should_claim:
        await ensure_worker(
            ports,
            taken.user_id,
            cause=taken.orders[0],
            attempt=0,
            parent=taken.trace.traceparent,
        )
