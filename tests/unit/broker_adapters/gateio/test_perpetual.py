"""The perpetuals' words: contracts and coins, signs, and modes."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from broker_adapters.base import OrderRequest, Reason, Rejected
from broker_adapters.gateio.dialect import Listing, Placing
from broker_adapters.gateio.errors import UnreadableError
from broker_adapters.gateio.perpetual import Perpetual
from bus.ids import uuid7
from bus.values import AccountId, Mode, OrderState, OrderType, Side, TimeInForce

PERPETUAL = Perpetual()
UNITS = {"BTC_USDT": Decimal("0.0001")}


def a_listing(**fields: Any) -> Listing:
    defaults = {
        "name": "BTC_USDT",
        "quanto_multiplier": "0.0001",
        "order_price_round": "0.1",
        "order_size_min": 1,
        "order_size_max": "1000000",
        "enable_decimal": False,
    }
    return PERPETUAL.listing(msgspec.json.encode({**defaults, **fields}))


def a_placing(listing: Listing | None = None, *, closes: bool = False, **fields: Any) -> Placing:
    defaults: dict[str, Any] = {
        "account_id": AccountId(uuid7()),
        "client_order_id": "4p1",
        "mode": Mode.LIVE,
        "symbol": "BTC_USDT.P",
        "side": Side.SELL,
        "quantity": Decimal("0.01"),
        "order_type": OrderType.MARKET,
    }
    request = OrderRequest(**{**defaults, **fields})
    return Placing(request=request, listing=listing or a_listing(), closes=closes)


def an_answer(**fields: Any) -> bytes:
    defaults = {
        "id": 5,
        "text": "t-4p1",
        "contract": "BTC_USDT",
        "create_time": 1_700_000_000.25,
        "size": "-100",
        "left": "-100",
        "price": "0",
        "fill_price": "0",
        "status": "open",
    }
    return msgspec.json.encode({**defaults, **fields})


def test_sale_at_the_market_is_signed_contracts_at_price_zero() -> None:
    assert PERPETUAL.body(a_placing()) == {
        "text": "t-4p1",
        "contract": "BTC_USDT",
        "size": "-100",
        "price": "0",
        "tif": "ioc",
        "reduce_only": False,
    }


def test_limit_order_has_its_price_and_lasts() -> None:
    placing = a_placing(
        side=Side.BUY,
        order_type=OrderType.LIMIT,
        limit_price=Decimal("50000.19"),
        time_in_force=TimeInForce.GTC,
    )

    body = PERPETUAL.body(placing)

    assert isinstance(body, dict)
    assert (body["size"], body["price"], body["tif"]) == ("100", "50000.1", "gtc")


@given(
    quantity=st.decimals("0.0001", "99", places=8),
    unit=st.sampled_from(["0.0001", "0.001", "0.01", "0.0003", "1", "10"]),
)
def test_contracts_are_never_more_coins_than_were_asked_for(quantity: Decimal, unit: str) -> None:
    listing = a_listing(quanto_multiplier=unit)

    body = PERPETUAL.body(a_placing(listing, quantity=quantity, side=Side.BUY))

    if isinstance(body, Rejected):
        assert quantity < Decimal(unit)
        assert body.reason is Reason.PRECISION_OR_SIZE
    else:
        contracts = Decimal(body["size"])
        assert contracts == contracts.to_integral_value()
        assert contracts * Decimal(unit) <= quantity < (contracts + 1) * Decimal(unit)


def test_steps_of_an_instrument_are_contracts_in_coins() -> None:
    instrument = a_listing().instrument

    assert instrument.symbol == "BTC_USDT.P"
    assert (instrument.quantity_step, instrument.price_tick) == (Decimal("0.0001"), Decimal("0.1"))
    assert (instrument.min_quantity, instrument.max_quantity) == (Decimal("0.0001"), 100)


def test_parts_of_contracts_are_taken_where_they_are_allowed() -> None:
    listing = a_listing(enable_decimal=True, order_size_min="0.1")

    body = PERPETUAL.body(a_placing(listing, quantity=Decimal("0.00015"), side=Side.BUY))

    assert isinstance(body, dict)
    assert body["size"] == "1.5"


@pytest.mark.parametrize("unit", ["0", "-1", "", None])
def test_contract_without_a_multiplier_is_unreadable(unit: str | None) -> None:
    with pytest.raises(UnreadableError):
        a_listing(quanto_multiplier=unit)


@pytest.mark.parametrize(
    ("symbol", "pair"), [("BTC_USDT.P", "BTC_USDT"), ("BTC_USDT", None), (".P", None)]
)
def test_symbol_of_a_perpetual_ends_with_p(symbol: str, pair: str | None) -> None:
    assert PERPETUAL.pair_of(symbol) == pair


@pytest.mark.parametrize(
    ("fields", "state", "filled"),
    [
        ({}, OrderState.ACCEPTED, "0"),
        ({"left": "-40"}, OrderState.PARTIALLY_FILLED, "0.006"),
        ({"left": 0, "status": "finished", "finish_as": "filled"}, OrderState.FILLED, "0.01"),
        ({"status": "finished", "finish_as": "cancelled"}, OrderState.CANCELLED, "0"),
        (
            {"left": "-40", "status": "finished", "finish_as": "reduce_out"},
            OrderState.CANCELLED,
            "0.006",
        ),
        ({"left": "-40", "status": "finished", "finish_as": "ioc"}, OrderState.EXPIRED, "0.006"),
        ({"status": "finished", "finish_as": "fok"}, OrderState.EXPIRED, "0"),
        ({"left": "0", "status": "finished", "finish_as": "liquidated"}, OrderState.FILLED, "0.01"),
        ({"status": "finished", "finish_as": "of_tomorrow"}, OrderState.CANCELLED, "0"),
        ({"status": "of_tomorrow"}, OrderState.ACCEPTED, "0"),
    ],
)
def test_state_is_read_from_words_and_fills(
    fields: dict[str, Any], state: OrderState, filled: str
) -> None:
    order = PERPETUAL.order(an_answer(**fields), UNITS)

    assert order.state is state
    assert order.filled == Decimal(filled)
    assert (order.side, order.quantity) == (Side.SELL, Decimal("0.01"))


def test_order_of_a_contract_whose_unit_nobody_knows_is_unreadable() -> None:
    with pytest.raises(UnreadableError):
        PERPETUAL.order(an_answer(), {})


def test_fill_counts_coins_and_keeps_a_rebate() -> None:
    trade = {
        "id": 9,
        "order_id": "5",
        "contract": "BTC_USDT",
        "size": -30,
        "price": "50000",
        "fee": "-0.01",
        "text": "t-4p1",
        "create_time": 1_700_000_000.123456,
    }

    (fill,) = PERPETUAL.fills(msgspec.json.encode([trade]), UNITS)

    assert fill.fill_key == "perpetual:9:5"
    assert (fill.side, fill.quantity, fill.fee) == (Side.SELL, Decimal("0.003"), Decimal("-0.01"))
    assert fill.symbol == "BTC_USDT.P"
    assert str(fill.quantity) == "0.003"


@pytest.mark.parametrize("body", [b'[{"contract":"A_USDT"}]', b'{"contract":"A_USDT"}'])
def test_contracts_that_an_answer_speaks_of_are_found(body: bytes) -> None:
    assert PERPETUAL.pairs_in(body) == {"A_USDT"}
