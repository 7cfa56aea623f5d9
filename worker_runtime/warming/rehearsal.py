"""Runs what a worker runs first, in the process that forks: the workers share the result.

An interpreter writes into its code while it runs it for the first few times. What was run before
the fork is shared; what is run after it becomes each worker's own memory and its first order's
time. Loop, connections and threads of the rehearsal are gone again before anything is forked.
"""

from __future__ import annotations

import signal
from contextlib import suppress
from typing import TYPE_CHECKING

import anyio
import anyio.lowlevel

from bus.errors import TransportUnavailableError
from bus.ids import uuid7
from bus.values import WorkerId
from worker_runtime.drain import Drain, on_signals
from worker_runtime.health import Health
from worker_runtime.warming.gathering import gather, watched
from worker_runtime.warming.warm_up import warm_up

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractAsyncContextManager

    from worker_runtime.ports import Ports

_PATIENCE = 5.0
# Code is made fit for what it meets after eight calls; where it does not fit it is tried again,
# less often each time.
_TIMES = 12


def rehearse(open_ports: Callable[[], AbstractAsyncContextManager[Ports]]) -> None:
    """Open and close everything, see what runs meanwhile, lay it together, and run it in.

    The standard library's loop carries it, because uvloop never ends the threads that it looks
    names up with; a bare loop of the other kind runs too. While servers are away all this waits
    for nobody: the workers are as good, and larger.
    """
    if not _once(open_ports):
        return
    with watched() as run:
        _once(open_ports)
    gather(run)
    for _ in range(_TIMES):
        if not _once(open_ports):
            return


def _once(open_ports: Callable[[], AbstractAsyncContextManager[Ports]]) -> bool:
    """Rehearse once; false if the servers did not answer."""
    did_answer = anyio.run(_rehearse, open_ports, backend="asyncio")
    anyio.run(_stand_by, backend="asyncio", backend_options={"use_uvloop": True})
    return did_answer


async def _rehearse(open_ports: Callable[[], AbstractAsyncContextManager[Ports]]) -> bool:
    did_answer = False
    with anyio.move_on_after(_PATIENCE):
        async with open_ports() as ports:
            did_answer = await warm_up(ports)
            if did_answer:
                await _leave(ports, WorkerId(uuid7()))
            await _stand_by()
    return did_answer


async def _leave(ports: Ports, nobody: WorkerId) -> None:
    """Leave a pool that it was never in."""
    with suppress(TransportUnavailableError):
        await ports.bus.pool.withdraw(nobody)
    await Health(ports, nobody).drop()


async def _stand_by() -> None:
    """Listen for signals as a worker does; one that comes meanwhile waits, and is obeyed then."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, (signal.SIGTERM, signal.SIGINT))
    try:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(on_signals, Drain().begin)
            await anyio.lowlevel.checkpoint()
            tasks.cancel_scope.cancel()
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
