"""Carries one delivery of the control plane out, and tells of it: in the log and with its order.

Both roots of the control plane come through here, the local process and the functions. What is
noted is noted once the delivery is settled, so that no order waits for it; a record that is away
costs the note and nothing else.
"""

from __future__ import annotations

import logging
import re
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING, assert_never

import anyio

from bus.base import Destination
from bus.envelope import as_ns, named, order_of
from bus.routing import resolve
from bus.verdicts import Ack, DeadLetter, Postpone, Retry, Verdict
from handlers.errors import HandlersError
from handlers.records.control_hops import ControlHop, HopOutcome
from telemetry.context import logged_with
from telemetry.stages import Stage

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bus.base import Delivery
    from bus.dispatch import Dispatcher
    from handlers.services import Services

STAGES: Mapping[Destination, Stage] = MappingProxyType(
    {
        Destination.WORKER_CONTROL: Stage.WORKER_CONTROL,
        Destination.POOL_CLAIM: Stage.WORKER_CONTROL,
        Destination.ORDER_TASKS: Stage.ORDER_TASKS,
        Destination.MAINTENANCE: Stage.MAINTENANCE_WORKER,
    }
)
"""The handler that a destination's messages are for, by the name of its hop."""

# What a function has left of its time when its message's own limit ends.
_NOTED_WITHIN_S = 0.5
_CODE = re.compile(r"[A-Za-z_]{1,64}")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

_log = logging.getLogger(__name__)


async def handle(
    delivery: Delivery, dispatcher: Dispatcher[Services], services: Services
) -> Verdict:
    """Carry a delivery out, settle it and note it; every line that is logged meanwhile names it."""
    envelope, taken_at = delivery.envelope, services.clock.now()
    with logged_with(named(envelope)):
        verdict = await dispatcher.dispatch(delivery)
        if not isinstance(verdict, Ack):
            _log.warning("control_message_failed", extra={"why": verdict.reason})
        await _note(delivery, verdict, taken_at, services)
    return verdict


async def _note(
    delivery: Delivery, verdict: Verdict, taken_at: datetime, services: Services
) -> None:
    envelope = delivery.envelope
    stage = STAGES.get(resolve(envelope.message))
    if stage is None:
        # A worker's command that strayed here: it is set aside, and no hop of an order's.
        return
    hop = _hop_of(delivery, verdict, stage, taken_at, services.clock.now())
    order = order_of(envelope)
    if order is None and not (hop.stage is Stage.WORKER_CONTROL and envelope.traceparent):
        return
    try:
        with anyio.fail_after(_NOTED_WITHIN_S):
            await services.store.upkeep.note_hop(envelope.message.user_id, order, hop)
    except (HandlersError, TimeoutError) as error:
        _log.warning("hop_not_noted", extra={"why": f"{type(error).__name__}: {error}"})


def _hop_of(
    delivery: Delivery, verdict: Verdict, stage: Stage, taken_at: datetime, done_at: datetime
) -> ControlHop:
    envelope = delivery.envelope
    is_over = envelope.deadline_ns is not None and envelope.deadline_ns <= as_ns(taken_at)
    return ControlHop(
        id=envelope.id,
        attempt=delivery.attempt,
        stage=stage,
        message=str(type(envelope.message).__struct_config__.tag),
        destination=resolve(envelope.message).value,
        system=delivery.system,
        traceparent=envelope.traceparent,
        sent_at=_EPOCH + timedelta(microseconds=envelope.sent_at_ns // 1000),
        taken_at=taken_at,
        done_at=done_at,
        outcome=_outcome(verdict, is_last=delivery.is_last, is_over=is_over),
        code=None if isinstance(verdict, Ack) else _code(verdict.reason),
    )


def _outcome(verdict: Verdict, *, is_last: bool, is_over: bool) -> HopOutcome:
    match verdict:
        case Ack():
            return HopOutcome.SKIPPED if is_over else HopOutcome.DONE
        case DeadLetter():
            return HopOutcome.SET_ASIDE
        case Retry():
            return HopOutcome.SET_ASIDE if is_last else HopOutcome.AGAIN
        case Postpone():
            return HopOutcome.AGAIN
        case _:
            assert_never(verdict)


def _code(reason: str) -> str:
    """Return what a reason begins with: the error's name. The rest is for the log."""
    name = reason.partition(":")[0]
    return name if _CODE.fullmatch(name) else "unknown"
