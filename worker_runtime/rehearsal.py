"""Runs what a worker runs first, once, in the process that forks: the workers share the result.

An interpreter writes into its code while it runs it for the first time. What was run before the
fork is shared; what is run after it becomes each worker's own memory and its first order's time.
Loop, connections and threads of the rehearsal are gone again before anything is forked.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import anyio

from worker_runtime.warm_up import warm_up

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractAsyncContextManager

    from worker_runtime.ports import Ports

_PATIENCE = 5.0


def rehearse(open_ports: Callable[[], AbstractAsyncContextManager[Ports]]) -> None:
    """Open and close everything once, and a bare loop of the other kind.

    The standard library's loop carries it, because uvloop never ends the threads that it looks
    names up with. Servers that are away make it shorter, and no more.
    """
    anyio.run(_rehearse, open_ports, backend="asyncio")
    anyio.run(anyio.sleep, 0, backend="asyncio", backend_options={"use_uvloop": True})


async def _rehearse(open_ports: Callable[[], AbstractAsyncContextManager[Ports]]) -> None:
    with anyio.move_on_after(_PATIENCE):
        async with open_ports() as ports:
            await warm_up(ports)
