"""Runs what a worker runs first, in the process that forks: the workers share the result.

An interpreter writes into its code while it runs it for the first few times. What was run before
the fork is shared; what is run after it becomes each worker's own memory and its first order's
time. Loop, connections and threads of the rehearsal are gone again before anything is forked.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import anyio

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
    anyio.run(anyio.sleep, 0, backend="asyncio", backend_options={"use_uvloop": True})
    return did_answer


async def _rehearse(open_ports: Callable[[], AbstractAsyncContextManager[Ports]]) -> bool:
    did_answer = False
    with anyio.move_on_after(_PATIENCE):
        async with open_ports() as ports:
            did_answer = await warm_up(ports)
    return did_answer
