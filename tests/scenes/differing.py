"""Has a running record hold a comparison in which the demo account's venue holds more.

Run as `python -m tests.scenes.differing DATA_DIR ACCOUNT_ID`; the dashboard's journeys do. It is
written as a worker's comparison is, for a day that no real one will be of.
"""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import anyio
import asyncpg

from infra.local.board import read_board
from infra.local.embedded.postgres import running_url

_KEEP = """
INSERT INTO comparisons (account_id, user_id, begins_at, attempt, asked_at, state, kept)
SELECT a.id, a.user_id, $2, 1, $2, 'done', $3::jsonb FROM accounts AS a WHERE a.id = $1
"""


async def differ(folder: Path, account: UUID) -> None:
    """Write it down; only the owner may without a lease."""
    address = next(part.address for part in read_board(folder).parts if part.name == "postgres")
    if address is None:
        sys.exit("no record runs there")
    at = datetime.now(UTC)
    kept = {
        "state": "done",
        "account_id": str(account),
        "begins_at": at.isoformat(),
        "at": at.isoformat(),
        "since": (at - timedelta(days=1)).isoformat(),
        "orders": 4,
        "fills": 5,
        "positions": 2,
        "other_orders": 1,
        "found_fills": 1,
        "settled_orders": 0,
        "unsettled": [],
        "differences": [
            {"kind": "position", "symbols": ["ADAUSDT"], "recorded": "1200", "at_venue": "1250.5"}
        ],
    }
    record = await asyncpg.connect(running_url(folder, address, None))
    try:
        await record.execute(_KEEP, account, at, json.dumps(kept))
    finally:
        await record.close()


if __name__ == "__main__":
    anyio.run(differ, Path(sys.argv[1]), UUID(sys.argv[2]))
