"""Gate's dual mode: long and short apart; an order that meets the other side closes it."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from broker_adapters.base import Reason, Rejected
from bus.values import Side
from tests.integration.broker_adapters.gate_sessions import KEY, Gate, at_gate

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

pytestmark = pytest.mark.anyio


@pytest.fixture
async def gate() -> AsyncGenerator[Gate]:
    async with at_gate() as opened:
        yield opened


@pytest.fixture
async def dual(gate: Gate) -> Gate:
    gate.venue.perpetual.set_dual(KEY, is_dual=True)
    await gate.connect()
    return gate


async def test_dual_mode_is_no_atomic_flip(dual: Gate) -> None:
    assert dual.broker.capabilities.flips_atomically is False


async def test_mode_that_is_changed_later_is_noticed_with_the_positions(gate: Gate) -> None:
    gate.venue.perpetual.set_dual(KEY, is_dual=True)
    await gate.accepted(gate.request())

    await gate.broker.positions()

    assert gate.broker.capabilities.flips_atomically is False


async def test_dual_mode_closes_what_stands_against_an_order(dual: Gate) -> None:
    await dual.accepted(dual.request(side=Side.SELL))

    await dual.accepted(dual.request())

    assert await dual.held() == 0
    positions = dual.venue.perpetual.accounts[KEY].positions.values()
    assert [each.size for each in positions if each.size] == []


async def test_dual_mode_refuses_what_would_have_to_be_two_orders(dual: Gate) -> None:
    await dual.accepted(dual.request(side=Side.SELL))
    request = dual.request(quantity=Decimal("0.2"))

    outcome = await dual.submit(request)

    assert isinstance(outcome, Rejected)
    assert outcome.reason is Reason.POSITION_RULE
    assert dual.venue.placed(f"t-{request.client_order_id}") == 0


async def test_dual_mode_reduces_the_other_side(dual: Gate) -> None:
    await dual.accepted(dual.request())

    await dual.accepted(dual.request(side=Side.SELL, quantity=Decimal("0.04"), reduce_only=True))

    assert await dual.held() == Decimal("0.06")
