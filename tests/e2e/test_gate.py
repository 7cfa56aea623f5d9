"""Gate through the whole house, played by its double: accounts over the API, fan-out, refusals."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from tests.e2e.profile import Profile, running_profile

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(90)]

RIGHT = {"api_key": "double-key", "api_secret": "double-secret"}
WRONG = {"api_key": "double-key", "api_secret": "not-the-secret"}
SPOT, PERPETUAL = "BTC_USDT", "BTC_USDT.P"


@pytest.fixture(scope="module")
def profile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Profile]:
    with running_profile(tmp_path_factory.mktemp("profile"), with_doubles=True) as running:
        yield running


@pytest.fixture(scope="module")
def gate(profile: Profile) -> str:
    """Make an account at Gate over the API."""
    return make_account(profile, "Gate", RIGHT)


@pytest.fixture(scope="module")
def filled(profile: Profile, gate: str) -> dict[tuple[str, str], Any]:
    """Fan one alert for the perpetual and one for spot out to paper and Gate, and wait for all."""
    hook = make_strategy(profile, "Both", [profile.demo["account_id"], gate])
    orders: dict[tuple[str, str], Any] = {}
    for ticker, quantity in (("GATEIO:BTCUSDT.P", "0.02"), ("GATEIO:BTCUSDT", "0.01")):
        reply = fire(hook, ticker=ticker, quantity=quantity)
        assert reply.status_code == 202, reply.text
        for each in reply.json()["orders"]:
            order = profile.order_by_id(each["id"], until_state="filled", within=20)
            orders[order["account_id"], order["symbol"]] = order
    return orders


def make_account(profile: Profile, name: str, credentials: dict[str, str]) -> str:
    body = {"name": name, "broker": "gateio", "mode": "paper", "credentials": credentials}
    reply = profile.post("/api/accounts", body)
    assert reply.status_code == 201, reply.text
    return reply.json()["id"]


def make_strategy(profile: Profile, name: str, accounts: list[str]) -> str:
    reply = profile.post("/api/strategies", {"name": name, "accounts": accounts})
    assert reply.status_code == 201, reply.text
    return reply.json()["webhook_url"]


def fire(hook: str, **fields: Any) -> httpx.Response:
    body = {"action": "buy", "price": "60000", **fields}
    return httpx.post(hook, json=body, timeout=3)


def held(profile: Profile, account: str) -> dict[str, Decimal]:
    positions = profile.get("/api/positions", params={"account_id": account})["items"]
    return {each["symbol"]: Decimal(each["quantity"]) for each in positions}


def test_one_alert_is_filled_on_paper_and_at_gate(
    profile: Profile, gate: str, filled: dict[tuple[str, str], Any]
) -> None:
    paper = profile.demo["account_id"]

    assert set(filled) == {
        (paper, "BTCUSDT.P"),
        (paper, "BTCUSDT"),
        (gate, PERPETUAL),
        (gate, SPOT),
    }


def test_spot_and_perpetual_are_two_positions_and_never_cross(
    profile: Profile, gate: str, filled: dict[tuple[str, str], Any]
) -> None:
    del filled

    assert held(profile, gate) == {PERPETUAL: Decimal("0.02"), SPOT: Decimal("0.01")}


def test_fills_of_gate_are_in_the_api(
    profile: Profile, gate: str, filled: dict[tuple[str, str], Any]
) -> None:
    del filled

    fills = profile.get("/api/fills", params={"account_id": gate})["items"]

    told = {(fill["symbol"], Decimal(fill["quantity"]), Decimal(fill["price"])) for fill in fills}
    assert told == {
        (PERPETUAL, Decimal("0.02"), Decimal(60_000)),
        (SPOT, Decimal("0.01"), Decimal(60_000)),
    }


def test_testing_the_account_tells_what_it_holds(
    profile: Profile, gate: str, filled: dict[tuple[str, str], Any]
) -> None:
    del filled

    said = profile.post(f"/api/accounts/{gate}/test").json()

    assert (said["ok"], said["code"]) == (True, "account_reachable")
    assert {each["symbol"] for each in said["positions"]} == {PERPETUAL, SPOT}


def test_manual_order_may_name_the_chart_s_symbol(profile: Profile, gate: str) -> None:
    body = {"account_id": gate, "symbol": "ETHUSDT.P", "side": "buy", "quantity": "0.05"}

    reply = profile.post("/api/orders", body, **{"Idempotency-Key": "by-hand"})

    order = profile.order_by_id(reply.json()["id"], until_state="filled")
    assert order["symbol"] == "ETH_USDT.P"


def test_wrong_key_denies_the_order_and_the_test_says_it_in_words(profile: Profile) -> None:
    wrong = make_account(profile, "Wrong key", WRONG)
    hook = make_strategy(profile, "Refused", [wrong])

    order = profile.order(
        fire(hook, ticker="GATEIO:BTCUSDT.P", quantity="0.01"), until_state="denied", within=20
    )
    said = profile.post(f"/api/accounts/{wrong}/test").json()

    assert order["error_code"] == "auth"
    assert (said["ok"], said["code"]) == (False, "auth")
    assert said["message"] == "The venue refuses these credentials."


def test_right_key_after_a_wrong_one_trades(profile: Profile) -> None:
    mended = make_account(profile, "Mended", WRONG)
    hook = make_strategy(profile, "Mended", [mended])
    alert = {"ticker": "GATEIO:SOLUSDT.P", "quantity": "1", "price": "150"}
    profile.order(fire(hook, **alert), until_state="denied", within=20)

    replaced = profile.put(f"/api/accounts/{mended}/credentials", RIGHT)
    order = profile.order(fire(hook, **alert, id="again"), until_state="filled", within=20)

    assert replaced.status_code == 200
    assert order["symbol"] == "SOL_USDT.P"
