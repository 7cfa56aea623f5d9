"""Has a running control plane set a message aside: one in a queue where no handler knows it.

Run as `python -m tests.scenes.burying DATA_DIR USER_ID`; the dashboard's journeys do.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from uuid import UUID

import anyio

from bus.base import Destination
from bus.envelope import seal
from bus.ids import uuid7
from bus.messages import Drain
from bus.values import SystemClock, UserId
from infra.local.post import open_post

_CLOCK = SystemClock()


async def bury(folder: Path, user: UserId) -> None:
    """Publish a worker's own command where no worker listens; print the envelope's id."""
    message = Drain(user_id=user, reason="idle")
    envelope = seal(message, clock=_CLOCK, dedup_id=uuid7().hex)
    async with open_post(dict(os.environ), folder) as bus:
        await bus.publisher.publish(Destination.MAINTENANCE, envelope)
    sys.stdout.write(f"{envelope.id}\n")


if __name__ == "__main__":
    anyio.run(bury, Path(sys.argv[1]), UserId(UUID(sys.argv[2])))
