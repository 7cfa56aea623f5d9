"""What the edge answers while its servers are away, and when they are back."""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING, cast

import anyio
import pytest

from handlers.store.open import migrate
from tests.builders import a_strategy, a_user, an_account
from tests.integration.edge.edges import an_edge
from tests.servers.postgres import running_postgres
from tests.servers.roles import let_in
from tests.servers.valkey import running_valkey

if TYPE_CHECKING:
    from tests.servers.valkey import ValkeyServer

pytestmark = [pytest.mark.anyio, pytest.mark.postgres, pytest.mark.valkey]


async def test_without_valkey_alerts_are_taken_and_hinted_when_it_is_back(record: str) -> None:
    with running_valkey() as valkey:
        async with an_edge(record, valkey.url) as edge:
            valkey.kill()
            began = monotonic()
            answer = await edge.alert()
            took = monotonic() - began
            ready = await edge.get("/health/ready")
            valkey.start()

            hinted = await _hints_of(valkey, str(edge.user))

    assert (answer.status_code, ready.status_code) == (202, 200)
    assert ready.json()["status"] == "degraded"
    assert ready.json()["parts"]["valkey"] == "down"
    assert took < 1
    assert answer.json()["orders"][0]["id"].encode() in hinted


async def test_frozen_valkey_does_not_hold_alerts_up(record: str) -> None:
    with running_valkey() as valkey:
        async with an_edge(record, valkey.url) as edge:
            await edge.alert()
            valkey.freeze()
            began = monotonic()
            answer = await edge.alert(action="sell")
            took = monotonic() - began
            valkey.thaw()

    assert answer.status_code == 202
    assert took < 1


async def test_without_postgres_alerts_are_503_and_taken_when_it_is_back(
    valkey: ValkeyServer,
) -> None:
    with running_postgres() as postgres:
        await migrate(postgres.dsn())
        let_in(postgres)
        async with an_edge(postgres.dsn(), valkey.url) as edge:
            before = await edge.alert()
            postgres.kill()
            began = monotonic()
            away = await edge.alert(action="sell")
            took = monotonic() - began
            ready = await edge.get("/health/ready")
            listed = await edge.get("/api/orders")
            postgres.start()
            await edge.until("/health/ready", 200)

            after = await edge.alert(action="sell")

    assert [one.status_code for one in (before, away, after)] == [202, 503, 202]
    assert (ready.status_code, ready.json()["status"]) == (503, "down")
    assert (listed.status_code, listed.json()["code"]) == (503, "unavailable")
    assert took < 2.5


async def _hints_of(valkey: ValkeyServer, user: str) -> bytes:
    with anyio.fail_after(15):
        while True:
            found = valkey.ask("LRANGE", f"trading:user:{{{user}}}:requests", 0, -1)
            if found:
                return b"".join(cast("list[bytes]", found))
            await anyio.sleep(0.05)


async def test_it_starts_while_its_servers_are_away() -> None:
    nowhere = "postgresql://x:x@127.0.0.1:1/x"
    user = a_user()
    furnished = user, an_account(user), a_strategy(an_account(user))

    async with an_edge(nowhere, "redis://127.0.0.1:1", furnished=furnished) as edge:
        live = await edge.get("/health/live")
        ready = await edge.get("/health/ready")
        alert = await edge.alert()

    assert (live.status_code, ready.status_code, alert.status_code) == (200, 503, 503)
