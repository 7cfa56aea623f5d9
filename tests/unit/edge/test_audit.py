"""The audit log through the API: what a person does is there, and can be taken away whole."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from handlers.records.audit import GENESIS, AuditEntry, first_broken
from tests.unit.edge.house import KEY, furnish

if TYPE_CHECKING:
    from tests.unit.edge.house import House

pytestmark = pytest.mark.anyio


async def actions(house: House) -> list[str]:
    return [entry["action"] for entry in reversed(await house.items("/api/audit"))]


async def test_nothing_done_is_nothing_told(house: House) -> None:
    assert await house.items("/api/audit") == []


async def test_what_is_done_to_a_strategy_is_told(house: House) -> None:
    strategy = f"/api/strategies/{house.strategy.id}"
    body = {"name": "New", "accounts": [str(house.account.id)]}
    await house.post("/api/strategies", body)
    for verb in ("pause", "resume", "rotate-token"):
        await house.post(f"{strategy}/{verb}")

    assert await actions(house) == [
        "strategy.create", "strategy.pause", "strategy.resume", "strategy.rotate_token",
    ]  # fmt: skip


async def test_what_is_done_to_an_account_is_told(house: House) -> None:
    made = (await house.post("/api/accounts", {"name": "New", "broker": "paper"})).json()
    for verb in ("disable", "enable"):
        await house.post(f"/api/accounts/{made['id']}/{verb}")

    assert await actions(house) == ["account.create", "account.disable", "account.enable"]


async def test_what_is_done_with_orders_is_told(house: House) -> None:
    order = {"account_id": str(house.account.id), "symbol": "BTCUSDT", "side": "buy"}
    placed = await house.post("/api/orders", order | {"quantity": "1"}, idempotency="one")
    await house.post(f"/api/orders/{placed.json()['id']}/cancel")
    await house.post("/api/kill-switch", {"engaged": True})
    await house.post("/api/kill-switch", {"engaged": False})

    assert await actions(house) == [
        "order.place", "order.cancel", "switch.engage", "switch.release",
    ]  # fmt: skip


async def test_a_price_in_the_paper_market_is_not_told(house: House) -> None:
    await house.post("/api/paper/ticks", {"symbol": "BTCUSDT", "price": "1"})

    assert await actions(house) == []


async def test_an_entry_says_who_did_what_to_what_from_where_and_in_which_trace(
    house: House,
) -> None:
    answer = await house.client.post(
        f"/api/strategies/{house.strategy.id}/pause",
        headers={
            "authorization": f"Bearer {KEY}",
            "traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        },
    )

    [entry] = await house.items("/api/audit")
    assert answer.status_code == 200
    assert {name: entry[name] for name in entry if name not in {"at", "hash", "actor"}} == {
        "n": 1,
        "action": "strategy.pause",
        "subject": f"strategy:{house.strategy.id}",
        "before": {"state": "active"},
        "after": {"state": "paused"},
        "address": "127.0.0.1",
        "trace_id": "0af7651916cd43dd8448eb211c80319c",
    }
    assert entry["actor"].startswith("api_key:")
    assert entry["at"].endswith("Z")


async def test_what_was_refused_is_not_told(house: House) -> None:
    await house.add_key("fp_" + "r" * 43, "read")
    path = f"/api/strategies/{house.strategy.id}/pause"

    refused = await house.post(path, key="fp_" + "r" * 43)
    await house.post("/api/accounts", {"name": "", "broker": "paper"})

    assert refused.status_code == 403
    assert await actions(house) == []


async def test_pages_lead_to_the_first_entry(house: House) -> None:
    for _ in range(5):
        await house.post(f"/api/strategies/{house.strategy.id}/pause")
    seen: list[int] = []
    cursor = ""
    while cursor is not None:
        page = (await house.get(f"/api/audit?limit=2{cursor and '&cursor=' + cursor}")).json()
        seen += [entry["n"] for entry in page["items"]]
        cursor = page["next_cursor"]

    assert seen == [5, 4, 3, 2, 1]


@pytest.mark.parametrize("path", ["/api/audit?cursor=x", "/api/audit?limit=0", "/api/audit?of=me"])
async def test_what_is_no_page_is_400(house: House, path: str) -> None:
    assert (await house.get(path)).status_code == 400


async def test_a_cursor_of_another_list_is_400(house: House) -> None:
    for _ in range(2):
        await house.post("/api/accounts", {"name": f"A{_}", "broker": "paper"})
    other = (await house.get("/api/accounts?limit=1")).json()["next_cursor"]

    assert (await house.get(f"/api/audit?cursor={other}")).status_code == 400


async def exported(house: House) -> list[Any]:
    answer = await house.get("/api/audit/export")
    assert answer.headers["content-type"].startswith("application/x-ndjson")
    return answer.text.splitlines()


async def test_the_export_proves_itself(house: House) -> None:
    for verb in ("pause", "resume", "rotate-token"):
        await house.post(f"/api/strategies/{house.strategy.id}/{verb}")

    entries = [msgspec.json.decode(line, type=AuditEntry) for line in await exported(house)]

    assert [entry.n for entry in entries] == [1, 2, 3]
    assert first_broken(GENESIS, 1, entries) is None


async def test_the_export_of_nothing_is_empty(house: House) -> None:
    assert await exported(house) == []


async def test_nobody_reads_anothers_log(house: House) -> None:
    stranger_key = "fp_" + "s" * 43
    await furnish(house.ports.store, token="wh_" + "s" * 43, key=stranger_key)
    await house.post(f"/api/strategies/{house.strategy.id}/pause")

    listed = await house.get("/api/audit", key=stranger_key)
    taken = await house.get("/api/audit/export", key=stranger_key)

    assert listed.json()["items"] == []
    assert taken.text == ""


async def test_a_log_is_read_with_a_key_alone(house: House) -> None:
    for path in ("/api/audit", "/api/audit/export"):
        assert (await house.client.get(path)).status_code == 401
