"""SinoPac through the whole house, played by its double: the API, an alert for three venues."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from tests.e2e.profile import Profile, running_profile, until

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(120)]

GATE = {"api_key": "double-key", "api_secret": "double-secret"}
SINO = {"api_key": "double-key", "secret_key": "double-secret"}
REAL = SINO | {
    "person_id": "A123456789",
    "ca": "Y2VydGlmaWNhdGU=",
    "ca_password": "double-password",
}


@pytest.fixture(scope="module")
def profile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Profile]:
    with running_profile(tmp_path_factory.mktemp("profile"), with_doubles=True) as running:
        yield running


@pytest.fixture(scope="module")
def sino(profile: Profile) -> str:
    """Make a simulated account at SinoPac over the API."""
    return make_account(profile, "Sino", broker="shioaji", credentials=SINO)


def make_account(profile: Profile, name: str, *, mode: str = "paper", **fields: Any) -> str:
    reply = profile.post("/api/accounts", {"name": name, "mode": mode, **fields})
    assert reply.status_code == 201, reply.text
    return reply.json()["id"]


def make_strategy(profile: Profile, name: str, accounts: list[str], **fields: Any) -> str:
    reply = profile.post("/api/strategies", {"name": name, "accounts": accounts, **fields})
    assert reply.status_code == 201, reply.text
    return reply.json()["webhook_url"]


def held(profile: Profile, account: str, symbol: str) -> list[tuple[str, Decimal]]:
    where = {"account_id": account, "symbol": symbol}
    positions = profile.get("/api/positions", params=where)["items"]
    return [(each["symbol"], Decimal(each["quantity"])) for each in positions]


def test_one_alert_is_filled_on_paper_at_gate_and_at_sinopac(profile: Profile, sino: str) -> None:
    gate = make_account(profile, "Gate", broker="gateio", credentials=GATE)
    paper = profile.demo["account_id"]
    hook = make_strategy(profile, "Three", [paper, gate, sino])
    coins = {"ticker": "GATEIO:BTCUSDT.P", "quantity": "0.02", "price": "60000"}
    shares = {"ticker": "TWSE:2330", "quantity": "1234", "price": "600"}

    reply = httpx.post(
        hook,
        json=[
            {"action": "buy", "accounts": [paper, gate], **coins},
            {"action": "buy", "accounts": [sino], **shares},
        ],
        timeout=3,
    )

    assert reply.status_code == 202, reply.text
    orders = [
        profile.order_by_id(each["id"], until_state="filled", within=20)
        for result in reply.json().get("results", [reply.json()])
        for each in result["orders"]
    ]
    assert {(each["account_id"], each["symbol"]) for each in orders} == {
        (paper, "BTCUSDT.P"),
        (gate, "BTC_USDT.P"),
        (sino, "2330"),
    }


def test_testing_the_account_tells_its_shares_one_by_one(profile: Profile, sino: str) -> None:
    hook = make_strategy(profile, "Shares", [sino])
    body = {"action": "buy", "ticker": "TWSE:2884", "quantity": "1001", "price": "25"}
    reply = httpx.post(hook, json=body, timeout=3)
    profile.order(reply, until_state="filled", within=20)

    said = profile.post(f"/api/accounts/{sino}/test").json()

    assert (said["ok"], said["code"]) == (True, "account_reachable")
    positions = {each["symbol"]: Decimal(each["quantity"]) for each in said["positions"]}
    assert positions["2884"] == 1001


def test_future_by_its_chart_s_name_is_turned_in_two_orders(profile: Profile, sino: str) -> None:
    hook = make_strategy(profile, "Futures", [sino])
    alert = {"ticker": "TAIFEX:MXF1!", "price": "20000"}
    first = httpx.post(hook, json=alert | {"action": "buy", "quantity": "2"}, timeout=3)
    profile.order(first, until_state="filled", within=20)

    turned = httpx.post(hook, json=alert | {"action": "reverse"}, timeout=3)
    profile.order(turned, until_state="filled", within=20)

    def short() -> str | None:
        return next((name for name, size in held(profile, sino, "MXFR1") if size == -2), None)

    assert until(short, within=20).startswith("MXF")


def test_real_account_trades_with_its_certificate(profile: Profile) -> None:
    profile.protect()
    real = make_account(profile, "Real", mode="live", broker="shioaji", credentials=REAL)
    hook = make_strategy(profile, "Real", [real], mode="live")
    body = {"action": "buy", "ticker": "TWSE:0050", "quantity": "2000", "price": "180"}

    order = profile.order(httpx.post(hook, json=body, timeout=3), until_state="filled", within=20)

    assert order["symbol"] == "0050"


def test_wrong_key_is_said_in_words(profile: Profile) -> None:
    wrong = make_account(
        profile, "Wrong", broker="shioaji", credentials=SINO | {"secret_key": "not-the-secret"}
    )

    said = profile.post(f"/api/accounts/{wrong}/test").json()

    assert (said["ok"], said["code"]) == (False, "auth")
    assert "not-the-secret" not in str(said)
    assert SINO["api_key"] not in str(said)
