"""Hands out a sign-in link of a user of a running stack.

Run as `python -m tests.scenes.linking DATA_DIR USER_ID BASE_URL`; the dashboard's journeys do.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from uuid import UUID

import anyio

from bus.values import UserId
from handlers.identity.links import new_link
from infra.local.record import open_record


async def hand_out(folder: Path, user: UserId, base_url: str) -> None:
    """Print a link that is good once, within 30 minutes."""
    async with open_record(dict(os.environ), folder, role=None) as store:
        sys.stdout.write(await new_link(store.passwords, user, base_url=base_url) + "\n")


if __name__ == "__main__":
    anyio.run(hand_out, Path(sys.argv[1]), UserId(UUID(sys.argv[2])), sys.argv[3])
