"""Run the handler that a message asks for, publish what it returns, then settle the delivery.

In that order: a crash in between repeats the handler and publishes the same dedup ids again.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Generic, TypeVar, assert_never

import msgspec

from bus.envelope import Envelope, InTrace, Result, as_ns, seal
from bus.errors import TransportUnavailableError, UnroutableError
from bus.ids import uuid7
from bus.messages import (
    ClaimWorker,
    FindOrphans,
    HealOrphan,
    KeepPool,
    Message,
    StartWorker,
    VerifyOrder,
)
from bus.routing import ROUTES, RouteTable, resolve
from bus.verdicts import Ack, DeadLetter, Postpone, Retry, Verdict

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from bus.base import Delivery, Publisher
    from bus.messages import Command
    from bus.values import Clock

S = TypeVar("S")

Judge = Callable[[Exception], Verdict]
Next = Callable[[Envelope], Awaitable[Sequence[Result]]]
Middleware = Callable[[Next], Next]

GIVEN_UP = "given_up"
"""The reason of a dead letter whose time ran out while what it needs was away; why follows."""
# Past this a finding helps nobody: by then maintenance has looked again.
_FOUND_AGAIN_AFTER = timedelta(seconds=60)
# Who names no deadline is waited for as long as this.
_PATIENCE = timedelta(minutes=15)


class Dispatcher(Generic[S]):
    """The one place where deliveries meet handlers."""

    def __init__(
        self,
        handlers: Mapping[type[Command], Callable[[Any, S], Awaitable[Sequence[Result]]]],
        services: S,
        *,
        judge: Judge,
        publish: Publishing,
        middleware: Sequence[Middleware] = (),
    ) -> None:
        """Wire it.

        Args:
            handlers: What to run for each type of message.
            services: What every handler is given besides its message.
            judge: What becomes of a delivery whose handler, or whose publishing, failed.
            publish: Publishes what handlers return.
            middleware: What surrounds every handler, the outermost first.
        """
        self._handlers = handlers
        self._services = services
        self._judge = judge
        self._publish = publish
        run: Next = self._run
        for wrap in reversed(middleware):
            run = wrap(run)
        self._handle = run

    async def dispatch(self, delivery: Delivery) -> Verdict:
        """Handle one delivery, settle it, and return the verdict.

        Only cancellation is raised. A delivery that could not be settled comes back after its
        visibility timeout.
        """
        try:
            await self.carry_out(delivery.envelope)
            verdict: Verdict = Ack()
        except Exception as error:  # noqa: BLE001 - whatever a handler raises has its verdict
            verdict = self._judge(error)
        return await self._settle(delivery, verdict)

    async def carry_out(self, envelope: Envelope) -> None:
        """Handle one envelope and publish what follows from it; raises whatever went wrong."""
        results = await self._handle(envelope)
        await self._publish(envelope, results)

    async def _run(self, envelope: Envelope) -> Sequence[Result]:
        handler = self._handlers.get(type(envelope.message))
        if handler is None:
            raise UnroutableError(type(envelope.message).__name__)
        return await handler(envelope.message, self._services)

    async def _settle(self, delivery: Delivery, verdict: Verdict) -> Verdict:
        if isinstance(verdict, Postpone) and not self._publish.has_time(
            delivery.envelope, pause_of(verdict, delivery)
        ):
            verdict = DeadLetter(reason=f"{GIVEN_UP}: {verdict.reason}")
        try:
            match verdict:
                case Ack():
                    await delivery.ack()
                case Retry():
                    await delivery.retry(verdict.after, verdict.reason)
                case Postpone() if delivery.is_last:
                    # Another retry would set it aside, so it is said anew.
                    await self._publish.again(delivery.envelope)
                    await delivery.ack()
                case Postpone():
                    await delivery.retry(pause_of(verdict, delivery), verdict.reason)
                case DeadLetter():
                    await delivery.dead_letter(verdict.reason)
                case _:
                    assert_never(verdict)
        except TransportUnavailableError:
            # It comes back after its visibility timeout, and handlers may be repeated.
            return verdict
        return verdict


class Publishing:
    """Seals what a handler returned and hands it to the transport, in its order."""

    def __init__(self, publisher: Publisher, clock: Clock, routes: RouteTable = ROUTES) -> None:
        self._publisher = publisher
        self._clock = clock
        self._routes = routes

    async def __call__(self, cause: Envelope, results: Sequence[Result]) -> None:
        """Publish; safe to repeat for the same cause.

        Raises:
            TransportUnavailableError: Not all of it was stored.
            UnroutableError: A message has no destination.
        """
        told = [_in_trace(result, cause) for result in results]
        routed = [(resolve(message, self._routes), message, trace) for message, trace in told]
        for index, (destination, message, trace) in enumerate(routed):
            envelope = seal(
                message,
                clock=self._clock,
                dedup_id=dedup_id_of(message, cause=cause, index=index),
                deadline=self._deadline_of(message),
                traceparent=trace,
            )
            await self._publisher.publish(destination, envelope)

    def has_time(self, envelope: Envelope, pause: timedelta) -> bool:
        """Say whether somebody will still want it after this pause."""
        ends_ns = envelope.deadline_ns
        if ends_ns is None:
            ends_ns = envelope.sent_at_ns + round(_PATIENCE.total_seconds()) * 1_000_000_000
        return as_ns(self._clock.now() + pause) < ends_ns

    async def again(self, envelope: Envelope) -> None:
        """Say the same anew, with all its attempts and the time that it has left.

        In its group it stands behind what came meanwhile. Repeated after a crash, it is one.

        Raises:
            TransportUnavailableError: It may not have been stored.
        """
        anew = msgspec.structs.replace(
            envelope, id=uuid7(), dedup_id=f"again:{envelope.id}", attempt=1
        )
        await self._publisher.publish(resolve(envelope.message, self._routes), anew)

    def _deadline_of(self, message: Message) -> datetime | None:
        match message:
            case StartWorker() | ClaimWorker():
                return message.deadline
            case HealOrphan() | FindOrphans() | KeepPool():
                return self._clock.now() + _FOUND_AGAIN_AFTER
            case _:
                return None


def _in_trace(result: Result, cause: Envelope) -> tuple[Message, str]:
    """Return a result and the trace it is sent in: its own, else that of what led to it."""
    if isinstance(result, InTrace):
        return result.message, result.traceparent
    return result, cause.traceparent


def dedup_id_of(message: Message, *, cause: Envelope, index: int) -> str:
    """Return the dedup id of a handler's `index`-th result: the same whenever it is repeated.

    Every verification has one of its own; all else is told apart by the envelope that led to it,
    so that a later command with the same content is not swallowed.
    """
    if isinstance(message, VerifyOrder):
        return message.dedup_id
    return f"after:{cause.id}:{index}"


def pause_of(verdict: Postpone, delivery: Delivery) -> timedelta:
    """Return how long a postponed delivery rests: longer each time, but said anew at once."""
    return timedelta(0) if delivery.is_last else verdict.after * 2 ** (delivery.attempt - 1)
