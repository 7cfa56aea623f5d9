"""Orders in review, closed by their user through the API."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bus.values import OrderState
from handlers.records.orders import Settlement
from tests.unit.edge.house import furnish
from tests.unit.edge.venue import bring_to_venue, send

if TYPE_CHECKING:
    from bus.values import OrderId
    from tests.unit.edge.house import House

pytestmark = pytest.mark.anyio


async def in_review(house: House) -> OrderId:
    order = await send(house)
    for state in (OrderState.UNKNOWN, OrderState.NEEDS_REVIEW):
        await house.ports.store.orders.settle(
            Settlement(order_id=order, state=state, epoch=1, actor="test")
        )
    return order


@pytest.mark.parametrize(("outcome", "state"), [("placed", "accepted"), ("not_placed",) * 2])
async def test_an_order_in_review_becomes_what_is_said(
    house: House, outcome: str, state: str
) -> None:
    order = await in_review(house)

    answer = await house.post(f"/api/orders/{order}/resolve", {"outcome": outcome})

    detail = (await house.get(f"/api/orders/{order}")).json()
    assert (answer.status_code, answer.json()["state"], detail["state"]) == (200, state, state)
    assert (detail["events"][-1]["stage"], detail["events"][-1]["actor"]) == ("resolved", "user")


async def test_the_resolution_is_in_the_audit_log(house: House) -> None:
    order = await in_review(house)

    await house.post(f"/api/orders/{order}/resolve", {"outcome": "not_placed"})

    [entry] = await house.items("/api/audit")
    assert (entry["action"], entry["subject"]) == ("order.resolve", f"order:{order}")
    assert (entry["before"], entry["after"]) == (
        {"state": "needs_review"}, {"state": "not_placed"},
    )  # fmt: skip


async def test_an_order_that_is_not_in_review_is_409(house: House) -> None:
    order = await bring_to_venue(house)

    answer = await house.post(f"/api/orders/{order}/resolve", {"outcome": "placed"})

    assert (answer.status_code, answer.json()["code"]) == (409, "not_in_review")
    assert "accepted" in answer.json()["message"]


async def test_nobody_resolves_anothers_order(house: House) -> None:
    order, key = await in_review(house), "fp_" + "s" * 43
    await furnish(house.ports.store, token="wh_" + "s" * 43, key=key)

    answer = await house.post(f"/api/orders/{order}/resolve", {"outcome": "placed"}, key=key)

    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


@pytest.mark.parametrize(
    "body", [None, {}, {"outcome": "lost"}, {"outcome": 1}, {"outcome": "placed", "x": 1}, []]
)
async def test_what_says_nothing_of_the_kind_is_400(house: House, body: object) -> None:
    order = await in_review(house)

    answer = await house.post(f"/api/orders/{order}/resolve", body)

    assert answer.status_code == 400
    assert (await house.get(f"/api/orders/{order}")).json()["state"] == "needs_review"
