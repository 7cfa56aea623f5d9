"""What comparisons came to, through the API: shown to whose account it is, and acknowledged."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest

from bus.ids import uuid7
from bus.values import OrderId, OrderState, WorkerId
from handlers.records.comparison import (
    Comparison,
    NotCompared,
    OrderDiffers,
    PositionDiffers,
)

if TYPE_CHECKING:
    from handlers.records.orders import Lease
    from tests.unit.edge.house import House

pytestmark = pytest.mark.anyio

ORDER = OrderId(UUID("01a205d0-8fce-7638-b30a-52e32c3f23ee"))
DIFFERENCES = (
    PositionDiffers(symbols=("BTC_USDT",), recorded=Decimal("1.50"), at_venue=Decimal("-3")),
    OrderDiffers(
        order_id=ORDER,
        symbol="ETH_USDT",
        recorded=OrderState.CANCELLED,
        at_venue=OrderState.ACCEPTED,
    ),
)


async def a_due_lease(house: House) -> Lease:
    """Have the user's account be due, and return the lease of who compares it."""
    store = house.ports.store
    answer = await house.alert({"ticker": "BTCUSDT", "action": "buy", "quantity": "1"})
    assert answer.status_code == 202
    house.clock.go_on(timedelta(days=1, hours=2))
    assert await store.comparisons.due(limit=9)
    lease = await store.leases.take(house.user, WorkerId(uuid7()))
    assert lease is not None
    return lease


async def compared(house: House, lease: Lease) -> Comparison:
    ledger = await house.ports.store.comparisons.ledger(lease, house.account.id)
    assert ledger is not None
    found = Comparison(
        account_id=house.account.id,
        begins_at=ledger.begins_at,
        at=house.clock.now(),
        since=ledger.since,
        orders=4,
        fills=5,
        positions=2,
        other_orders=1,
        found_fills=1,
        unsettled=("SOL_USDT",),
        differences=DIFFERENCES,
    )
    assert await house.ports.store.comparisons.keep(lease, found)
    return found


async def listed(house: House) -> list[dict[str, Any]]:
    answer = await house.get("/api/comparisons")
    assert answer.status_code == 200, answer.text
    return answer.json()["items"]


async def test_an_account_that_was_never_compared_is_not_listed(house: House) -> None:
    assert await listed(house) == []


async def test_a_comparison_is_shown_with_its_numbers(house: House) -> None:
    await compared(house, await a_due_lease(house))

    [shown] = await listed(house)

    assert shown["account_id"] == str(house.account.id)
    assert shown["failure"] is None
    told = shown["comparison"]
    assert (told["orders"], told["other_orders"], told["found_fills"]) == (4, 1, 1)
    assert told["unsettled"] == ["SOL_USDT"]
    assert told["acknowledged_at"] is None
    assert told["differences"] == [
        {
            "kind": "position",
            "symbols": ["BTC_USDT"],
            "order_id": None,
            "recorded": "1.50",
            "at_venue": "-3",
        },
        {
            "kind": "order",
            "symbols": ["ETH_USDT"],
            "order_id": str(ORDER),
            "recorded": "cancelled",
            "at_venue": "accepted",
        },
    ]


@pytest.mark.parametrize("is_hopeless", [True, False])
async def test_a_venue_that_was_not_reached_is_told(house: House, *, is_hopeless: bool) -> None:
    lease = await a_due_lease(house)
    ledger = await house.ports.store.comparisons.ledger(lease, house.account.id)
    assert ledger is not None
    failed = NotCompared(
        account_id=house.account.id,
        begins_at=ledger.begins_at,
        at=house.clock.now(),
        code="auth",
        why="KeyError: what no user shall read",
        is_hopeless=is_hopeless,
    )
    await house.ports.store.comparisons.keep(lease, failed)

    [shown] = await listed(house)

    assert shown["comparison"] is None
    assert shown["failure"] == {
        "at": shown["failure"]["at"],
        "code": "auth",
        "retries": not is_hopeless,
    }


async def test_differences_are_acknowledged_and_told_in_the_audit_log(house: House) -> None:
    await compared(house, await a_due_lease(house))
    [shown] = await listed(house)
    path = f"/api/comparisons/{house.account.id}/acknowledge"

    answers = [await house.post(path, {"at": shown["comparison"]["at"]}) for _ in range(2)]

    [after] = await listed(house)
    log = (await house.get("/api/audit")).json()["items"]
    [entry] = [each for each in log if each["action"] == "account.acknowledge"]
    assert [each.status_code for each in answers] == [204, 204]
    assert after["comparison"]["acknowledged_at"] is not None
    assert entry["subject"] == f"account:{house.account.id}"
    assert entry["after"]["differences"][0]["at_venue"] == "-3"


async def test_another_comparison_than_the_last_is_not_acknowledged(house: House) -> None:
    await compared(house, await a_due_lease(house))
    path = f"/api/comparisons/{house.account.id}/acknowledge"

    answer = await house.post(path, {"at": "2026-11-23T09:30:00Z"})

    [after] = await listed(house)
    assert answer.status_code == 409
    assert answer.json()["code"] == "changed_meanwhile"
    assert after["comparison"]["acknowledged_at"] is None


@pytest.mark.parametrize(
    "at", ["0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59", "2026-11-23T09:30:00"]
)
async def test_a_time_that_is_none_in_utc_is_refused(house: House, at: str) -> None:
    await compared(house, await a_due_lease(house))

    answer = await house.post(f"/api/comparisons/{house.account.id}/acknowledge", {"at": at})

    assert answer.status_code == 400
    assert answer.json()["field"] == "at"


async def test_an_account_that_is_not_mine_has_nothing_to_acknowledge(house: House) -> None:
    answer = await house.post(
        f"/api/comparisons/{uuid7()}/acknowledge", {"at": "2026-11-23T09:30:00Z"}
    )

    assert answer.status_code == 404
