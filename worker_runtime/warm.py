"""Everything that a worker will need, imported and made before the first fork.

No loop, no thread and no connection may exist when this returns: they do not survive a fork.
"""

from __future__ import annotations

import gc
import ssl
from importlib import import_module

# Found by looking at what a worker that has served an order had imported by then.
_MODULES = (
    "anyio._backends._asyncio",
    "asyncio",
    "asyncpg",
    "bus.valkey",
    "encodings.idna",
    "handlers.store.postgres",
    "broker_adapters.paper",
    "hiredis",
    "stringprep",
    "uvloop",
)

_made: list[ssl.SSLContext] = []


def warm() -> None:
    """Import, make the certificate store, and put all of it out of the collector's sight.

    Frozen objects are never touched by a collection, so their pages stay shared with the workers.
    """
    for name in _MODULES:
        import_module(name)
    _made.append(ssl.create_default_context())
    gc.collect()
    gc.freeze()
