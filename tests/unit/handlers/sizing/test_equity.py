"""A share of the equity is a share of the money that the instrument is paid in, and no other."""

from __future__ import annotations

from decimal import Decimal

from broker_adapters.base import Balance, Instrument
from bus.values import Side
from handlers.records.sizing_rules import EquityShare
from handlers.sizing.equity import equity_in
from handlers.sizing.limits import Denied
from handlers.sizing.moves import Holding, move_of

ONE = Decimal(1)


def paid_in(currency: str | None) -> Instrument:
    return Instrument(
        symbol="ETH_BTC",
        quantity_step=ONE,
        price_tick=ONE,
        min_quantity=ONE,
        currency=currency,
    )


def money(currency: str, total: int) -> Balance:
    return Balance(currency=currency, total=Decimal(total), available=Decimal(0))


def test_only_the_instrument_s_own_money_counts() -> None:
    balances = [money("USDT", 1000), money("USDC", 20), money("USDT", 5)]

    assert equity_in(paid_in("USDT"), balances) == 1005
    assert equity_in(paid_in("USDC"), balances) == 20
    assert equity_in(paid_in("BTC"), balances) == 0


def test_where_there_is_one_money_all_of_it_counts() -> None:
    assert equity_in(paid_in(None), [money("TWD", 7)]) == 7


def test_without_that_money_the_refusal_names_it_and_the_instrument() -> None:
    rule = EquityShare(side=Side.BUY, percent=Decimal(10))

    denied = move_of(rule, Holding(equity=Decimal(0), price=ONE), paid_in("BTC"))

    assert isinstance(denied, Denied)
    assert denied.code == "insufficient_funds"
    assert "no BTC" in str(denied.message)
    assert "ETH_BTC" in str(denied.message)
