"""An alert's id that was used before with other content: taken, and told."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from bus.ids import uuid7
from bus.values import SignalId
from handlers.records.alerts import Dedupe, Duplicate, Recorded, SignalOutcome

if TYPE_CHECKING:
    from handlers.records.alerts import NewSignal
    from tests.contract.store.house import House, Trader

pytestmark = pytest.mark.anyio


def an_alert(house: House, trader: Trader, alert_id: str | None, **fields: Any) -> NewSignal:
    asked: dict[str, Any] = {
        "signal": msgspec.json.encode({"ticker": "BTCUSDT", "id": alert_id}),
        "trace_id": secrets.token_hex(16),
        "dedupe": Dedupe(hash=secrets.token_bytes(32), window=timedelta(hours=24)),
    }
    return house.signal(trader, house.order(trader), **(asked | fields))


async def recorded(house: House, *alerts: NewSignal) -> list[bool]:
    answers = [await house.store.signals.record(alert) for alert in alerts]
    assert all(isinstance(answer, Recorded) for answer in answers)
    return [isinstance(answer, Recorded) and answer.is_id_reused for answer in answers]


async def test_an_id_with_other_content_is_told_and_both_alerts_count(house: House) -> None:
    trader = await house.trader()

    told = await recorded(house, *(an_alert(house, trader, "a") for _ in range(3)))

    assert told == [False, True, True]


async def test_alerts_that_name_a_time_are_told_likewise(house: House) -> None:
    trader = await house.trader()
    alerts = [
        an_alert(house, trader, "a", dedupe=Dedupe(hash=secrets.token_bytes(32), window=None))
        for _ in range(2)
    ]

    assert await recorded(house, *alerts) == [False, True]


async def test_other_ids_and_no_ids_are_not_told(house: House) -> None:
    trader = await house.trader()
    alerts = [an_alert(house, trader, name) for name in ("a", "b", None, None)]

    assert await recorded(house, *alerts) == [False] * 4


async def test_ids_are_each_strategys_own(house: House) -> None:
    trader = await house.trader()
    elsewhere = await house.elsewhere(trader)

    told = await recorded(house, an_alert(house, trader, "a"), an_alert(house, elsewhere, "a"))

    assert told == [False, False]


async def test_orders_of_one_alert_may_share_its_id(house: House) -> None:
    trader, trace = await house.trader(), secrets.token_hex(16)

    told = await recorded(house, *(an_alert(house, trader, "a", trace_id=trace) for _ in range(2)))

    assert told == [False, False]


async def test_the_same_content_again_a_day_later_is_no_other_content(house: House) -> None:
    trader = await house.trader()
    dedupe = Dedupe(hash=secrets.token_bytes(32), window=timedelta(hours=24))
    first = await recorded(house, an_alert(house, trader, "a", dedupe=dedupe))
    again = await house.store.signals.record(an_alert(house, trader, "a", dedupe=dedupe))
    await house.later(24 * 60 * 60 + 1)

    later = await recorded(house, an_alert(house, trader, "a", dedupe=dedupe))

    assert isinstance(again, Duplicate)
    assert (first, later) == ([False], [False])


async def test_an_alert_that_was_refused_used_no_id(house: House) -> None:
    trader = await house.trader()
    refused = an_alert(
        house, trader, "a", outcome=SignalOutcome.REFUSED, code="x", dedupe=None, orders=(),
        id=SignalId(uuid7()),
    )  # fmt: skip
    await house.store.signals.record(refused)

    assert await recorded(house, an_alert(house, trader, "a")) == [False]
