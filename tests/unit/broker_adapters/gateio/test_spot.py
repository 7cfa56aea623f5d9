"""The spot market's words: what is sent, and how forgivingly answers are read."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import msgspec
import pytest

from broker_adapters.base import Instrument, OrderRequest, Reason, Rejected
from broker_adapters.gateio.dialect import Listing, Placing
from broker_adapters.gateio.errors import UnreadableError
from broker_adapters.gateio.spot import Spot
from bus.ids import uuid7
from bus.values import AccountId, Mode, OrderState, OrderType, Side, TimeInForce

SPOT = Spot()
LISTING = Listing(
    instrument=Instrument(
        symbol="BTC_USDT",
        quantity_step=Decimal("0.0001"),
        price_tick=Decimal("0.1"),
        min_quantity=Decimal("0.001"),
        min_notional=Decimal(3),
        shorts=False,
    ),
    pair="BTC_USDT",
    base="BTC",
)


def a_placing(*, closes: bool = False, best: str | None = None, **fields: Any) -> Placing:
    defaults: dict[str, Any] = {
        "account_id": AccountId(uuid7()),
        "client_order_id": "4p1",
        "mode": Mode.LIVE,
        "symbol": "BTC_USDT",
        "side": Side.BUY,
        "quantity": Decimal("0.01"),
        "order_type": OrderType.LIMIT,
        "limit_price": Decimal(50_000),
    }
    best_price = None if best is None else Decimal(best)
    request = OrderRequest(**{**defaults, **fields})
    return Placing(request=request, listing=LISTING, closes=closes, best_price=best_price)


def an_answer(**fields: Any) -> bytes:
    defaults = {
        "id": "1",
        "text": "t-4p1",
        "create_time_ms": 1_700_000_000_000,
        "status": "open",
        "currency_pair": "BTC_USDT",
        "type": "limit",
        "side": "buy",
        "amount": "0.01",
        "left": "0.01",
        "filled_amount": "0",
        "filled_total": "0",
        "avg_deal_price": "",
        "finish_as": "open",
    }
    return msgspec.json.encode({**defaults, **fields})


def the_body(placing: Placing) -> dict[str, Any]:
    body = SPOT.body(placing)
    assert isinstance(body, dict)
    return body


def test_limit_order_is_written_in_texts() -> None:
    body = the_body(a_placing())

    assert body == {
        "text": "t-4p1",
        "currency_pair": "BTC_USDT",
        "side": "buy",
        "amount": "0.01",
        "account": "spot",
        "type": "limit",
        "price": "50000",
        "time_in_force": "gtc",
    }


@pytest.mark.parametrize(
    ("best", "reference", "price"),
    [("100", "500", "101"), ("100.04", None, "101"), (None, "200", "202")],
)
def test_purchase_at_the_market_reaches_a_little_above_the_offer_and_does_not_rest(
    best: str | None, reference: str | None, price: str
) -> None:
    placing = a_placing(
        order_type=OrderType.MARKET,
        limit_price=None,
        quantity=Decimal(1),
        best=best,
        reference_price=None if reference is None else Decimal(reference),
    )

    body = the_body(placing)

    assert (body["type"], body["amount"], body["time_in_force"]) == ("limit", "1", "ioc")
    assert body["price"] == price


def test_purchase_at_the_market_without_any_price_is_refused() -> None:
    outcome = SPOT.body(a_placing(order_type=OrderType.MARKET, limit_price=None))

    assert isinstance(outcome, Rejected)
    assert outcome.reason is Reason.NO_PRICE


def test_sale_at_the_market_is_in_coins() -> None:
    body = the_body(a_placing(side=Side.SELL, order_type=OrderType.MARKET, limit_price=None))

    assert (body["type"], body["amount"], body["time_in_force"]) == ("market", "0.01", "ioc")
    assert "price" not in body


def test_market_order_that_must_fill_whole_says_so() -> None:
    placing = a_placing(
        order_type=OrderType.MARKET,
        limit_price=None,
        best="100",
        quantity=Decimal(1),
        time_in_force=TimeInForce.FOK,
    )

    assert the_body(placing)["time_in_force"] == "fok"


@pytest.mark.parametrize("quantity", ["0.0009", "0.00009", "0"])
def test_too_little_is_refused_here(quantity: str) -> None:
    outcome = SPOT.body(a_placing(quantity=Decimal(quantity)))

    assert isinstance(outcome, Rejected)
    assert outcome.reason is Reason.PRECISION_OR_SIZE


def test_order_worth_too_little_is_refused_here() -> None:
    outcome = SPOT.body(a_placing(quantity=Decimal("0.001"), limit_price=Decimal(1000)))

    assert isinstance(outcome, Rejected)
    assert outcome.reason is Reason.PRECISION_OR_SIZE


def test_purchase_that_may_only_reduce_is_refused() -> None:
    outcome = SPOT.body(a_placing(closes=True))

    assert isinstance(outcome, Rejected)
    assert outcome.reason is Reason.POSITION_RULE


@pytest.mark.parametrize(
    ("fields", "state"),
    [
        ({"status": "open"}, OrderState.ACCEPTED),
        ({"status": "open", "filled_amount": "0.004"}, OrderState.PARTIALLY_FILLED),
        ({"status": "closed", "filled_amount": "0.01"}, OrderState.FILLED),
        ({"status": "cancelled", "finish_as": "cancelled"}, OrderState.CANCELLED),
        (
            {"status": "cancelled", "finish_as": "cancelled", "filled_amount": "0.004"},
            OrderState.CANCELLED,
        ),
        (
            {"status": "cancelled", "finish_as": "cancelled", "filled_amount": "0.01"},
            OrderState.FILLED,
        ),
        ({"status": "cancelled", "finish_as": "stp"}, OrderState.CANCELLED),
        ({"status": "cancelled", "finish_as": "ioc"}, OrderState.EXPIRED),
        ({"status": "cancelled", "finish_as": "depth_not_enough"}, OrderState.EXPIRED),
        ({"status": "cancelled", "finish_as": "of_tomorrow"}, OrderState.CANCELLED),
        ({"status": "of_tomorrow", "finish_as": ""}, OrderState.ACCEPTED),
        ({"status": None, "filled_amount": "0.01"}, OrderState.FILLED),
    ],
)
def test_state_is_read_from_words_and_fills(fields: dict[str, Any], state: OrderState) -> None:
    assert SPOT.order(an_answer(**fields), {}).state is state


def test_fill_is_read_from_what_is_left_where_it_is_not_said() -> None:
    order = SPOT.order(an_answer(filled_amount=None, left="0.003"), {})

    assert order.filled == Decimal("0.007")


def test_purchase_in_money_counts_the_coins_that_were_bought() -> None:
    body = an_answer(type="market", amount="600", left="0", status="closed", filled_amount="0.01")

    order = SPOT.order(body, {})

    assert (order.quantity, order.filled) == (Decimal("0.01"), Decimal("0.01"))


@pytest.mark.parametrize(
    "fields", [{"id": 77}, {"amount": 1, "left": 1}, {"create_time_ms": "1700000000000.123"}]
)
def test_number_is_read_however_it_is_written(fields: dict[str, Any]) -> None:
    assert SPOT.order(an_answer(**fields), {}).id in {"1", "77"}


@pytest.mark.parametrize("missing", ["id", "amount", "side", "currency_pair", "create_time_ms"])
def test_answer_without_what_matters_is_unreadable(missing: str) -> None:
    with pytest.raises(UnreadableError):
        SPOT.order(an_answer(**{missing: None}), {})


@pytest.mark.parametrize("body", [b"", b"[", b"null", b'"x"', b"\xff", b"[[[[", b'{"id":"1"'])
def test_what_is_no_answer_is_unreadable(body: bytes) -> None:
    with pytest.raises(UnreadableError):
        SPOT.order(body, {})


def test_broken_number_is_exact() -> None:
    body = an_answer().replace(b'"amount":"0.01"', b'"amount":0.30000000000000004')

    assert SPOT.order(body, {}).quantity == Decimal("0.30000000000000004")


def test_fill_has_the_key_of_market_trade_and_order() -> None:
    trade = {
        "id": "9",
        "order_id": "1",
        "text": "t-4p1",
        "currency_pair": "BTC_USDT",
        "side": "sell",
        "amount": "0.01",
        "price": "50000",
        "fee": "0",
        "gt_fee": "0.02",
        "create_time_ms": "1700000000123.456",
    }

    (fill,) = SPOT.fills(msgspec.json.encode([trade]), {})

    assert fill.fill_key == "spot:9:1"
    assert (fill.client_order_id, fill.side) == ("4p1", Side.SELL)
    assert (fill.fee, fill.fee_currency) == (Decimal("0.02"), "GT")
