"""Two edges: what ends a key in one ends its stream in the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

import anyio
import pytest

from tests.integration.edge.edges import an_edge
from tests.unit.edge.house import KEY, bearer

if TYPE_CHECKING:
    from tests.servers.valkey import ValkeyServer

pytestmark = [pytest.mark.anyio, pytest.mark.postgres, pytest.mark.valkey, pytest.mark.timeout(60)]


async def test_key_revoked_in_one_process_ends_its_stream_in_the_other(
    record: str, valkey: ValkeyServer
) -> None:
    async with an_edge(record, valkey.url) as first:
        furnished = (first.user, first.account, first.strategy)
        async with an_edge(record, valkey.url, furnished=furnished) as second:
            made = await first.post("/api/api-keys", {"name": "second", "scopes": ["read"]})
            headers = bearer(made.json()["key"])
            async with second.client.stream("GET", "/api/stream", headers=headers) as stream:
                chunks = stream.aiter_bytes()
                assert await anext(chunks)
                ended = await first.client.delete(
                    f"/api/api-keys/{made.json()['id']}", headers=bearer(KEY)
                )
                # Well before the stream would ask by itself.
                with anyio.fail_after(10):
                    rest = [chunk async for chunk in chunks]

    assert ended.status_code == 204
    assert not any(b"event:" in chunk for chunk in rest)
