"""`fourpass audit verify`: whether anybody touched the audit log."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import anyio

from bus.values import UserId
from handlers.audit_check import check_log
from infra.local.record import open_record
from infra.local.settings import data_dir

if TYPE_CHECKING:
    from argparse import Namespace
    from pathlib import Path
    from uuid import UUID

    from handlers.audit_check import Checked


def run(arguments: Namespace, environment: dict[str, str]) -> int:
    """Walk the logs and say how each is; 1 if one is not what was written."""
    folder = data_dir(environment, arguments.data_dir)
    checked = anyio.run(_check, environment, folder, arguments.user)
    sys.stdout.write("".join(map(line_of, checked)) or "no log to verify\n")
    return 1 if any(each.broken_at is not None for each in checked) else 0


def line_of(checked: Checked) -> str:
    """Write one log's state for people."""
    if checked.broken_at is not None:
        return f"user {checked.user_id}: BROKEN at entry {checked.broken_at}\n"
    return f"user {checked.user_id}: {checked.entries} entries, whole, ends in {checked.hash}\n"


async def _check(environment: dict[str, str], folder: Path, user: UUID | None) -> list[Checked]:
    async with open_record(environment, folder) as store:
        users = await store.audit.users() if user is None else [UserId(user)]
        return [await check_log(store.audit, each) for each in users]
