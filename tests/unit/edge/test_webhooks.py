"""What a webhook answers, in the order of its checks."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from bus.messages import ExecuteOrder, StartWorker
from tests.builders import a_worker
from tests.unit.edge.house import TOKEN, an_alert

if TYPE_CHECKING:
    from tests.unit.edge.house import House

pytestmark = pytest.mark.anyio

INCOMING_TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
BODY_TOKEN_PATH = "/webhook/tradingview"


async def test_alert_is_recorded_and_answered_with_its_orders(house: House) -> None:
    answer = await house.alert(an_alert())

    said = answer.json()
    orders = await house.items("/api/orders")
    assert answer.status_code == 202
    assert (said["status"], said["dialect"]) == ("accepted", "plain")
    assert [order["id"] for order in said["orders"]] == [orders[0]["id"]]
    assert said["orders"][0]["account"] == str(house.account.id)
    assert said["signal_id"] == orders[0]["signal_id"]
    assert said["trace_id"] == orders[0]["trace_id"]


async def test_reply_has_exactly_its_promised_fields(house: House) -> None:
    said = (await house.alert(an_alert())).json()

    assert list(said) == ["status", "signal_id", "trace_id", "dialect", "orders", "warnings"]
    assert list(said["orders"][0]) == ["id", "account", "summary"]


async def test_token_in_the_body_is_as_good(house: House) -> None:
    answer = await house.alert(an_alert(token=TOKEN), path=BODY_TOKEN_PATH)

    assert answer.status_code == 202


async def test_content_type_is_not_asked(house: House) -> None:
    answer = await house.client.post(
        house.hook, content=b"buy BTCUSDT q=0.01\n", headers={"Content-Type": "image/png"}
    )

    assert (answer.status_code, answer.json()["dialect"]) == (202, "text")


async def test_same_alert_again_is_answered_with_the_first_ids(house: House) -> None:
    first = (await house.alert(an_alert())).json()
    again = await house.alert(an_alert())

    assert again.status_code == 200
    assert again.json()["status"] == "duplicate"
    assert again.json()["signal_id"] == first["signal_id"]
    assert again.json()["orders"] == first["orders"]
    assert len(await house.items("/api/orders")) == 1


async def test_callers_trace_runs_through_reply_and_record(house: House) -> None:
    answer = await house.client.post(
        house.hook,
        json=an_alert(),
        headers={"traceparent": f"00-{INCOMING_TRACE}-00f067aa0ba902b7-01"},
    )

    orders = await house.items("/api/orders")
    assert answer.json()["trace_id"] == orders[0]["trace_id"] == INCOMING_TRACE


async def test_worker_is_hinted_and_asked_for(house: House) -> None:
    order_id = (await house.alert(an_alert())).json()["orders"][0]["id"]

    async with house.ports.bus.hints.commands(house.user, 1) as commands:
        hinted = (await anext(aiter(commands))).envelope.message
    started = await house.next_start()

    assert isinstance(hinted, ExecuteOrder)
    assert str(hinted.order_id) == order_id
    assert isinstance(started.message, StartWorker)
    assert started.dedup_id == f"start:{house.user}:{order_id}:0"


async def test_warm_worker_is_claimed_instead_of_asking_for_one(house: House) -> None:
    worker = a_worker()
    await house.ports.bus.pool.offer(worker)

    await house.alert(an_alert())

    claimed = await house.ports.bus.pool.await_claim(worker, timeout=timedelta(0))
    assert claimed == house.user


async def test_ping_is_taken_and_makes_no_order(house: House) -> None:
    answer = await house.alert(an_alert(action="ping"))

    assert (answer.status_code, answer.json()["orders"]) == (202, [])


async def test_array_is_recorded_signal_by_signal(house: House) -> None:
    answer = await house.alert([an_alert(), an_alert(action="sell", quantity="0.02")])

    said = answer.json()
    assert answer.status_code == 202
    assert [one["status"] for one in said["signals"]] == ["accepted", "accepted"]
    assert said["signal_id"] == said["signals"][0]["signal_id"]
    assert len(said["orders"]) == len(await house.items("/api/orders")) == 2


async def test_ladder_of_equal_orders_is_no_duplicate_of_itself(house: House) -> None:
    await house.alert([an_alert(), an_alert()])

    assert len(await house.items("/api/orders")) == 2


async def test_array_that_is_in_part_a_duplicate_is_accepted_for_the_rest(house: House) -> None:
    first = (await house.alert([an_alert()])).json()

    answer = await house.alert([an_alert(), an_alert(action="sell")])

    said = answer.json()
    assert answer.status_code == 202
    assert [one["status"] for one in said["signals"]] == ["duplicate", "accepted"]
    assert said["signals"][0]["signal_id"] == first["signal_id"]


async def test_array_of_duplicates_is_a_duplicate(house: House) -> None:
    await house.alert([an_alert(), an_alert()])

    answer = await house.alert([an_alert(), an_alert()])

    assert (answer.status_code, answer.json()["status"]) == (200, "duplicate")


async def test_one_refused_signal_refuses_the_whole_array(house: House) -> None:
    answer = await house.alert([an_alert(), an_alert(quantity="-1")])

    assert answer.status_code == 400
    assert await house.items("/api/orders") == []


async def test_secret_is_in_no_reply_and_no_record(house: House) -> None:
    body = an_alert(token=TOKEN, passphrase="hunter2", comment=TOKEN)

    answer = await house.alert(body, path=BODY_TOKEN_PATH)
    refused = await house.alert(body | {"quantity": "x"}, path=BODY_TOKEN_PATH)

    kept = (await house.get("/api/signals")).text
    for text in (answer.text, refused.text, kept):
        assert TOKEN not in text
        assert "hunter2" not in text


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE", "PATCH", "OPTIONS"])
async def test_other_methods_are_405(house: House, method: str) -> None:
    answer = await house.client.request(method, house.hook)

    assert answer.status_code == 405
    assert answer.headers["allow"] == "POST"
    assert answer.headers["content-type"] == "application/json"


@pytest.mark.parametrize(
    "path", ["/webhook", "/webhook/", f"/webhook/{TOKEN}", f"/webhook/tradingview/{TOKEN}/x/y"]
)
async def test_other_addresses_are_404(house: House, path: str) -> None:
    answer = await house.alert(an_alert(), path=path)

    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
