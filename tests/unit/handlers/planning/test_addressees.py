"""Whom an alert reaches: accounts, modes, and each broker's own tickers."""

from __future__ import annotations

from decimal import Decimal

import pytest

from bus.values import Mode
from handlers.records.accounts import AccountState
from tests.unit.handlers.planning.plan_builders import (
    a_signal,
    an_account,
    planned,
    recognised,
    refused,
)

D = Decimal
LIVE, PAPER = Mode.LIVE, Mode.PAPER
DISABLED = AccountState.DISABLED


@pytest.mark.parametrize("by", ["name", "id"])
def test_an_alert_may_select_accounts(by: str) -> None:
    wanted = an_account("Second")
    name = wanted.name.upper() if by == "name" else str(wanted.id)

    orders = planned(
        a_signal("buy", quantity="1", accounts=(name,)), recognised(an_account("First"), wanted)
    ).orders

    assert [order.account_id for order in orders] == [wanted.id]


@pytest.mark.parametrize("accounts", [("Nobody",), ("Demo", "Nobody"), ()])
def test_an_account_that_is_not_the_strategys_is_refused(accounts: tuple[str, ...]) -> None:
    refusal = refused(a_signal("buy", quantity="1", accounts=accounts))

    assert (refusal.code, refusal.field) == ("invalid_field", "accounts")


def test_a_name_that_two_accounts_share_is_refused_with_their_ids() -> None:
    one, other = an_account("Same"), an_account("SAME")

    refusal = refused(a_signal("buy", quantity="1", accounts=("same",)), recognised(one, other))

    assert (refusal.code, refusal.field) == ("invalid_field", "accounts")
    assert str(one.id) in str(refusal.hint)
    assert str(other.id) in str(refusal.hint)


def test_of_two_accounts_with_one_name_an_id_selects_one() -> None:
    one, other = an_account("Same"), an_account("Same")

    orders = planned(
        a_signal("buy", quantity="1", accounts=(str(other.id),)), recognised(one, other)
    ).orders

    assert [order.account_id for order in orders] == [other.id]


def test_a_disabled_account_is_denied_and_the_others_trade() -> None:
    whose = recognised(an_account("A", state=DISABLED), an_account("B"))

    orders = planned(a_signal("buy", quantity="1"), whose).orders

    assert [order.denied_code for order in orders] == ["account_disabled", None]


@pytest.mark.parametrize("action", ["buy", "cancel", "ping"])
def test_with_no_enabled_account_the_alert_is_refused(action: str) -> None:
    whose = recognised(an_account("A", state=DISABLED), an_account("B", state=DISABLED))

    assert refused(a_signal(action, quantity="1"), whose).code == "account_disabled"


def test_enabled_accounts_that_were_not_selected_do_not_count() -> None:
    whose = recognised(an_account("A", state=DISABLED), an_account("B"))

    assert refused(a_signal("buy", quantity="1", accounts=("A",)), whose).code == "account_disabled"


@pytest.mark.parametrize(
    ("account", "strategy", "alert", "mode", "denied"),
    [
        (PAPER, LIVE, None, PAPER, None),
        (PAPER, LIVE, LIVE, PAPER, None),
        (PAPER, PAPER, None, PAPER, None),
        (LIVE, LIVE, None, LIVE, None),
        (LIVE, LIVE, LIVE, LIVE, None),
        (LIVE, LIVE, PAPER, PAPER, "mode_mismatch"),
        (LIVE, PAPER, None, PAPER, "mode_mismatch"),
        (LIVE, PAPER, LIVE, PAPER, "mode_mismatch"),
    ],
)
def test_a_mode_is_only_ever_downgraded(
    account: Mode, strategy: Mode, alert: Mode | None, mode: Mode, denied: str | None
) -> None:
    whose = recognised(an_account(broker="gateio", mode=account), mode=strategy)

    order = planned(a_signal("buy", quantity="1", mode=alert), whose).orders[0]

    assert (order.mode, order.denied_code) == (mode, denied)


def test_asking_for_live_on_paper_is_warned_of() -> None:
    warnings = planned(a_signal("buy", quantity="1", mode=LIVE)).warnings

    assert any(str(warning).startswith("mode:") for warning in warnings)


def test_each_broker_has_its_own_name_for_the_ticker() -> None:
    whose = recognised(an_account("P"), an_account("G", broker="gateio", mode=LIVE))

    orders = planned(a_signal("buy", quantity="1", ticker="BTCUSDT.P"), whose).orders

    assert [order.symbol for order in orders] == ["BTCUSDT.P", "BTC_USDT.P"]


def test_a_ticker_that_one_account_does_not_know_is_denied_there() -> None:
    whose = recognised(an_account("P"), an_account("S", broker="shioaji", mode=LIVE))

    orders = planned(a_signal("buy", quantity="1", ticker="BTCUSDT"), whose).orders

    assert [order.denied_code for order in orders] == [None, "unknown_symbol"]


def test_a_ticker_that_no_account_knows_is_refused_with_candidates() -> None:
    whose = recognised(an_account(broker="gateio", mode=LIVE))

    refusal = refused(a_signal("buy", quantity="1", ticker="BTCUSD"), whose)

    assert (refusal.code, refusal.field) == ("unknown_symbol", "ticker")
    assert str(refusal.hint) == "Did you mean BTC_USDT or BTC_USDT.P?"
