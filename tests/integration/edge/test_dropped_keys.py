"""The edge lets go of credentials with the request that brought them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import anyio
import msgspec
import pytest

from tests.memory import living_copies

if TYPE_CHECKING:
    from tests.integration.edge.edges import Edge

pytestmark = [pytest.mark.anyio, pytest.mark.postgres, pytest.mark.valkey]

KEY, SECRET = "canary0key0id0of0gateio0abcd", "canary0api0secret0of0gateio"
GIVEN = {"api_key": KEY, "api_secret": SECRET}
ACCOUNT = {"name": "Gate", "broker": "gateio", "credentials": GIVEN}


@pytest.mark.parametrize("bad", [False, True])
async def test_nothing_of_the_request_lives_on(edge: Edge, *, bad: bool) -> None:
    body = ACCOUNT | ({"mode": "sideways"} if bad else {})

    answer = await edge.post("/api/accounts", body)

    assert answer.status_code == (400 if bad else 201), answer.text
    for canary in (KEY.encode(), SECRET.encode(), msgspec.json.encode(body)):
        while living_copies(edge.process.pid, canary):  # noqa: ASYNC110 - the reply is sent first
            await anyio.sleep(0.1)


async def test_what_lives_can_be_seen(edge: Edge) -> None:
    path = f"/health/live?canary={SECRET}"

    await edge.get(path)

    assert living_copies(edge.process.pid, b"fourpass_session") > 0
