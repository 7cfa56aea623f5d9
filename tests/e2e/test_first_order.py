"""What a newcomer does first: send an alert, look at the order."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import httpx
import pytest

if TYPE_CHECKING:
    from tests.e2e.profile import Profile

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(60)]

HOPS = [
    "edge_received", "edge_recorded", "hinted", "delivered", "frozen", "claimed", "sent",
    "answered", "settled",
]  # fmt: skip


def test_alert_becomes_a_filled_order(profile: Profile) -> None:
    reply = profile.alert(ticker="ETHUSDT", quantity="0.05", price="3150.5")

    assert (reply.status_code, reply.json()["status"]) == (202, "accepted")
    order = profile.order(reply, until_state="filled")
    assert (order["filled_quantity"], order["average_price"]) == ("0.05", "3150.5")


def test_timeline_shows_every_hop_in_its_order(profile: Profile) -> None:
    profile.order(profile.alert(), until_state="filled")

    order = profile.order(profile.alert(), until_state="filled")

    assert [event["stage"] for event in order["events"]] == HOPS
    assert all(event["ms_since_previous"] >= 0 for event in order["events"][1:])


def test_trace_id_goes_from_reply_to_order(profile: Profile) -> None:
    reply = profile.alert()

    assert profile.order(reply, until_state="filled")["trace_id"] == reply.json()["trace_id"]


def test_same_alert_again_is_answered_with_the_first_ids(profile: Profile) -> None:
    first = profile.alert(id="again")
    second = profile.alert(id="again")

    assert (second.status_code, second.json()["status"]) == (200, "duplicate")
    assert second.json()["signal_id"] == first.json()["signal_id"]


def test_limit_order_rests_until_the_price_comes(profile: Profile) -> None:
    reply = profile.alert(ticker="SOLUSDT", orderType="limit", limitPrice="90", price="100")
    profile.order(reply, until_state="accepted")

    assert profile.post("/api/paper/ticks", {"symbol": "SOLUSDT", "price": "89"}).status_code == 202

    order = profile.order(reply, until_state="filled")
    assert Decimal(order["average_price"]) <= 90


def test_working_order_is_taken_back(profile: Profile) -> None:
    reply = profile.alert(ticker="ADAUSDT", orderType="limit", limitPrice="1", price="2")
    order = profile.order(reply, until_state="accepted")

    assert profile.post(f"/api/orders/{order['id']}/cancel").status_code == 202

    profile.order(reply, until_state="cancelled")
    again = profile.post(f"/api/orders/{order['id']}/cancel")
    assert (again.status_code, again.json()["code"]) == (409, "already_final")


def test_positions_are_the_sum_of_the_fills(profile: Profile) -> None:
    for action, quantity in (("buy", "3"), ("sell", "1"), ("buy", "0.5")):
        reply = profile.alert(ticker="SUMUSDT", action=action, quantity=quantity)
        profile.order(reply, until_state="filled")

    positions = {p["symbol"]: p for p in profile.get("/api/positions")["items"]}

    assert Decimal(positions["SUMUSDT"]["quantity"]) == Decimal("2.5")
    assert positions["SUMUSDT"]["side"] == "long"


def test_target_said_twice_changes_nothing(profile: Profile) -> None:
    target = {"ticker": "TGTUSDT", "action": "sell", "market_position": "short",
              "market_position_size": "2", "quantity": "2"}  # fmt: skip
    profile.order(profile.alert(**target), until_state="filled")

    again = profile.order(profile.alert(**target), until_state="denied")

    assert again["error_code"] == "nothing_to_do"


def test_manual_order_needs_its_key_and_counts_once(profile: Profile) -> None:
    body = {
        "account_id": profile.demo["account_id"], "symbol": "BTCUSDT", "side": "buy",
        "quantity": "0.1", "order_type": "market",
    }  # fmt: skip
    without = profile.post("/api/orders", body)
    first = profile.post("/api/orders", body, **{"Idempotency-Key": "manual-1"})
    second = profile.post("/api/orders", body, **{"Idempotency-Key": "manual-1"})
    other = profile.post(
        "/api/orders", {**body, "quantity": "0.2"}, **{"Idempotency-Key": "manual-1"}
    )

    assert (without.status_code, first.status_code, second.status_code) == (400, 202, 200)
    assert first.json()["id"] == second.json()["id"]
    assert (other.status_code, other.json()["code"]) == (409, "idempotency_conflict")


BAD = {
    "broken JSON": (b'{"ticker":"BTCUSDT",}', 400, "malformed_json"),
    "no quantity": (b'{"ticker":"BTCUSDT","action":"buy"}', 400, "missing_field"),
    "zero": (b'{"ticker":"BTCUSDT","action":"buy","quantity":0}', 400, "invalid_quantity"),
    "stale": (
        b'{"ticker":"A","action":"buy","quantity":1,"time":"2026-01-01T00:00:07Z"}',
        400,
        "stale_signal",
    ),
    "oversize": (b"x" * 20_000, 413, "body_too_large"),
    "no text": (b"\xff\xfe", 400, "not_utf8"),
    "empty": (b"", 400, "empty_body"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_alert_is_refused_by_its_code(profile: Profile, name: str) -> None:
    body, status, code = BAD[name]

    reply = httpx.post(profile.demo["webhook_url"], content=body, timeout=3)

    assert (reply.status_code, reply.json()["code"]) == (status, code)


def test_unknown_token_and_wrong_method_are_refused(profile: Profile) -> None:
    url = profile.demo["base_url"] + "/webhook/tradingview/wh_nobody"

    unknown = httpx.post(url, content=b'{"ticker":"A"}', timeout=3)
    method = httpx.get(profile.demo["webhook_url"], timeout=3)

    assert (unknown.status_code, unknown.json()["code"]) == (401, "unknown_token")
    assert (method.status_code, method.json()["code"]) == (405, "method_not_allowed")
