"""The checks of an alert in their order, each with its code."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from edge.settings import EdgeSettings
from handlers.records.accounts import AccountState
from tests.unit.edge.house import TOKEN, a_house, an_alert

if TYPE_CHECKING:
    from tests.unit.edge.house import House

pytestmark = pytest.mark.anyio

BODY_TOKEN_PATH = "/webhook/tradingview"


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


@pytest.mark.parametrize("action", ["cancel", "cancel_all"])
async def test_kill_switch_holds_no_cancel_back(house: House, action: str) -> None:
    await house.post("/api/kill-switch", {"engaged": True})

    answer = await house.alert({"ticker": "BTCUSDT", "action": action})

    assert (answer.status_code, answer.json()["status"]) == (202, "accepted")


async def test_beside_a_cancel_the_kill_switch_refuses_what_it_refuses_alone(
    house: House,
) -> None:
    await house.post("/api/kill-switch", {"engaged": True})
    body = [{"ticker": "BTCUSDT", "action": "cancel_all"}, an_alert()]

    answer = await house.alert(body)

    said = answer.json()
    assert answer.status_code == 202
    assert [one["status"] for one in said["signals"]] == ["accepted", "refused"]
    assert said["orders"] == []


async def test_paused_strategy_holds_cancels_back(house: House) -> None:
    await house.post(f"/api/strategies/{house.strategy.id}/pause")

    answer = await house.alert({"ticker": "BTCUSDT", "action": "cancel_all"})

    assert answer.json()["code"] == "strategy_paused"


async def test_id_that_comes_again_with_other_content_is_taken_with_a_warning(
    house: House,
) -> None:
    first = await house.alert(an_alert(id="a"))
    again = await house.alert(an_alert(id="a"))
    other = await house.alert(an_alert(id="a", quantity="0.02"))

    warned = [
        any(text.startswith("id_reused: ") for text in answer.json()["warnings"])
        for answer in (first, again, other)
    ]
    assert [answer.status_code for answer in (first, again, other)] == [202, 200, 202]
    assert warned == [False, False, True]


async def test_orders_of_one_body_may_share_an_id(house: House) -> None:
    answer = await house.alert([an_alert(id="a"), an_alert(id="a", quantity="0.02")])

    assert answer.status_code == 202
    assert "id_reused" not in answer.text


async def test_reference_price_keeps_all_the_digits_that_were_sent(house: House) -> None:
    price = "64250.10000000000000123"

    answer = await house.alert(an_alert(price=price))

    [signal] = await house.items("/api/signals")
    assert answer.status_code == 202
    assert signal["signal"]["price"] == price


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


async def test_repetition_that_comes_too_fast_is_told_of_the_first() -> None:
    async with a_house(settings=EdgeSettings(webhook_rate=1, webhook_burst=2)) as house:
        first, _, again = [await house.alert(an_alert(id=which)) for which in ("1", "2", "1")]

    assert (again.status_code, again.json()["status"]) == (200, "duplicate")
    assert again.json()["signal_id"] == first.json()["signal_id"]
    assert [order["id"] for order in again.json()["orders"]] == [
        order["id"] for order in first.json()["orders"]
    ]
