from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bus.values import Mode, OrderType, Side, TimeInForce
from handlers.planning.client_ids import client_order_id
from handlers.planning.planned import Planned, plan
from handlers.records.accounts import AccountState, StrategySettings
from handlers.records.alerts import NewCancel
from handlers.records.sizing_rules import Fixed
from handlers.signals import QuantityType, StopLoss, TakeProfit
from tests.unit.handlers.planning.plan_builders import (
    NOW,
    RECEIVED_AT,
    a_signal,
    an_account,
    counted_ids,
    planned,
    recognised,
    refused,
)

D = Decimal
LIVE, PAPER = Mode.LIVE, Mode.PAPER
DISABLED = AccountState.DISABLED


def test_each_account_gets_one_order() -> None:
    accounts = (an_account("A"), an_account("B", multiplier="3"))

    orders = planned(a_signal("buy", quantity="2"), recognised(*accounts)).orders

    assert [order.account_id for order in orders] == [account.id for account in accounts]
    assert [order.quantity for order in orders] == [2, 6]
    assert len({order.client_order_id for order in orders}) == 2


def test_an_order_says_what_the_alert_said() -> None:
    signal = a_signal(
        "sell",
        quantity="0.050",
        order_type=OrderType.STOP_LIMIT,
        limit_price="64000.10",
        stop_price="64100",
        price=D("64250.1"),
        time_in_force=TimeInForce.DAY,
    )

    order = planned(signal).orders[0]

    assert order.sizing == Fixed(side=Side.SELL, quantity=D("0.050"))
    assert (order.side, order.quantity) == (Side.SELL, D("0.050"))
    assert (order.order_type, order.limit_price, order.stop_price) == (
        OrderType.STOP_LIMIT,
        D("64000.10"),
        D(64100),
    )
    assert order.reference_price == D("64250.1")
    assert order.time_in_force is TimeInForce.DAY
    assert order.client_order_id == client_order_id(order.id)
    assert order.denied_code is None


def test_a_price_never_makes_a_limit() -> None:
    order = planned(a_signal("buy", quantity="1", price=D(100))).orders[0]

    assert (order.order_type, order.limit_price) == (OrderType.MARKET, None)


@pytest.mark.parametrize(
    ("fields", "side", "quantity"),
    [
        ({"action": "long_entry", "quantity": "1"}, Side.BUY, D(1)),
        ({"action": "long_exit"}, Side.SELL, None),
        ({"action": "exit", "quantity": "1"}, None, D(1)),
        ({"action": "reverse"}, None, None),
        ({"action": "sell", "position_size": "-1"}, None, None),
        (
            {"action": "buy", "quantity": "9", "quantity_type": QuantityType.NOTIONAL},
            Side.BUY,
            None,
        ),
    ],
)
def test_what_depends_on_the_position_stays_open(
    fields: dict[str, Any], side: Side | None, quantity: Decimal | None
) -> None:
    order = planned(a_signal(**fields)).orders[0]

    assert (order.side, order.quantity) == (side, quantity)


@pytest.mark.parametrize(
    ("action", "lasts_s", "reduce_only"), [("buy", 60, False), ("exit", 900, True)]
)
def test_exits_are_wanted_longer_and_only_reduce(
    action: str, lasts_s: int, *, reduce_only: bool
) -> None:
    order = planned(a_signal(action, quantity="1")).orders[0]

    assert order.expires_at == RECEIVED_AT + timedelta(seconds=lasts_s)
    assert order.reduce_only is reduce_only


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"take_profit": TakeProfit(percent=D(4))}, "take_profit"),
        ({"stop_loss": StopLoss(percent=D(2))}, "stop_loss"),
        ({"order_type": OrderType.TRAILING_STOP, "trail_percent": D(1)}, "order_type"),
        ({"trail_amount": D(1)}, "trail_amount"),
        ({"trail_percent": D(1)}, "trail_percent"),
        ({"delay": D(5)}, "delay"),
        ({"quantity_type": QuantityType.RISK_AMOUNT}, "quantity_type"),
        ({"quantity_type": QuantityType.RISK_PERCENT}, "quantity_type"),
        ({"unplaceable": ("limitPrice",)}, "limitPrice"),
    ],
)
def test_what_cannot_be_placed_is_refused_by_name(fields: dict[str, Any], field: str) -> None:
    refusal = refused(a_signal("buy", quantity="1", **fields))

    assert (refusal.code, refusal.field) == ("unsupported_field", field)


def test_no_delay_is_no_delay() -> None:
    assert planned(a_signal("buy", quantity="1", delay=D(0))).orders


def test_an_entry_without_any_quantity_is_refused() -> None:
    refusal = refused(a_signal("buy"))

    assert (refusal.code, refusal.field) == ("missing_field", "quantity")


def test_a_late_entry_is_refused_and_a_late_exit_taken() -> None:
    sent = NOW - timedelta(seconds=61)

    assert refused(a_signal("buy", quantity="1", time=sent)).code == "stale_signal"
    assert planned(a_signal("exit", time=sent)).orders


def test_an_alert_from_the_future_is_refused() -> None:
    sent = NOW + timedelta(seconds=31)

    assert refused(a_signal("exit", time=sent)).code == "future_signal"


def test_a_bar_time_is_taken_unless_the_strategy_is_strict() -> None:
    signal = a_signal("buy", quantity="1", time=NOW - timedelta(hours=4), is_bar_time=True)
    strict = recognised(settings=StrategySettings(strict_time=True))

    assert planned(signal).orders
    assert refused(signal, strict).code == "stale_signal"


def test_a_ping_trades_nothing() -> None:
    found = planned(a_signal("ping"))

    assert (found.orders, found.cancels) == ((), ())


def test_a_cancel_is_for_the_ticker_and_cancel_all_for_everything() -> None:
    account = an_account(broker="gateio", mode=LIVE)
    whose = recognised(account)

    of_ticker = planned(a_signal("cancel", ticker="ETHUSDT"), whose)
    of_all = planned(a_signal("cancel_all", ticker="ANYTHING"), whose)

    assert of_ticker.cancels == (NewCancel(account_id=account.id, symbol="ETH_USDT"),)
    assert of_all.cancels == (NewCancel(account_id=account.id, symbol=None),)
    assert of_ticker.orders == of_all.orders == ()


def test_a_cancel_goes_only_to_accounts_that_trade() -> None:
    able = an_account("B")
    whose = recognised(an_account("A", state=DISABLED), able)

    cancels = planned(a_signal("cancel_all"), whose).cancels

    assert [cancel.account_id for cancel in cancels] == [able.id]


def test_an_alert_for_paper_cancels_nothing_live() -> None:
    whose = recognised(an_account(broker="gateio", mode=LIVE))

    assert refused(a_signal("cancel_all", mode=PAPER), whose).code == "mode_mismatch"


def test_a_late_cancel_is_taken_and_a_very_late_one_refused() -> None:
    late, too_late = (NOW - timedelta(seconds=s) for s in (800, 901))

    assert planned(a_signal("cancel_all", time=late)).cancels
    assert refused(a_signal("cancel_all", time=too_late)).code == "stale_signal"


def test_a_quantity_beside_sizes_is_cross_checked() -> None:
    agreeing = a_signal("sell", quantity="2", position_size="-1", prev_position_size="1")
    differing = a_signal("sell", quantity="1", position_size="-1", prev_position_size="1")

    assert planned(agreeing).warnings == ()
    assert tuple(map(str, planned(differing).warnings)) == (
        "quantity: 1 is not what the position sizes come to, 2; the sizes decide.",
    )


@given(
    action=st.sampled_from(["buy", "short_entry", "exit", "reverse", "target", "add", "cancel"]),
    quantity=st.none() | st.sampled_from(["1", "0.05"]),
    position=st.none() | st.sampled_from(["long", "short", "flat"]),
    size=st.none() | st.sampled_from(["-2", "0", "3"]),
)
def test_the_same_alert_with_the_same_ids_is_the_same_plan(
    action: str, quantity: str | None, position: str | None, size: str | None
) -> None:
    whose = recognised(an_account("A"), an_account("B", multiplier="0.5"))
    signal = a_signal(action, quantity=quantity, position=position, position_size=size)

    plans = [
        plan(signal, whose, now=NOW, received_at=RECEIVED_AT, new_id=counted_ids())
        for _ in range(2)
    ]

    assert plans[0] == plans[1]


@given(mode=st.none() | st.sampled_from(Mode), strategy=st.sampled_from(Mode))
def test_no_live_order_is_ever_planned_for_a_paper_account(
    mode: Mode | None, strategy: Mode
) -> None:
    whose = recognised(an_account(), mode=strategy)

    found = plan(a_signal("buy", quantity="1", mode=mode), whose, now=NOW, received_at=RECEIVED_AT)

    assert isinstance(found, Planned)
    assert all(order.mode is PAPER for order in found.orders)
