"""What the venue in memory keeps."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from broker_adapters.paper.options import PaperOptions
from broker_adapters.paper.rows import Change
from broker_adapters.paper.rules import place
from broker_adapters.paper.shelf import Shelf
from bus.ids import uuid7
from bus.values import OrderState, OrderType, TimeInForce
from tests.unit.broker_adapters.paper.markets import ACCOUNT, NOW, a_request


def a_shelf() -> Shelf:
    """Make a shelf with one limit order for the day on it."""
    shelf = Shelf()
    shelf.open_account(ACCOUNT, PaperOptions())
    request = a_request(
        order_type=OrderType.LIMIT,
        limit_price=Decimal(50),
        time_in_force=TimeInForce.DAY,
        reference_price=Decimal(100),
    )
    change = place(shelf.market, request, order_id=uuid7(), send_by=NOW)
    assert isinstance(change, Change)
    shelf.commit(change, NOW)
    return shelf


def test_same_options_again_change_nothing() -> None:
    shelf = a_shelf()
    before = shelf.market.version

    shelf.open_account(ACCOUNT, PaperOptions())

    assert shelf.market.version == before


def test_new_options_keep_the_money() -> None:
    shelf = a_shelf()
    before = shelf.market.accounts[ACCOUNT].cash

    shelf.open_account(ACCOUNT, PaperOptions(deposit=Decimal(5), leverage=Decimal(2)))

    assert shelf.market.accounts[ACCOUNT].cash == before
    assert shelf.market.accounts[ACCOUNT].options.leverage == 2


def test_day_order_ends_with_the_day_and_not_before() -> None:
    shelf = a_shelf()
    midnight = NOW.replace(hour=0, minute=0) + timedelta(days=1)

    shelf.expire_due(midnight - timedelta(microseconds=1))
    before = [order.state for order in shelf.orders(ACCOUNT)]
    shelf.expire_due(midnight)

    assert before == [OrderState.ACCEPTED]
    assert [order.state for order in shelf.orders(ACCOUNT)] == [OrderState.EXPIRED]


def test_changes_are_told_once_a_version() -> None:
    shelf = a_shelf()

    first = shelf.changes(ACCOUNT, 0)
    second = shelf.changes(ACCOUNT, first.version)

    assert [len(first.reports), len(second.reports)] == [1, 0]
    assert first.has_working
