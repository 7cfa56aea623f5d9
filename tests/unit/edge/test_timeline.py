"""An order's timeline: its hops, and what the control plane did about it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID

import pytest

from bus.ids import uuid7
from bus.values import OrderId
from handlers.records.control_hops import ControlHop, HopOutcome
from telemetry.stages import Stage
from tests.unit.edge.house import an_alert

if TYPE_CHECKING:
    from tests.unit.edge.house import House

pytestmark = pytest.mark.anyio


async def test_order_by_id_has_its_timeline(house: House) -> None:
    order_id = (await house.alert(an_alert())).json()["orders"][0]["id"]

    detail = (await house.get(f"/api/orders/{order_id}")).json()

    assert [event["stage"] for event in detail["events"]] == ["edge_received", "edge_recorded"]
    assert set(detail["events"][0]) == {
        *("n", "at", "stage", "from_state", "to_state", "actor", "ms_since_previous", "evidence"),
    }
    assert detail["events"][0]["ms_since_previous"] is None
    assert detail["events"][1]["ms_since_previous"] == 0
    assert detail["fills"] == []
    assert detail["control_hops"] == []


async def test_order_by_id_has_what_the_control_plane_did_about_it(house: House) -> None:
    order_id = (await house.alert(an_alert())).json()["orders"][0]["id"]
    order = await house.ports.store.orders.load(OrderId(UUID(order_id)))
    assert order is not None
    hop = ControlHop(
        id=uuid7(),
        attempt=2,
        stage=Stage.ORDER_TASKS,
        message="verify_order",
        destination="order-tasks",
        system="valkey",
        traceparent=order.traceparent,
        sent_at=order.created_at,
        taken_at=order.created_at + timedelta(seconds=30),
        done_at=order.created_at + timedelta(seconds=30, milliseconds=4),
        outcome=HopOutcome.AGAIN,
        code="StoreUnavailableError",
    )
    await house.ports.store.upkeep.note_hop(order.user_id, order.id, hop)

    detail = (await house.get(f"/api/orders/{order_id}")).json()

    [shown] = detail["control_hops"]
    assert shown.pop("at").endswith("Z")
    assert shown == {
        "stage": "order_tasks", "message": "verify_order", "attempt": 2, "waited_ms": 30_000.0,
        "took_ms": 4.0, "outcome": "again", "code": "StoreUnavailableError",
    }  # fmt: skip
