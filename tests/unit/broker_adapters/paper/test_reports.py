"""From the venue's rows to what the house is told."""

from __future__ import annotations

from decimal import Decimal

from broker_adapters.paper.reports import as_kept, placed, report_of
from bus.values import OrderState, OrderType
from tests.unit.broker_adapters.paper.markets import NOW, a_market, committed


def test_report_of_a_part_filled_order_carries_its_fills() -> None:
    market = a_market(liquidity_per_tick=Decimal("0.25"))
    change = committed(market, quantity=Decimal(1))

    report = report_of(as_kept(change.orders[0], change, version=2, at=NOW))

    assert report.state is OrderState.PARTIALLY_FILLED
    assert report.average_price == 100
    assert [(fill.quantity, fill.at) for fill in report.fills] == [(Decimal("0.25"), NOW)]


def test_report_has_only_its_own_orders_fills() -> None:
    market = a_market()
    committed(market, order_type=OrderType.LIMIT, limit_price=Decimal(95))
    change = committed(market, client_order_id="c-2", reference_price=Decimal(90))
    mine = next(order for order in change.orders if order.client_order_id == "c-2")

    answer = placed(change, mine.order_id, version=3, at=NOW)

    assert [fill.client_order_id for fill in answer.report.fills] == ["c-2"]
    assert answer.moved_others


def test_fill_key_is_the_orders_id_and_the_fills_number() -> None:
    change = committed(a_market())

    report = report_of(as_kept(change.orders[0], change, version=2, at=NOW))

    assert report.fills[0].fill_key == f"{report.broker_order_id}:1"
