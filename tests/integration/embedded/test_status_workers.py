"""What `fourpass status` says of workers: what the record has of them."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from bus.ids import uuid7
from bus.values import SystemClock, WorkerId
from handlers.records.views import WorkerView
from handlers.store.open import StoreSettings, open_store
from infra.local.embedded.postgres import running_url
from tests.integration.embedded.a_stack import status, up

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [pytest.mark.postgres, pytest.mark.timeout(60)]

FIELDS = {"id", "user_id", "state", "epoch", "pid", "host", "started_at", "last_seen_at"}


def test_workers_are_those_of_the_record(lived_in: Path) -> None:
    now, worker = SystemClock().now(), WorkerId(uuid7())
    view = WorkerView(
        id=worker,
        user_id=None,
        state="ready",
        epoch=None,
        pid=7,
        host="elsewhere",
        started_at=now,
        last_seen_at=now,
    )

    async def write(url: str) -> None:
        async with open_store(StoreSettings(database_url=url), SystemClock()) as store:
            await store.workers.put(view)

    with up(lived_in):
        _, before = status(lived_in)
        [address] = [part["address"] for part in before["parts"] if part["name"] == "postgres"]
        asyncio.run(write(running_url(lived_in, address)))
        code, told = status(lived_in)

    shown = {each["id"]: set(each) for each in told["workers"]}
    assert (code, shown[str(worker)]) == (0, FIELDS)
