"""One chart, three accounts: each trades it under its own name; and whose key an account has."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from tests.e2e.profile import Profile, running_profile, until
from tests.e2e.test_gate import RIGHT, fire, held, make_account, make_strategy

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(120)]

CHART = "BINANCE:BTCUSDT"
OTHER = {"api_key": "another-key", "api_secret": "another-secret"}


@pytest.fixture(scope="module")
def profile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Profile]:
    with running_profile(tmp_path_factory.mktemp("profile"), with_doubles=True) as running:
        double = until(lambda: address_of_double(running), within=10)
        account = {"key": OTHER["api_key"], "secret": OTHER["api_secret"]}
        httpx.post(f"{double}/control/account", json=account, timeout=5).raise_for_status()
        yield running


def address_of_double(profile: Profile) -> str | None:
    said = re.search(r"by a double at (\S+):", (profile.folder / "up.log").read_text())
    return None if said is None else said[1]


@pytest.fixture(scope="module")
def accounts(profile: Profile) -> dict[str, str]:
    """Make an account for spot and one for perpetuals, whose chart of spot means the perpetual."""
    spot, perpetual = make_account(profile, "Spot", RIGHT), make_account(profile, "Perp", OTHER)
    wish = {"chart": CHART, "symbol": "BTC_USDT.P", "account_id": perpetual}
    silent = profile.put("/api/symbols", wish)
    said = profile.put("/api/symbols", {**wish, "crosses": True})
    assert (silent.status_code, silent.json()["code"]) == (400, "market_crossed")
    assert said.status_code == 200, said.text
    assert said.json()["instrument"]["symbol"] == "BTC_USDT.P"
    return {"paper": profile.demo["account_id"], "spot": spot, "perpetual": perpetual}


@pytest.fixture(scope="module")
def filled(profile: Profile, accounts: dict[str, str]) -> dict[str, Any]:
    hook = make_strategy(profile, "All three", list(accounts.values()))
    reply = fire(hook, ticker=CHART, quantity="0.01")
    assert reply.status_code == 202, reply.text
    orders = [
        profile.order_by_id(each["id"], until_state="filled", within=30)
        for each in reply.json()["orders"]
    ]
    return {order["account_id"]: order for order in orders}


def test_one_alert_is_filled_at_three_accounts_under_three_names(
    accounts: dict[str, str], filled: dict[str, Any]
) -> None:
    names = {place: filled[account]["symbol"] for place, account in accounts.items()}

    assert names == {"paper": "BTCUSDT", "spot": "BTC_USDT", "perpetual": "BTC_USDT.P"}


def test_each_position_is_where_its_name_says(
    profile: Profile, accounts: dict[str, str], filled: dict[str, Any]
) -> None:
    del filled

    assert held(profile, accounts["spot"]) == {"BTC_USDT": Decimal("0.01")}
    assert held(profile, accounts["perpetual"]) == {"BTC_USDT.P": Decimal("0.01")}


def test_each_order_shows_the_chart_s_name_and_who_mapped_it(
    accounts: dict[str, str], filled: dict[str, Any]
) -> None:
    told = {place: filled[account]["mapping"] for place, account in accounts.items()}
    frozen = [
        event["evidence"]["symbol"]
        for event in filled[accounts["perpetual"]]["events"]
        if event["stage"] == "frozen"
    ]

    rule = {"chart": CHART, "by": "rule", "crosses": False}
    crossing = {"chart": CHART, "by": "override", "crosses": True}
    assert told == {"paper": rule, "spot": rule, "perpetual": crossing}
    assert frozen == [{"chart": CHART, "venue": "BTC_USDT.P", "by": "override"}]


def test_the_venue_s_instruments_are_found_by_a_chart_s_name(
    profile: Profile, accounts: dict[str, str]
) -> None:
    params = {"account_id": accounts["spot"], "text": "ETHUSDT"}

    found = profile.get("/api/symbols/search", params=params)

    assert found["mapping"]["symbol"] == "ETH_USDT"
    assert [each["symbol"] for each in found["items"]] == ["ETH_USDT", "ETH_USDT.P"]


def test_a_pair_that_gate_does_not_trade_is_denied_with_candidates(
    profile: Profile, accounts: dict[str, str]
) -> None:
    hook = make_strategy(profile, "Unlisted", [accounts["spot"]])

    order = profile.order(fire(hook, ticker="ETHUSDC", quantity="1"), until_state="denied")

    assert order["error_code"] == "unknown_symbol"
    assert order["error_message"] == "ETH_USDC is not traded here. Did you mean ETH_USDT?"


def test_a_key_of_another_venue_account_takes_nothing_over(
    profile: Profile, accounts: dict[str, str], filled: dict[str, Any]
) -> None:
    del filled
    spot, path = accounts["spot"], f"/api/accounts/{accounts['spot']}"

    refused = profile.put(f"{path}/credentials", OTHER)
    same = profile.put(f"{path}/credentials", RIGHT)
    again = profile.post(f"{path}/test").json()

    assert (refused.status_code, refused.json()["code"]) == (409, "venue_account_changed")
    assert same.status_code == 200
    assert (again["ok"], again["code"]) == (True, "account_reachable")
    assert held(profile, spot)["BTC_USDT"] == Decimal("0.01")


def test_the_user_may_say_that_it_shall_be_another_venue_account(
    profile: Profile, accounts: dict[str, str], filled: dict[str, Any]
) -> None:
    del filled
    path = f"/api/accounts/{accounts['spot']}"

    profile.put(f"{path}/credentials?other_account=true", OTHER).raise_for_status()

    assert profile.post(f"{path}/test").json()["code"] == "account_reachable"
