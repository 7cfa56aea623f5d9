"""What an account is worth, and what of it is free."""

from __future__ import annotations

from decimal import Decimal
from uuid import UUID

import pytest

from broker_adapters.paper import rules
from broker_adapters.paper.margin import holdings
from broker_adapters.paper.rows import Change
from bus.values import AccountId, OrderType, Side
from tests.unit.broker_adapters.paper.markets import ACCOUNT, NOW, SYMBOL, a_market, committed


@pytest.mark.parametrize(("held", "total", "free"), [("4", "1080", "600"), ("-4", "920", "440")])
def test_price_moves_worth_and_bound_money(held: str, total: str, free: str) -> None:
    market = a_market(held=held)
    change = rules.tick(market, SYMBOL, Decimal(120))
    assert isinstance(change, Change)
    market.apply(change, version=2, at=NOW)

    told = holdings(market, ACCOUNT)

    assert told is not None
    assert (told.balance.total, told.balance.available) == (Decimal(total), Decimal(free))


def test_working_orders_bind_what_they_would_open() -> None:
    market = a_market(held="4", leverage=Decimal(2))
    fields = {"order_type": OrderType.LIMIT, "limit_price": Decimal(110), "side": Side.SELL}
    committed(market, quantity=Decimal(6), **fields)

    told = holdings(market, ACCOUNT)

    assert told is not None
    assert told.balance.available == 1000 - 4 * 100 / 2 - 2 * 110 / 2


def test_position_says_what_it_was_entered_at_and_what_it_made() -> None:
    market = a_market()
    committed(market, quantity=Decimal(2))
    committed(market, client_order_id="c-2", reference_price=Decimal(130))

    told = holdings(market, ACCOUNT)

    assert told is not None
    (position,) = told.positions
    assert (position.quantity, position.average_price) == (3, 110)
    assert (position.last_price, position.unrealised_pnl) == (130, 60)
    assert position.updated_at == NOW


def test_ruined_account_has_nothing_free() -> None:
    market = a_market(held="-9")
    change = rules.tick(market, SYMBOL, Decimal(1000))
    assert isinstance(change, Change)
    market.apply(change, version=2, at=NOW)

    told = holdings(market, ACCOUNT)

    assert told is not None
    assert told.balance.total < 0
    assert told.balance.available == 0


def test_account_that_is_not_open_holds_nothing_at_all() -> None:
    assert holdings(a_market(), AccountId(UUID(int=9))) is None
