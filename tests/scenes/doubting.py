"""Has a running record doubt an order that works at the paper venue, and keeps that silent.

Run as `python -m tests.scenes.doubting DATA_DIR ORDER_ID`; the dashboard's journeys do. It says the
order's state once it is doubted, and keeps the venue silent until its input ends. What the venue
shows after that still wins: the next look at the order takes the doubt back.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any
from uuid import UUID

import anyio
import asyncpg

from infra.local.board import read_board
from infra.local.embedded.postgres import running_url

_SILENCE = "LOCK TABLE paper.orders IN ACCESS EXCLUSIVE MODE"
_SETTLE = """
SELECT state_now
FROM orders AS o, settle_order($2::jsonb || jsonb_build_object('epoch', o.epoch), $3::jsonb)
WHERE o.id = $1
"""


async def doubt(folder: Path, order_id: UUID) -> None:
    """Settle it as one that nobody can find out about; only the owner may without a lease."""
    address = next(part.address for part in read_board(folder).parts if part.name == "postgres")
    if address is None:
        sys.exit("no record runs there")
    told: dict[str, Any] = {
        "order_id": str(order_id),
        "state": "needs_review",
        "actor": "control",
        "fills": [],
        "evidence": {},
        "marks": [],
        "error_code": "needs_review",
        "error_message": "The venue could not be asked about this order.",
    }
    url = running_url(folder, address, None)
    venue, record = await asyncpg.connect(url), await asyncpg.connect(url)
    try:
        # In this order: the stream tells nothing that was written after a transaction under way.
        state = await record.fetchval(_SETTLE, order_id, json.dumps(told), "{}")
        async with venue.transaction():
            await venue.execute(_SILENCE)
            sys.stdout.write(f"{state}\n")
            sys.stdout.flush()
            await anyio.to_thread.run_sync(sys.stdin.read)
    finally:
        await record.close()
        await venue.close()


if __name__ == "__main__":
    anyio.run(doubt, Path(sys.argv[1]), UUID(sys.argv[2]))
