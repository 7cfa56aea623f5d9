"""Where an alert ends: the same position at every venue, or the nearest that it can hold."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bus.values import Side
from handlers.records.lifecycle import FINAL
from tests.contract.broker_adapters.grounds.ground import Trait
from tests.contract.broker_adapters.reversals import table
from tests.contract.broker_adapters.reversals.forms import FORMS, STARTS
from tests.contract.broker_adapters.reversals.trading import carry_out

if TYPE_CHECKING:
    from tests.contract.broker_adapters.grounds.ground import Ground

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("start", STARTS)
@pytest.mark.parametrize("form", FORMS)
async def test_alert_ends_on_the_position_it_means(ground: Ground, form: str, start: str) -> None:
    lots, shorts = STARTS[start], not await ground.lacks(Trait.SHORTS)
    if lots < 0 and not shorts:
        table.note(ground.name, form, start, table.IMPOSSIBLE)
        return
    if lots:
        await ground.by_hand(Side.BUY if lots > 0 else Side.SELL, abs(lots))

    orders = await carry_out(ground, FORMS[form].alert(ground.lot))

    ended = await ground.held()
    codes = sorted({order.error_code for order in orders if order.error_code})
    table.note(ground.name, form, start, " ".join([f"{ended:+.0f}", *codes]))
    assert ended == FORMS[form].end(lots, shorts=shorts), orders
    assert all(order.state in FINAL for order in orders)
