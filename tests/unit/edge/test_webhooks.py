"""What a webhook answers, in the order of its checks."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import anyio
import pytest

from bus.messages import ExecuteOrder, StartWorker
from edge.settings import EdgeSettings
from handlers.errors import StoreUnavailableError
from handlers.records import AccountState, StrategyState
from handlers.store.memory import MemoryStore
from tests.builders import ManualClock, a_worker
from tests.unit.edge.house import TOKEN, a_house, an_alert

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.unit.edge.house import House

pytestmark = pytest.mark.anyio

INCOMING_TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
BODY_TOKEN_PATH = "/webhook/tradingview"


@pytest.fixture
async def house() -> AsyncIterator[House]:
    async with a_house() as opened:
        yield opened


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


ENCODING = [
    (b"", 400, "empty_body"),
    (b" \n", 400, "empty_body"),
    (b"\xff\xfe{}", 400, "not_utf8"),
    (b"x" * (16 * 1024 + 1), 413, "body_too_large"),
]


@pytest.mark.parametrize(("body", "status", "code"), ENCODING)
async def test_size_and_encoding_come_before_the_token(
    house: House, body: bytes, status: int, code: str
) -> None:
    answer = await house.alert(body, path="/webhook/tradingview/wh_wrong")

    assert (answer.status_code, answer.json()["code"]) == (status, code)


@pytest.mark.parametrize(("body", "status", "code"), ENCODING)
async def test_refusal_of_size_or_encoding_is_written_down_for_a_good_token(
    house: House, body: bytes, status: int, code: str
) -> None:
    answer = await house.alert(body)

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert [signal["code"] for signal in await house.items("/api/signals")] == [code]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xff",
        b"{",
        b"[]",
        b'{"ticker":"BTCUSDT","action":"buy"}',
        b'{"ticker":"BTCUSDT","action":"buy","token":"wrong"}',
        b'{"ticker":"BTCUSDT","action":"buy","token":"wh_wrong"}',
        b"buy BTCUSDT",
    ],
)
async def test_body_without_a_good_token_is_401_whatever_else_it_is(
    house: House, body: bytes
) -> None:
    answer = await house.alert(body, path=BODY_TOKEN_PATH)

    assert (answer.status_code, answer.json()["code"]) == (401, "unknown_token")


@pytest.mark.parametrize("token", ["wh_unknown", "x", TOKEN[:-1], TOKEN + "t", "%00", "é"])
async def test_wrong_tokens_get_one_answer(house: House, token: str) -> None:
    answer = await house.alert(an_alert(), path=f"/webhook/tradingview/{token}")
    other = await house.alert(an_alert(), path="/webhook/tradingview/wh_another")

    said, otherwise = answer.json(), other.json()
    del said["trace_id"], otherwise["trace_id"]
    assert answer.status_code == 401
    assert said == otherwise


async def test_wrong_token_is_told_before_anything_of_the_body(house: House) -> None:
    answer = await house.alert(b"{", path="/webhook/tradingview/wh_wrong")

    assert answer.status_code == 401


async def test_wrong_token_leaves_no_record(house: House) -> None:
    await house.alert(an_alert(), path="/webhook/tradingview/wh_wrong")

    assert await house.items("/api/signals") == []


async def test_paused_strategy_is_403_even_for_a_broken_body(house: House) -> None:
    await house.post(f"/api/strategies/{house.strategy.id}/pause")

    answer = await house.alert(b"{")

    assert (answer.status_code, answer.json()["code"]) == (403, "strategy_paused")
    assert [signal["code"] for signal in await house.items("/api/signals")] == ["strategy_paused"]


async def test_kill_switch_is_403(house: House) -> None:
    await house.post("/api/kill-switch", {"engaged": True})

    answer = await house.alert(an_alert())

    assert (answer.status_code, answer.json()["code"]) == (403, "kill_switch_active")


async def test_kill_switch_that_allows_exits_lets_them_pass(house: House) -> None:
    await house.post("/api/kill-switch", {"engaged": True, "allow_exits": True})

    entry = await house.alert(an_alert())
    way_out = await house.alert({"ticker": "BTCUSDT", "action": "exit"})

    assert (entry.status_code, entry.json()["code"]) == (403, "kill_switch_active")
    assert way_out.status_code == 202


async def test_no_account_left_is_403(house: House) -> None:
    await house.post(f"/api/accounts/{house.account.id}/disable")

    answer = await house.alert(an_alert())

    assert (answer.status_code, answer.json()["code"]) == (403, "account_disabled")


async def test_one_of_two_accounts_disabled_is_denied_inside_the_202(house: House) -> None:
    token, other = await house.two_accounts()
    await house.ports.store.catalogue.set_account_state(house.user, other.id, AccountState.DISABLED)

    answer = await house.alert(an_alert(), path=f"/webhook/tradingview/{token}")

    states = {order["account_id"]: order["state"] for order in await house.items("/api/orders")}
    assert answer.status_code == 202
    assert states == {str(house.account.id): "queued", str(other.id): "denied"}


async def test_fan_out_names_the_orders_of_all_accounts(house: House) -> None:
    token, other = await house.two_accounts()

    answer = await house.alert(an_alert(), path=f"/webhook/tradingview/{token}")

    accounts = {order["account"] for order in answer.json()["orders"]}
    assert accounts == {str(house.account.id), str(other.id)}


@pytest.mark.parametrize(
    ("body", "code", "field"),
    [
        (b"{", "malformed_json", None),
        (b"hello", "unrecognised_text", None),
        (b'{"ticker":"BTCUSDT","action":"buy","qty":"-1"}', "invalid_quantity", "qty"),
        (b'{"ticker":"BTCUSDT","action":"buy"}', "missing_field", "quantity"),
    ],
)
async def test_broken_body_is_400_and_written_down(
    house: House, body: bytes, code: str, field: str | None
) -> None:
    answer = await house.alert(body)

    said = answer.json()
    signals = await house.items("/api/signals")
    assert (answer.status_code, said["code"], said.get("field")) == (400, code, field)
    assert [(signal["outcome"], signal["code"]) for signal in signals] == [("refused", code)]
    assert signals[0]["trace_id"] == said["trace_id"]


async def test_malformed_json_is_located(house: House) -> None:
    said = (await house.alert(b'{\n "ticker": }')).json()

    assert (said["line"], said["column"]) == (2, 12)


@pytest.mark.parametrize(
    ("time", "code"),
    [("2026-11-23T09:00:01Z", "stale_signal"), ("2026-11-23T10:00:01Z", "future_signal")],
)
async def test_alert_of_the_wrong_time_is_400(house: House, time: str, code: str) -> None:
    answer = await house.alert(an_alert(time=time))

    assert (answer.status_code, answer.json()["code"]) == (400, code)


async def test_too_many_alerts_are_rejected_and_written_down() -> None:
    async with a_house(settings=EdgeSettings(webhook_rate=1, webhook_burst=2)) as house:
        answers = [await house.alert(an_alert(id=str(n))) for n in range(3)]

        signals = await house.items("/api/signals")
    assert [answer.status_code for answer in answers] == [202, 202, 200]
    assert (answers[2].json()["status"], answers[2].json()["code"]) == ("rejected", "rate_limited")
    assert answers[2].json()["orders"] == []
    assert (signals[0]["outcome"], signals[0]["code"]) == ("rejected", "rate_limited")


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


@pytest.mark.parametrize("query", ["", "?simulation=true", "?simulation=", "?simulation=TRUE"])
async def test_older_address_trades_on_paper_unless_told_otherwise(
    house: House, query: str
) -> None:
    token = await house.live_strategy()

    await house.alert(an_alert(), path=f"/webhook/{token}/order{query}")

    orders = await house.items("/api/orders")
    assert [order["mode"] for order in orders] == ["paper"]


async def test_older_address_may_leave_the_mode_as_it_is(house: House) -> None:
    token = await house.live_strategy()

    await house.alert(an_alert(), path=f"/webhook/{token}/order?simulation=false")

    orders = await house.items("/api/orders")
    assert [order["mode"] for order in orders] == ["live"]


async def test_older_address_cannot_make_paper_live(house: House) -> None:
    await house.alert(an_alert(), path=f"/webhook/{TOKEN}/order?simulation=false")

    orders = await house.items("/api/orders")
    assert [order["mode"] for order in orders] == ["paper"]


async def test_unreadable_switch_of_the_older_address_is_400(house: House) -> None:
    answer = await house.alert(an_alert(), path=f"/webhook/{TOKEN}/order?simulation=no")

    assert (answer.status_code, answer.json()["field"]) == (400, "simulation")


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


class Unreliable(MemoryStore):
    """A record that stops answering when it is told to."""

    async def fail(self, *_: Any) -> Any:
        raise StoreUnavailableError


async def test_what_cannot_be_recorded_is_503(monkeypatch: pytest.MonkeyPatch) -> None:
    store = Unreliable(ManualClock())
    async with a_house(store=store) as house:
        await house.alert(an_alert())
        monkeypatch.setattr(store.signals, "record", store.fail)

        answer = await house.alert(an_alert(action="sell"))

    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
    assert answer.headers["retry-after"] == "5"


async def test_record_that_takes_too_long_is_503(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def hang(*_: Any) -> Any:
        await anyio.sleep_forever()

    monkeypatch.setattr("edge.webhooks._RECORD_TIME", 0.01)
    monkeypatch.setattr(house.ports.store.signals, "record", hang)

    answer = await house.alert(an_alert())

    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")


async def test_body_that_does_not_arrive_is_408(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def stalling() -> AsyncIterator[bytes]:
        yield b"{"
        await anyio.sleep_forever()

    monkeypatch.setattr("edge.webhooks._RECORD_TIME", 0.01)

    answer = await house.client.post(house.hook, content=stalling())

    assert (answer.status_code, answer.json()["code"]) == (408, "request_timeout")


async def test_token_that_cannot_be_looked_up_is_503(monkeypatch: pytest.MonkeyPatch) -> None:
    store = Unreliable(ManualClock())
    async with a_house(store=store) as house:
        monkeypatch.setattr(store.identity, "recognise", store.fail)

        answer = await house.alert(an_alert())

    assert answer.status_code == 503


async def test_refusal_stands_where_it_cannot_be_written_down(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    store = Unreliable(ManualClock())
    async with a_house(store=store) as house:
        await house.alert(an_alert())
        monkeypatch.setattr(store.signals, "record", store.fail)

        answer = await house.alert(b"{")

    assert answer.status_code == 400


async def test_fault_of_ours_is_503_and_shows_nothing(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fault(*_: Any) -> Any:
        raise ZeroDivisionError("inner workings")

    monkeypatch.setattr(house.ports.store.signals, "record", fault)

    answer = await house.alert(an_alert())

    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
    assert "inner workings" not in answer.text


async def test_strategy_paused_behind_the_caches_back_is_403(house: House) -> None:
    await house.alert(an_alert())
    await house.ports.store.catalogue.set_strategy_state(
        house.user, house.strategy.id, StrategyState.PAUSED
    )

    answer = await house.alert(an_alert(action="sell"))

    signals = await house.items("/api/signals")
    assert (answer.status_code, answer.json()["code"]) == (403, "strategy_paused")
    assert [signal["code"] for signal in signals] == ["strategy_paused", None]


async def test_strategy_resumed_behind_the_caches_back_is_not_refused(house: House) -> None:
    catalogue = house.ports.store.catalogue
    await catalogue.set_strategy_state(house.user, house.strategy.id, StrategyState.PAUSED)
    await house.alert(an_alert())
    await catalogue.set_strategy_state(house.user, house.strategy.id, StrategyState.ACTIVE)

    answer = await house.alert(an_alert())

    assert answer.status_code == 202
