"""Two edges, one Valkey: a user has one quota, whichever process answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.integration.edge.edges import an_edge

if TYPE_CHECKING:
    from tests.servers.valkey import ValkeyServer

pytestmark = [pytest.mark.anyio, pytest.mark.postgres, pytest.mark.valkey, pytest.mark.timeout(60)]


async def test_user_has_one_quota_over_all_processes(record: str, valkey: ValkeyServer) -> None:
    async with an_edge(record, valkey.url, FOURPASS_API_RATE="10") as first:
        furnished = (first.user, first.account, first.strategy)
        async with an_edge(
            record, valkey.url, furnished=furnished, FOURPASS_API_RATE="10"
        ) as second:
            edges = (first, second)
            answers = [
                (await edges[number % 2].get("/api/orders")).status_code for number in range(14)
            ]

    # What was counted in a window that ended amid them weighs a little less.
    assert answers[:10] == [200] * 10
    assert answers.count(429) >= 3


async def test_kill_switch_answers_soon_while_valkey_hangs(
    record: str, valkey: ValkeyServer
) -> None:
    async with an_edge(record, valkey.url) as edge:
        assert (await edge.get("/api/orders")).status_code == 200
        valkey.freeze()
        try:
            answer = await edge.post("/api/kill-switch", {"engaged": True})
        finally:
            valkey.thaw()

    assert answer.status_code == 200
    assert answer.elapsed.total_seconds() < 5
