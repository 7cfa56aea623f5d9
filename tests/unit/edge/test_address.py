"""What the address of a webhook says."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.unit.edge.house import TOKEN, an_alert

if TYPE_CHECKING:
    from tests.unit.edge.house import House

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("query", ["", "?simulation=true", "?simulation=", "?simulation=TRUE"])
async def test_older_address_trades_on_paper_unless_told_otherwise(
    house: House, query: str
) -> None:
    token = await house.live_strategy()

    await house.alert(an_alert(), path=f"/webhook/{token}/order{query}")

    orders = await house.items("/api/orders")
    assert [order["mode"] for order in orders] == ["paper"]


async def test_older_address_may_leave_the_mode_as_it_is(house: House) -> None:
    token = await house.live_strategy()

    await house.alert(an_alert(), path=f"/webhook/{token}/order?simulation=false")

    orders = await house.items("/api/orders")
    assert [order["mode"] for order in orders] == ["live"]


async def test_older_address_cannot_make_paper_live(house: House) -> None:
    await house.alert(an_alert(), path=f"/webhook/{TOKEN}/order?simulation=false")

    orders = await house.items("/api/orders")
    assert [order["mode"] for order in orders] == ["paper"]


@pytest.mark.parametrize("query", ["simulation=no", "simulation=true&simulation=false"])
async def test_unreadable_switch_of_the_older_address_is_400(house: House, query: str) -> None:
    answer = await house.alert(an_alert(), path=f"/webhook/{TOKEN}/order?{query}")

    assert (answer.status_code, answer.json()["field"]) == (400, "simulation")
