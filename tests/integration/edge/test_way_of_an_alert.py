"""From the alert to the row, the hint and the list: a real process on real servers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import anyio
import msgspec
import pytest

from infra.local.schema import bring_up_to_date
from tests.integration.edge.edges import an_edge
from tests.unit.edge.house import KEY, TOKEN, bearer

if TYPE_CHECKING:
    from tests.integration.edge.edges import Edge
    from tests.servers.valkey import ValkeyServer

pytestmark = [pytest.mark.anyio, pytest.mark.postgres, pytest.mark.valkey]


async def test_alert_becomes_a_row_a_hint_and_an_item_of_the_list(
    edge: Edge, valkey: ValkeyServer
) -> None:
    answer = await edge.alert()

    order_id = answer.json()["orders"][0]["id"]
    listed = (await edge.get("/api/orders")).json()["items"]
    detail = (await edge.get(f"/api/orders/{order_id}")).json()
    hints = valkey.ask("LRANGE", f"trading:user:{{{edge.user}}}:requests", 0, -1)
    assert answer.status_code == 202
    assert [order["id"] for order in listed] == [order_id]
    assert [event["stage"] for event in detail["events"]] == ["edge_received", "edge_recorded"]
    assert isinstance(hints, list)
    assert order_id.encode() in hints[0]


async def test_of_many_copies_at_once_one_is_recorded(edge: Edge) -> None:
    answers: list[tuple[int, str]] = []

    async def send() -> None:
        answer = await edge.alert()
        answers.append((answer.status_code, answer.json()["signal_id"]))

    async with anyio.create_task_group() as tasks:
        for _ in range(50):
            tasks.start_soon(send)

    assert sorted(status for status, _ in answers) == [200] * 49 + [202]
    assert len({signal_id for _, signal_id in answers}) == 1
    assert len((await edge.get("/api/orders")).json()["items"]) == 1


async def test_paper_price_is_set_in_the_ledger(edge: Edge, record: str) -> None:
    await bring_up_to_date(record)

    answer = await edge.post("/api/paper/ticks", {"symbol": "BTCUSDT", "price": "64250.1"})

    assert (answer.status_code, answer.json()["price"]) == (202, "64250.1")


async def test_pause_in_one_process_is_heard_in_the_other(
    edge: Edge, record: str, valkey: ValkeyServer
) -> None:
    furnished = edge.user, edge.account, edge.strategy
    async with an_edge(record, valkey.url, furnished=furnished) as other:
        before = await other.alert()
        await edge.post(f"/api/strategies/{edge.strategy.id}/pause")
        refused = await other.alert(action="sell")
        await edge.post(f"/api/strategies/{edge.strategy.id}/resume")
        after = await other.alert(action="sell")

    assert [one.status_code for one in (before, refused, after)] == [202, 403, 202]


async def test_token_is_nowhere_in_the_log(edge: Edge) -> None:
    await edge.alert()
    await edge.client.post(edge.hook, content=b"{")
    await edge.client.post("/webhook/tradingview", content=b'{"token":"%s"}' % TOKEN.encode())
    await edge.get("/api/orders")
    edge.stop()

    log = edge.log.read_text()
    assert '"event":"alert"' in log
    assert TOKEN not in log
    assert KEY not in log


async def test_noise_is_never_answered_with_a_fault(edge: Edge) -> None:
    bodies = [
        b"\0" * 100,
        b"{" * 5000,
        b'{"ticker":' * 1000,
        b'{"ticker":"\\ud83d"}',
        b'{"ticker":"BTCUSDT","action":"buy","quantity":1e999999}',
        b'{"ticker":"BTCUSDT","action":"buy","quantity":"\\u0000"}',
        b'{"ticker":"BTCUSDT","action":"buy","quantity":1,"comment":"\\u0000\\ud800"}',
        msgspec.json.encode({"ticker": "BTCUSDT", "action": "buy", "quantity": "1" * 4000}),
        "賣 BTCUSDT 1".encode(),
    ]
    paths = [edge.hook, f"{edge.hook}/dry-run", "/webhook/tradingview", f"/webhook/{TOKEN}/order"]

    answers = [await edge.client.post(path, content=body) for path in paths for body in bodies]
    answers += [
        await edge.client.post("/api/signals/explain", content=body, headers=bearer(KEY))
        for body in bodies
    ]

    assert max(answer.status_code for answer in answers) < 500
