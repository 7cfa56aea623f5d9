"""A name that leads from contract to contract: what is held under it is closed where it is held."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from typing_extensions import override

from broker_adapters.base import Instrument, Position
from bus.values import OrderState, Side
from handlers.orders.behind import make_ready
from handlers.records.sizing_rules import Close, Direction, Enter, Fixed
from tests.builders import a_new_order
from tests.unit.handlers.orders.order_desks import Bench, a_bench
from tests.unit.handlers.orders.scripted_broker import ScriptedBroker

if TYPE_CHECKING:
    from bus.values import OrderId
    from handlers.records.sizing_rules import SizingRule

pytestmark = pytest.mark.anyio

NAME = "NEXT"
FLAT = Close(direction=Direction.ANY)


class RollingBroker(ScriptedBroker):
    """Trades contracts, and one name that leads to one of them."""

    leads_to = "OLD"

    @override
    async def instrument(self, symbol: str) -> Instrument:
        leads_to = self.leads_to if symbol == NAME else None
        step = Decimal(1)
        return Instrument(
            symbol=symbol,
            quantity_step=step,
            price_tick=step,
            min_quantity=step,
            held_as=leads_to or symbol,
            leads_to=leads_to,
        )

    def has(self, **quantities: int) -> None:
        """Let the account hold these contracts."""
        self.held = [
            Position(
                symbol=contract,
                quantity=Decimal(quantity),
                average_price=None,
                last_price=None,
                unrealised_pnl=Decimal(0),
                updated_at=self.now(),
                held_as=contract,
            )
            for contract, quantity in quantities.items()
        ]


async def a_rolling_bench(*, flips: bool) -> tuple[Bench, RollingBroker]:
    """Buy 2 under the name, and let it lead to another contract."""
    bench = await a_bench()
    broker = RollingBroker(bench.clock, flips=flips)
    bench = replace(bench, broker=broker, desk=replace(bench.desk, broker=broker))
    await traded(bench, Fixed(side=Side.BUY, quantity=Decimal(2)))
    broker.leads_to = "NEW"
    broker.has(OLD=2)
    broker.sent.clear()
    return bench, broker


async def traded(bench: Bench, sizing: SizingRule) -> OrderId:
    order = await bench.queued(a_new_order(bench.account, symbol=NAME, sizing=sizing))
    await bench.run(order)
    return order


def sent(broker: RollingBroker) -> list[tuple[str, Side, Decimal, bool]]:
    return [(each.symbol, each.side, each.quantity, each.reduce_only) for each in broker.sent]


@pytest.mark.parametrize("flips", [True, False])
@pytest.mark.parametrize("sizing", [FLAT, Fixed(side=Side.SELL, quantity=Decimal(2))])
async def test_what_was_left_behind_is_closed(sizing: SizingRule, *, flips: bool) -> None:
    bench, broker = await a_rolling_bench(flips=flips)

    order = await traded(bench, sizing)

    assert sent(broker) == [("OLD", Side.SELL, Decimal(2), True)]
    assert (await bench.read(order)).traded_as == "OLD"


@pytest.mark.parametrize(
    ("held", "closed"), [({"OLD": 1}, 1), ({"OLD": 5}, 2), ({"OLD": 2, "NEW": 7}, 2)]
)
async def test_no_more_is_closed_than_the_name_and_the_venue_have(
    held: dict[str, int], closed: int
) -> None:
    bench, broker = await a_rolling_bench(flips=False)
    broker.has(**held)

    await traded(bench, FLAT)

    assert sent(broker) == [("OLD", Side.SELL, Decimal(closed), True)]


@pytest.mark.parametrize("held", [{}, {"OLD": -2}])
async def test_without_anything_left_behind_the_name_trades_where_it_leads(
    held: dict[str, int],
) -> None:
    bench, broker = await a_rolling_bench(flips=False)
    broker.has(**held)

    order = await traded(bench, Fixed(side=Side.BUY, quantity=Decimal(3)))

    assert sent(broker) == [("NEW", Side.BUY, Decimal(3), False)]
    assert (await bench.read(order)).traded_as == "NEW"


@pytest.mark.parametrize(
    ("sizing", "flips"),
    [
        (Fixed(side=Side.BUY, quantity=Decimal(1)), False),
        (Enter(side=Side.BUY, quantity=Decimal(1)), True),
        # In one order it would be turned where the name does not lead any more.
        (Fixed(side=Side.SELL, quantity=Decimal(3)), True),
    ],
)
async def test_nothing_is_opened_beside_what_was_left_behind(
    sizing: SizingRule, *, flips: bool
) -> None:
    bench, broker = await a_rolling_bench(flips=flips)

    order = await bench.read(await traded(bench, sizing))

    assert sent(broker) == []
    assert (order.state, order.error_code) == (OrderState.DENIED, "position_rule")
    assert order.error_message == (
        "NEXT leads to another month now, and 2 OLD is still held under it: nothing is added "
        "elsewhere. Send an exit first; it closes OLD."
    )


async def test_an_order_under_a_name_is_never_made_ready_behind_another() -> None:
    bench, _ = await a_rolling_bench(flips=True)
    order = await bench.queued(a_new_order(bench.account, symbol=NAME))
    plain = await bench.queued(a_new_order(bench.account, symbol="OLD"))

    ready = await make_ready([(order, ()), (plain, ())], bench.desk)

    assert list(ready) == [plain]
