"""The workers' host with one guard taken out: the harness must see what then goes wrong.

python -m tests.proofs.mutants runs-again | drops-what-it-held
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any

from handlers.store.postgres.work import PostgresWork
from worker_runtime.hosting.host import main

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from handlers.records.orders import Lease, Order

_RUN_AGAIN = """
UPDATE orders SET state = 'queued' WHERE user_id = $1 AND state IN ('sending', 'unknown')
"""


def run_again() -> None:
    """What a dead worker had in mid-send is sent again: a list that redelivers, and no more."""

    async def take_over(self: Any, lease: Lease) -> Sequence[Order]:
        await self._database.rows(_RUN_AGAIN, lease.user_id)
        return ()

    PostgresWork.take_over = take_over
    PostgresWork.sweep = take_over


def drop_what_it_held() -> None:
    """What a dead worker had in hand is gone with it: BLPOP, and nobody looks again."""

    async def nothing(self: Any, *_: object, **__: object) -> Sequence[Order]:
        del self
        return ()

    PostgresWork.take_over = nothing
    PostgresWork.sweep = nothing
    PostgresWork.oldest_queued = nothing


MUTANTS: dict[str, Callable[[], None]] = {
    "runs-again": run_again,
    "drops-what-it-held": drop_what_it_held,
}

if __name__ == "__main__":
    MUTANTS[sys.argv[1]]()
    os.environ.setdefault("FOURPASS_LOG_LEVEL", "info")
    import logging

    logging.getLogger("worker_runtime.hosting.host").setLevel(logging.INFO)
    sys.exit(main())
