"""What a user maps by hand goes before the house's rule; the narrowest override decides."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bus.ids import uuid7
from handlers.records.symbols import MappedBy, SymbolMapping, SymbolOverride
from handlers.symbols import Chart, Mapped, UnknownSymbol, map_symbol
from tests.unit.handlers.planning.plan_builders import (
    USER,
    a_signal,
    an_account,
    planned,
    recognised,
    refused,
)

if TYPE_CHECKING:
    from handlers.records.accounts import Account

GATE = an_account("Gate", broker="gateio")
CHART = Chart(ticker="BTCUSD", exchange="BITSTAMP")


def an_override(
    symbol: str = "BTC_USDT",
    *,
    ticker: str = "BTCUSD",
    exchange: str | None = None,
    account: Account | None = None,
    broker: str = "gateio",
    crosses: bool = False,
) -> SymbolOverride:
    return SymbolOverride(
        id=uuid7(),
        user_id=USER,
        broker=broker,
        account_id=None if account is None else account.id,
        exchange=exchange,
        ticker=ticker,
        symbol=symbol,
        crosses=crosses,
    )


def test_what_the_user_maps_is_traded() -> None:
    how = SymbolMapping(chart="BITSTAMP:BTCUSD", by=MappedBy.OVERRIDE)

    assert map_symbol(CHART, GATE, [an_override()]) == Mapped(symbol="BTC_USDT", how=how)


def test_an_override_goes_before_the_rule() -> None:
    mapped = map_symbol(Chart(ticker="BTCUSDT"), GATE, [an_override("BTC_USDC", ticker="BTCUSDT")])

    assert isinstance(mapped, Mapped)
    assert mapped.symbol == "BTC_USDC"


def test_the_narrowest_override_decides_in_whatever_order_they_stand() -> None:
    by_width = [
        an_override("A_USDT"),
        an_override("B_USDT", exchange="BITSTAMP"),
        an_override("C_USDT", account=GATE),
        an_override("D_USDT", account=GATE, exchange="BITSTAMP"),
    ]
    decided: list[str] = []
    for width in range(1, 5):
        for some in (by_width[:width], by_width[:width][::-1]):
            mapped = map_symbol(CHART, GATE, some)
            assert isinstance(mapped, Mapped)
            decided.append(mapped.symbol)

    assert decided == [f"{base}_USDT" for base in "AABBCCDD"]


@pytest.mark.parametrize(
    "foreign",
    [
        an_override(account=an_account("Other", broker="gateio")),
        an_override(broker="shioaji"),
        an_override(exchange="KRAKEN"),
        an_override(ticker="BTCUSDT"),
        msgspec.structs.replace(an_override(), user_id=uuid7()),
    ],
    ids=["another account", "another broker", "another exchange", "another chart", "another user"],
)
def test_an_override_holds_nowhere_else(foreign: SymbolOverride) -> None:
    assert isinstance(map_symbol(CHART, GATE, [foreign]), UnknownSymbol)


def test_what_an_override_leads_to_is_not_looked_up_again() -> None:
    chain = [an_override("BTC_USDT"), an_override("ETH_USDT", ticker="BTC_USDT")]

    mapped = map_symbol(CHART, GATE, chain)

    assert isinstance(mapped, Mapped)
    assert mapped.symbol == "BTC_USDT"


@pytest.mark.parametrize(
    ("ticker", "symbol"),
    [("BTCUSDT", "BTC_USDT.P"), ("BTCUSDT.P", "BTC_USDT"), ("BTCUSDTPERP", "BTC_USDT")],
)
def test_an_override_crosses_only_where_it_says_that_it_may(ticker: str, symbol: str) -> None:
    chart = Chart(ticker=ticker)

    silent = map_symbol(chart, GATE, [an_override(symbol, ticker=ticker)])
    said = map_symbol(chart, GATE, [an_override(symbol, ticker=ticker, crosses=True)])

    assert silent == UnknownSymbol()
    assert isinstance(said, Mapped)
    assert (said.symbol, said.how.crosses) == (symbol, True)


@given(symbol=st.text(max_size=30), ticker=st.sampled_from(["BTCUSDT", "BTCUSDT.P", "BTCUSD"]))
def test_no_override_leads_to_what_is_no_symbol_of_the_venue(symbol: str, ticker: str) -> None:
    mapped = map_symbol(Chart(ticker=ticker), GATE, [an_override(symbol, ticker=ticker)])

    if isinstance(mapped, Mapped):
        again = map_symbol(Chart(ticker=mapped.symbol), GATE)
        assert isinstance(again, Mapped)
        assert mapped.symbol == again.symbol
        assert mapped.symbol.endswith(".P") == ticker.endswith(".P")


def test_one_alert_is_called_what_each_account_calls_it() -> None:
    paper, spot = an_account("Paper"), an_account("Spot", broker="gateio")
    perpetual = an_account("Perpetual", broker="gateio")
    override = an_override("BTC_USDT.P", ticker="BTCUSDT", account=perpetual, crosses=True)

    plan = planned(
        a_signal(quantity="1", exchange="BINANCE"),
        recognised(paper, spot, perpetual, overrides=(override,)),
    )

    assert [order.symbol for order in plan.orders] == ["BTCUSDT", "BTC_USDT", "BTC_USDT.P"]
    assert [order.mapping and order.mapping.by for order in plan.orders] == [
        MappedBy.RULE,
        MappedBy.RULE,
        MappedBy.OVERRIDE,
    ]
    assert {order.mapping and order.mapping.chart for order in plan.orders} == {"BINANCE:BTCUSDT"}


def test_crossing_on_purpose_is_told_with_every_alert() -> None:
    override = an_override("BTC_USDT.P", ticker="BTCUSDT", crosses=True)

    plan = planned(a_signal(quantity="1"), recognised(GATE, overrides=(override,)))

    assert [told for told in plan.warnings if "BTC_USDT.P" in str(told)] != []


def test_cancels_follow_the_same_map() -> None:
    plan = planned(
        a_signal("cancel", ticker="BTCUSD"), recognised(GATE, overrides=(an_override(),))
    )

    assert [cancel.symbol for cancel in plan.cancels] == ["BTC_USDT"]


def test_an_account_that_does_not_know_it_is_told_candidates_on_its_order() -> None:
    plan = planned(a_signal(ticker="BTCUSD", quantity="1"), recognised(an_account(), GATE))

    denied = plan.orders[1]
    assert denied.denied_code == "unknown_symbol"
    assert denied.error_message == (
        "BTCUSD is not known at the venue. Did you mean BTC_USDT or BTC_USDT.P?"
    )


def test_an_alert_that_no_account_knows_is_refused_with_candidates() -> None:
    refusal = refused(a_signal(ticker="BTCUSD", quantity="1"), recognised(GATE))

    assert (refusal.code, refusal.field) == ("unknown_symbol", "ticker")
    assert str(refusal.hint) == "Did you mean BTC_USDT or BTC_USDT.P?"
