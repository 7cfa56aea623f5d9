"""At freeze: an unknown symbol is denied with candidates, and the timeline shows both names."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import anyio
import msgspec
import pytest
from typing_extensions import override

from broker_adapters.base import Balance, Instrument
from broker_adapters.errors import BrokerUnavailableError, UnknownSymbolError
from bus.values import OrderState, Side
from handlers.asking.instrument_search import look_for_instruments
from handlers.asking.replies import Reason
from handlers.records.sizing_rules import EquityShare
from handlers.records.symbols import MappedBy, SymbolMapping
from telemetry.stages import Stage
from tests.builders import a_new_order
from tests.unit.handlers.orders.order_desks import Bench, a_bench
from tests.unit.handlers.orders.scripted_broker import ScriptedBroker

if TYPE_CHECKING:
    from collections.abc import Sequence

    from broker_adapters.base import Position

pytestmark = pytest.mark.anyio


def an_instrument(symbol: str, currency: str | None = None) -> Instrument:
    step = Decimal("0.001")
    return Instrument(
        symbol=symbol, quantity_step=step, price_tick=step, min_quantity=step, currency=currency
    )


class ListedBroker(ScriptedBroker):
    """Trades what it lists."""

    listed: tuple[Instrument, ...] = ()
    is_away = False

    @override
    async def instrument(self, symbol: str) -> Instrument:
        for each in self.listed:
            if each.symbol == symbol:
                return each
        raise UnknownSymbolError(symbol)

    @override
    async def instruments(self, query: str, *, limit: int) -> Sequence[Instrument]:
        if self.is_away:
            raise BrokerUnavailableError("away")
        return [each for each in self.listed if query in each.symbol][:limit]


async def a_listed_bench(*symbols: str) -> tuple[Bench, ListedBroker]:
    bench = await a_bench()
    broker = ListedBroker(bench.clock)
    broker.listed = tuple(map(an_instrument, symbols))
    return replaced(bench, broker), broker


def replaced(bench: Bench, broker: ScriptedBroker) -> Bench:
    return replace(bench, broker=broker, desk=replace(bench.desk, broker=broker))


@pytest.mark.parametrize(
    ("symbol", "said"),
    [
        ("PEPE_USDC", "PEPE_USDC is not traded here. Did you mean PEPE_USDT?"),
        ("PEPE_USDC.P", "PEPE_USDC.P is not traded here. Did you mean PEPE_USDT.P?"),
        ("DOGE_USDT", "DOGE_USDT is not traded here."),
    ],
)
async def test_an_unknown_symbol_is_denied_with_candidates_of_its_market(
    symbol: str, said: str
) -> None:
    bench, broker = await a_listed_bench("PEPE_USDT", "PEPE_USDT.P")
    order = await bench.queued(a_new_order(bench.account, symbol=symbol))

    await bench.run(order)

    denied = await bench.read(order)
    assert (denied.state, denied.error_code) == (OrderState.DENIED, "unknown_symbol")
    assert denied.error_message == said
    assert broker.sent == []


async def test_candidates_are_no_condition() -> None:
    bench, broker = await a_listed_bench("PEPE_USDT")
    broker.is_away = True
    order = await bench.queued(a_new_order(bench.account, symbol="PEPE_USDC"))

    await bench.run(order)

    assert (await bench.read(order)).error_message == "PEPE_USDC is not traded here."


async def test_the_timeline_shows_the_chart_s_name_and_the_venue_s() -> None:
    bench = await a_bench()
    mapping = SymbolMapping(chart="BINANCE:BTCUSDT.P", by=MappedBy.RULE)
    new = a_new_order(bench.account, symbol="BTC_USDT.P")
    order = await bench.queued(msgspec.structs.replace(new, mapping=mapping))

    await bench.run(order)

    detail = await bench.store.queries.order(bench.account.user_id, order)
    assert detail is not None
    (frozen,) = [event for event in detail.events if event.stage is Stage.FROZEN]
    told = {"chart": "BINANCE:BTCUSDT.P", "venue": "BTC_USDT.P", "by": "rule"}
    assert frozen.evidence["symbol"] == told


class PairedBroker(ListedBroker):
    """Tells positions and money only once both were asked for, between the working orders."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.asked: list[str] = []
        self.other = anyio.Event()

    async def _meet(self, name: str) -> None:
        self.asked.append(name)
        if {"positions", "balances"} <= set(self.asked):
            self.other.set()
        await self.other.wait()

    @override
    async def positions(self) -> Sequence[Position]:
        await self._meet("positions")
        return ()

    @override
    async def balances(self) -> Sequence[Balance]:
        await self._meet("balances")
        usdt, btc = Decimal(1000), Decimal(1)
        return (
            Balance(currency="USDT", total=usdt, available=usdt),
            Balance(currency="BTC", total=btc, available=btc),
        )

    @override
    async def open_orders(self) -> Sequence[Any]:
        self.asked.append("working")
        return ()


async def test_position_and_money_are_read_at_once_between_two_looks_at_what_works() -> None:
    bench = await a_bench()
    broker = PairedBroker(bench.clock)
    broker.listed = (an_instrument("ETH_BTC", "BTC"),)
    bench = replaced(bench, broker)
    rule = EquityShare(side=Side.BUY, percent=Decimal(50))
    new = a_new_order(bench.account, symbol="ETH_BTC", sizing=rule)
    order = await bench.queued(msgspec.structs.replace(new, reference_price=Decimal("0.05")))

    with anyio.fail_after(5):
        await bench.run(order)

    assert broker.asked[0] == broker.asked[-1] == "working"
    assert sorted(broker.asked[1:-1]) == ["balances", "positions"]
    (sent,) = broker.sent
    assert sent.quantity == 10


async def test_a_session_tells_what_its_venue_trades() -> None:
    _, broker = await a_listed_bench("PEPE_USDT", "PEPE_USDT.P")

    found = await look_for_instruments(broker, symbol="PEPE_USDT.P", query="PEPE")
    unknown = await look_for_instruments(broker, symbol="PEPE_USDC", query="PEPE_USDC")
    broker.is_away = True
    away = await look_for_instruments(broker, symbol=None, query="PEPE")

    assert [each.symbol for each in found.instruments] == ["PEPE_USDT.P", "PEPE_USDT"]
    assert (unknown.code, len(unknown.instruments)) == (Reason.UNKNOWN_SYMBOL, 1)
    assert (away.code, away.instruments) == (Reason.BROKER_UNAVAILABLE, ())
