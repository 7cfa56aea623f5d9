"""What surrounds every handler, one small subject each; the dispatcher puts them together."""

from __future__ import annotations

from typing import TYPE_CHECKING

import anyio

from bus.envelope import as_ns

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import timedelta

    from bus.dispatch import Middleware, Next
    from bus.envelope import Envelope, Result
    from bus.values import Clock


def expired(clock: Clock) -> Middleware:
    """Leave out the handler of a message that nobody wants any more; it counts as done."""

    def wrap(handle: Next) -> Next:
        async def run(envelope: Envelope) -> Sequence[Result]:
            ends = envelope.deadline_ns
            if ends is not None and ends <= as_ns(clock.now()):
                return ()
            return await handle(envelope)

        return run

    return wrap


def deadline(clock: Clock, *, limit: timedelta) -> Middleware:
    """Cancel the handler after `limit`, or at the message's own deadline if that is sooner.

    Keep the limit below the destination's visibility timeout, or another consumer starts while
    this one still works. The handler then fails by TimeoutError.
    """

    def wrap(handle: Next) -> Next:
        async def run(envelope: Envelope) -> Sequence[Result]:
            seconds = limit.total_seconds()
            if envelope.deadline_ns is not None:
                left = (envelope.deadline_ns - as_ns(clock.now())) / 1_000_000_000
                seconds = min(seconds, max(left, 0.0))
            with anyio.fail_after(seconds):
                return await handle(envelope)

        return run

    return wrap
