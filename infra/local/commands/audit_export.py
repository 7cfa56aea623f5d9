"""`fourpass audit export`: the audit log as lines of JSON."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import anyio

from bus.values import UserId
from handlers.audit_check import runs_of
from handlers.records.audit import exported
from infra.local.record import open_record
from infra.local.settings import data_dir

if TYPE_CHECKING:
    from argparse import Namespace
    from pathlib import Path
    from uuid import UUID


def run(arguments: Namespace, environment: dict[str, str]) -> int:
    """Write the logs, one user's after another's, each oldest first."""
    folder = data_dir(environment, arguments.data_dir)
    anyio.run(_export, environment, folder, arguments.user)
    return 0


async def _export(environment: dict[str, str], folder: Path, user: UUID | None) -> None:
    async with open_record(environment, folder) as store:
        for each in await store.audit.users() if user is None else [UserId(user)]:
            end = await store.audit.end(each)
            async for entries in runs_of(store.audit, each, until=0 if end is None else end.last_n):
                sys.stdout.buffer.write(b"".join(map(exported, entries)))
