"""Orders: listed, read, placed by hand, taken back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from bus.messages import CancelOrder, ExecuteOrder
from tests.unit.edge.house import KEY, an_alert, bearer
from tests.unit.edge.venue import bring_to_venue

if TYPE_CHECKING:
    from tests.unit.edge.house import House

pytestmark = pytest.mark.anyio


def wish(house: House, **fields: Any) -> dict[str, Any]:
    return {
        "account_id": str(house.account.id),
        "symbol": "BTCUSDT",
        "side": "buy",
        "quantity": "0.10",
        "order_type": "market",
    } | fields


ORDER_FIELDS = {
    *("id", "signal_id", "strategy_id", "account_id", "symbol", "side", "quantity", "order_type"),
    *("limit_price", "state", "filled_quantity", "average_price", "client_order_id"),
    *("broker_order_id", "error_code", "created_at", "updated_at", "trace_id", "mode"),
    *("stop_price", "time_in_force", "reduce_only", "frozen_quantity", "parent_id", "leg", "seq"),
    "expires_at",
}


async def test_order_has_every_promised_field(house: House) -> None:
    await house.alert(an_alert())

    order = (await house.items("/api/orders"))[0]

    assert set(order) >= ORDER_FIELDS


async def test_numbers_are_strings_as_sent_and_times_end_in_z(house: House) -> None:
    await house.alert(an_alert(quantity="0.00000010"))

    order = (await house.items("/api/orders"))[0]

    assert order["quantity"] == "0.00000010"
    assert order["created_at"].endswith("Z")


@pytest.mark.parametrize("order_id", ["01a205d0-8fce-7638-b30a-52e32c3f23ee", "x", "1"])
async def test_unknown_order_is_404(house: House, order_id: str) -> None:
    answer = await house.get(f"/api/orders/{order_id}")

    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


async def test_list_is_newest_first_and_goes_on_by_cursor(house: House) -> None:
    for n in range(5):
        await house.alert(an_alert(id=str(n), quantity=str(n + 1)))

    first = (await house.get("/api/orders?limit=2")).json()
    second = (await house.get(f"/api/orders?limit=2&cursor={first['next_cursor']}")).json()
    third = (await house.get(f"/api/orders?limit=2&cursor={second['next_cursor']}")).json()

    seen = [order["quantity"] for page in (first, second, third) for order in page["items"]]
    assert seen == ["5", "4", "3", "2", "1"]
    assert third["next_cursor"] is None


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("limit=0", "limit"),
        ("limit=201", "limit"),
        ("limit=x", "limit"),
        ("limit=-1", "limit"),
        ("cursor=zz", "cursor"),
        ("account_id=1", "account_id"),
        ("state=lost", "state"),
    ],
)
async def test_bad_query_is_400_and_named(house: House, query: str, field: str) -> None:
    answer = await house.get(f"/api/orders?{query}")

    assert (answer.status_code, answer.json()["field"]) == (400, field)


async def test_filters_narrow_the_list(house: House) -> None:
    signal_id = (await house.alert(an_alert())).json()["signal_id"]
    await house.alert(an_alert(ticker="ETHUSDT"))

    async def found(query: str) -> int:
        return len(await house.items(f"/api/orders?{query}"))

    assert await found("symbol=ETHUSDT") == 1
    assert await found(f"signal_id={signal_id}") == 1
    assert await found(f"account_id={house.account.id}") == 2
    assert await found(f"strategy_id={house.strategy.id}") == 2
    assert await found("state=queued") == 2
    assert await found("state=filled") == 0


async def test_manual_order_is_recorded_hinted_and_printed(house: House) -> None:
    answer = await house.post("/api/orders", wish(house), idempotency="k1")

    async with house.ports.bus.hints.commands(house.user, 1) as commands:
        hinted = (await anext(aiter(commands))).envelope.message
    order = answer.json()
    assert (answer.status_code, order["state"], order["quantity"]) == (202, "queued", "0.10")
    assert isinstance(hinted, ExecuteOrder)
    assert str(hinted.order_id) == order["id"]


async def test_bare_number_keeps_every_digit(house: House) -> None:
    body = msgspec.json.encode(wish(house)).replace(b'"0.10"', b"64250.123456789012")

    answer = await house.client.post(
        "/api/orders", content=body, headers=bearer(KEY) | {"Idempotency-Key": "k1"}
    )

    assert answer.json()["quantity"] == "64250.123456789012"


async def test_exchange_before_a_symbol_is_split_off_as_alerts_do(house: House) -> None:
    answer = await house.post(
        "/api/orders", wish(house, symbol="binance:ethusdt"), idempotency="k1"
    )

    assert answer.json()["symbol"] == "ETHUSDT"


async def test_symbol_is_found_however_it_is_written(house: House) -> None:
    await house.alert(an_alert())

    assert len(await house.items("/api/orders?symbol=btcusdt")) == 1


async def test_refusal_of_a_manual_order_is_in_plain_words(house: House) -> None:
    await house.post("/api/kill-switch", {"engaged": True})

    answer = await house.post("/api/orders", wish(house), idempotency="k1")

    assert answer.json()["message"] == "The kill switch is engaged."


async def test_manual_order_said_twice_is_one_order(house: House) -> None:
    first = await house.post("/api/orders", wish(house), idempotency="k1")
    again = await house.post("/api/orders", wish(house), idempotency="k1")

    assert (first.status_code, again.status_code) == (202, 200)
    assert again.json()["id"] == first.json()["id"]
    assert len(await house.items("/api/orders")) == 1


async def test_key_used_with_another_body_is_409(house: House) -> None:
    await house.post("/api/orders", wish(house), idempotency="k1")

    answer = await house.post("/api/orders", wish(house, quantity="2"), idempotency="k1")

    assert (answer.status_code, answer.json()["code"]) == (409, "idempotency_conflict")


@pytest.mark.parametrize("key", [None, "", "x" * 129])
async def test_manual_order_needs_a_usable_key(house: House, key: str | None) -> None:
    answer = await house.post("/api/orders", wish(house), idempotency=key)

    assert (answer.status_code, answer.json()["field"]) == (400, "Idempotency-Key")


@pytest.mark.parametrize(
    ("fields", "code", "field"),
    [
        ({"quantity": "0"}, "invalid_quantity", "quantity"),
        ({"quantity": "-1"}, "invalid_quantity", "quantity"),
        ({"quantity": "NaN"}, "invalid_quantity", "quantity"),
        ({"quantity": "Infinity"}, "invalid_quantity", "quantity"),
        ({"quantity": "1e400"}, "invalid_quantity", "quantity"),
        ({"quantity": "0.0000000000001"}, "invalid_quantity", "quantity"),
        ({"quantity": "many"}, "invalid_field", "quantity"),
        ({"symbol": "BTC USDT"}, "invalid_ticker", "symbol"),
        ({"symbol": ""}, "invalid_ticker", "symbol"),
        ({"symbol": "BINANCE:"}, "invalid_ticker", "symbol"),
        ({"symbol": "A:B:C"}, "invalid_ticker", "symbol"),
        ({"side": "up"}, "invalid_field", "side"),
        ({"order_type": "limit"}, "price_required", "limit_price"),
        ({"order_type": "stop"}, "price_required", "stop_price"),
        ({"limit_price": "5"}, "conflicting_fields", "limit_price"),
        ({"stop_price": "5"}, "conflicting_fields", "stop_price"),
        ({"order_type": "trailing_stop"}, "unsupported_field", "order_type"),
        ({"quantitiy": "1"}, "invalid_field", "quantitiy"),
        ({"account_id": "mine"}, "invalid_field", "account_id"),
    ],
)
async def test_unusable_manual_order_is_400(
    house: House, fields: dict[str, Any], code: str, field: str
) -> None:
    answer = await house.post("/api/orders", wish(house, **fields), idempotency="k1")

    said = answer.json()
    assert (answer.status_code, said["code"], said["field"]) == (400, code, field)
    assert await house.items("/api/orders") == []


async def test_missing_field_is_named(house: House) -> None:
    body = wish(house)
    del body["side"]

    answer = await house.post("/api/orders", body, idempotency="k1")

    assert (answer.json()["code"], answer.json()["field"]) == ("missing_field", "side")


async def test_manual_order_of_a_strange_account_is_404(house: House) -> None:
    body = wish(house, account_id="01a205d0-8fce-7638-b30a-52e32c3f23ee")

    answer = await house.post("/api/orders", body, idempotency="k1")

    assert answer.status_code == 404


async def test_manual_order_under_the_kill_switch_is_403(house: House) -> None:
    await house.post("/api/kill-switch", {"engaged": True})

    answer = await house.post("/api/orders", wish(house), idempotency="k1")

    assert (answer.status_code, answer.json()["code"]) == (403, "kill_switch_active")


async def test_queued_order_is_cancelled_at_once(house: House) -> None:
    order_id = (await house.alert(an_alert())).json()["orders"][0]["id"]

    answer = await house.post(f"/api/orders/{order_id}/cancel")

    assert (answer.status_code, answer.json()["state"]) == (202, "cancelled")


async def test_cancel_of_a_final_order_is_409(house: House) -> None:
    order_id = (await house.alert(an_alert())).json()["orders"][0]["id"]
    await house.post(f"/api/orders/{order_id}/cancel")

    answer = await house.post(f"/api/orders/{order_id}/cancel")

    assert (answer.status_code, answer.json()["code"]) == (409, "already_final")


async def test_cancel_of_a_working_order_is_handed_to_the_worker(house: House) -> None:
    order_id = await bring_to_venue(house)

    answer = await house.post(f"/api/orders/{order_id}/cancel")

    async with house.ports.bus.hints.commands(house.user, 1) as commands:
        stream = aiter(commands)
        said = [(await anext(stream)).envelope.message for _ in range(2)]
    assert (answer.status_code, answer.json()["state"]) == (202, "accepted")
    assert isinstance(said[1], CancelOrder)
    assert said[1].order_id == order_id


async def test_cancel_of_an_unknown_order_is_404(house: House) -> None:
    answer = await house.post("/api/orders/01a205d0-8fce-7638-b30a-52e32c3f23ee/cancel")

    assert answer.status_code == 404
