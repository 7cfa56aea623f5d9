"""`fourpass` with a paper venue that answers at once, in the worker's own process.

    python -m bench.instant worker

Peers are measured with a broker that costs nothing, and so are we beside them: what is compared is
the way to the broker's door, and not what is behind it.
"""

from __future__ import annotations

import sys
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from typing_extensions import override

from bench.handicap import Toll, share, take_up
from broker_adapters.outcomes import Fill, OrderReport
from broker_adapters.paper import answers, questions
from broker_adapters.paper.adapter import PaperBroker
from broker_adapters.paper.memory import MemoryVenue
from broker_adapters.registry import BROKERS
from bus.ids import uuid7
from bus.values import OrderState, SystemClock
from infra.local.cli import main
from telemetry.stages import Stage

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator
    from datetime import datetime

    from broker_adapters.base import OrderRequest
    from broker_adapters.credentials import Credentials
    from broker_adapters.opening import BrokerAccount, BrokerMeans


# What a handicap of a worker's orders costs, it costs here: once an order.
_toll = Toll(share(Stage.ANSWERED))


class InstantVenue(MemoryVenue):
    """Fills every order whole, and forgets it."""

    @override
    async def ask(self, question: questions.AnyQuestion) -> answers.AnyAnswer:
        if isinstance(question, questions.Submit):
            _toll.pay()
            report = _filled(question.request, SystemClock().now())
            return answers.Placed(report=report, version=0, moved_others=False)
        return await super().ask(question)


@asynccontextmanager
async def open_broker(
    account: BrokerAccount,
    credentials: Credentials | None,  # noqa: ARG001 - paper has no secret
    means: BrokerMeans,
) -> AsyncGenerator[PaperBroker]:
    """Make a paper account's adapter at a venue of its own."""
    broker = PaperBroker(InstantVenue(SystemClock()), account, means)
    _toll.start()
    try:
        yield broker
    finally:
        await broker.close()


def _filled(request: OrderRequest, at: datetime) -> OrderReport:
    trade = str(uuid7())
    price = request.reference_price or request.quantity
    fill = Fill(
        fill_key=trade,
        broker_trade_id=trade,
        broker_order_id=trade,
        client_order_id=request.client_order_id,
        symbol=request.symbol,
        side=request.side,
        quantity=request.quantity,
        price=price,
        fee=request.quantity * 0,
        fee_currency="USDT",
        at=at,
    )
    return OrderReport(
        broker_order_id=trade,
        client_order_id=request.client_order_id,
        symbol=request.symbol,
        side=request.side,
        quantity=request.quantity,
        state=OrderState.FILLED,
        filled_quantity=request.quantity,
        average_price=price,
        at=at,
        fills=(fill,),
    )


if __name__ == "__main__":
    BROKERS["paper"] = "bench.instant"
    take_up()
    sys.exit(main())
