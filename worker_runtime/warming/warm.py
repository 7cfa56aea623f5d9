"""Everything that a worker will need, imported and made before the first fork.

No loop, no thread and no connection may exist when this returns: they do not survive a fork.
"""

from __future__ import annotations

import gc
import ssl
import threading
from importlib import import_module
from pathlib import Path

from worker_runtime.warming.blocks import fill_free_blocks

# Found by looking at what a worker that has served an order had imported by then.
_MODULES = (
    "anyio._backends._asyncio",
    "anyio._core._signals",
    "anyio.streams.buffered",
    "asyncio",
    "asyncpg",
    "broker_adapters.gateio.client",
    "broker_adapters.gateio.opening",
    "broker_adapters.paper.ledger",
    "broker_adapters.paper.ledger_venue",
    "broker_adapters.paper.opening",
    "bus.valkey",
    "encodings.idna",
    "handlers.store.postgres",
    "handlers.vault.local",
    "hiredis",
    "stringprep",
    "uvloop",
)

_made: list[ssl.SSLContext] = []


def import_all() -> None:
    """Import what a worker will need, and read the certificate store."""
    for name in _MODULES:
        import_module(name)
    _made.append(ssl.create_default_context())


def freeze() -> None:
    """Put everything that there is out of the collector's sight.

    A collection never touches frozen objects, so their pages stay shared with the workers.

    Raises:
        RuntimeError: There is a second thread; a fork would leave its locks locked for ever.
    """
    if threading.active_count() != 1 or _count_system_threads() != 1:
        raise RuntimeError("there is a second thread before the fork")
    gc.collect()
    fill_free_blocks()
    gc.freeze()


def _count_system_threads() -> int:
    tasks = Path("/proc/self/task")
    return len(list(tasks.iterdir())) if tasks.exists() else 1
