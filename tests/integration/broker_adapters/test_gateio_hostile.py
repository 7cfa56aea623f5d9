"""Orders at a Gate that answers late, swallows answers and fails after it has placed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import anyio
import pytest

from broker_adapters.base import Accepted, NotSent, OrderReport, Unknown
from bus.values import OrderState
from infra.local.doubles.gateio.faults import Hostility
from tests.integration.broker_adapters.gate_sessions import PAIR, PERPETUAL, Gate, at_gate

if TYPE_CHECKING:
    from broker_adapters.base import OrderRequest

_ORDERS = 150
_AT_ONCE = 6
_HOSTILE = Hostility(late_share=0.10, late_ms=(20, 60), swallow_share=0.10, fail_share=0.07)


@pytest.mark.anyio
@pytest.mark.timeout(60)
@pytest.mark.parametrize("symbol", [PAIR, PERPETUAL])
async def test_every_order_is_one_order_and_is_told_as_it_is(symbol: str) -> None:
    async with at_gate() as gate:
        gate.venue.faults.hostility = _HOSTILE
        gate.venue.limits.is_off = True
        trader = Trader(gate)
        requests = [gate.request(symbol) for _ in range(_ORDERS)]
        allowed = anyio.CapacityLimiter(_AT_ONCE)

        async def trade(request: OrderRequest) -> None:
            async with allowed:
                await trader.trade(request)

        async with anyio.create_task_group() as tasks:
            for request in requests:
                tasks.start_soon(trade, request)

        texts = [f"t-{request.client_order_id}" for request in requests]
        assert {gate.venue.posts(text) for text in texts} == {1}
        assert {gate.venue.placed(text) for text in texts} == {1}
        assert trader.states == dict.fromkeys(
            (request.client_order_id for request in requests), OrderState.FILLED
        )
        assert trader.unknown > 0
        assert await gate.held(symbol) == sum(request.quantity for request in requests)


class Trader:
    """Sends each order once, and looks it up until it is known."""

    def __init__(self, gate: Gate) -> None:
        self._gate = gate
        self.states: dict[str, OrderState] = {}
        self.unknown = 0

    async def trade(self, request: OrderRequest) -> None:
        """Send one order."""
        outcome = await self._gate.submit(request)
        assert not isinstance(outcome, NotSent)
        if isinstance(outcome, Accepted):
            self.states[request.client_order_id] = outcome.report.state
        elif isinstance(outcome, Unknown):
            self.unknown += 1
            await self._look(request)

    async def _look(self, request: OrderRequest) -> None:
        ref = self._gate.ref(request)
        for _ in range(20):
            found = await self._gate.broker.find(ref)
            if isinstance(found, OrderReport):
                self.states[request.client_order_id] = found.state
                return
