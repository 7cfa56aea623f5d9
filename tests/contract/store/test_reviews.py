"""Orders that only their user can close."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest

from bus.ids import uuid7
from bus.values import OrderId, OrderState
from handlers.records.audit import Deed
from handlers.records.orders import ClaimedOrder, NotClaimed, WhyNot
from handlers.store.reviews import Resolution, ReviewOutcome
from tests.contract.store.house import a_fill

if TYPE_CHECKING:
    from tests.contract.store.house import House

pytestmark = pytest.mark.anyio

REVIEW = OrderState.NEEDS_REVIEW
OUTCOMES = pytest.mark.parametrize(
    ("outcome", "state"),
    [
        (ReviewOutcome.PLACED, OrderState.ACCEPTED),
        (ReviewOutcome.NOT_PLACED, OrderState.NOT_PLACED),
        (ReviewOutcome.FILLED, OrderState.FILLED),
        (ReviewOutcome.EXPIRED, OrderState.EXPIRED),
    ],
)


@OUTCOMES
async def test_an_order_in_review_becomes_what_its_user_says(
    house: House, outcome: ReviewOutcome, state: OrderState
) -> None:
    trader = await house.trader()
    order = await house.in_state(trader, REVIEW)

    answer = await house.store.reviews.resolve(trader.user, order.id, outcome)

    assert answer is Resolution.RESOLVED
    assert (await house.load(order.id)).state is state


async def test_the_timeline_says_that_the_user_did_it(house: House) -> None:
    trader = await house.trader()
    order = await house.in_state(trader, REVIEW)

    await house.store.reviews.resolve(trader.user, order.id, ReviewOutcome.NOT_PLACED)

    detail = await house.store.queries.order(trader.user, order.id)
    assert detail is not None
    last = detail.events[-1]
    assert (last.stage.value, last.actor, last.from_state, last.to_state) == (
        "resolved", "user", REVIEW, OrderState.NOT_PLACED,
    )  # fmt: skip
    assert last.evidence == {"resolved_by": "user"}


@pytest.mark.parametrize("state", [state for state in OrderState if state is not REVIEW])
async def test_an_order_that_is_not_in_review_stays_as_it_is(
    house: House, state: OrderState
) -> None:
    trader = await house.trader()
    order = await house.in_state(trader, state)

    answer = await house.store.reviews.resolve(trader.user, order.id, ReviewOutcome.PLACED)

    assert answer is Resolution.NOT_IN_REVIEW
    assert await house.load(order.id) == order


async def test_an_order_is_resolved_once(house: House) -> None:
    trader = await house.trader()
    order = await house.in_state(trader, REVIEW)

    answers = [
        await house.store.reviews.resolve(trader.user, order.id, outcome)
        for outcome in (ReviewOutcome.NOT_PLACED, ReviewOutcome.PLACED)
    ]

    assert answers == [Resolution.RESOLVED, Resolution.NOT_IN_REVIEW]
    assert (await house.load(order.id)).state is OrderState.NOT_PLACED


async def test_nobody_resolves_anothers_order(house: House) -> None:
    trader, other = await house.trader(), await house.trader()
    order = await house.in_state(other, REVIEW)

    answers = [
        await house.store.reviews.resolve(trader.user, wanted, ReviewOutcome.PLACED)
        for wanted in (order.id, OrderId(uuid7()))
    ]

    assert answers == [Resolution.NOT_FOUND] * 2
    assert (await house.load(order.id)).state is REVIEW


@OUTCOMES
async def test_entries_are_held_back_no_longer(
    house: House, outcome: ReviewOutcome, state: OrderState
) -> None:
    trader = await house.trader()
    stuck = await house.in_state(trader, REVIEW)
    entry = await house.queued(trader)

    before = await house.store.orders.claim(house.claim(trader, entry))
    await house.store.reviews.resolve(trader.user, stuck.id, outcome)
    after = await house.store.orders.claim(house.claim(trader, entry))

    assert isinstance(before, NotClaimed)
    assert before.why is WhyNot.BLOCKED
    assert isinstance(after, ClaimedOrder)
    assert (await house.load(stuck.id)).state is state


@OUTCOMES
async def test_what_the_venue_shows_later_wins(
    house: House, outcome: ReviewOutcome, state: OrderState
) -> None:
    trader = await house.trader()
    order = await house.in_state(trader, REVIEW)
    await house.store.reviews.resolve(trader.user, order.id, outcome)
    assert (await house.load(order.id)).state is state

    await house.settle(order, OrderState.FILLED, fills=(a_fill(order, "1.5"),))

    found = await house.load(order.id)
    assert (found.state, str(found.filled_quantity)) == (OrderState.FILLED, "1.5")


async def test_a_resolution_is_told_with_what_it_changed(house: House) -> None:
    trader = await house.trader()
    order = await house.in_state(trader, REVIEW)
    deed = Deed(actor="api_key:7", action="order.resolve")

    for _ in range(2):
        await house.store.reviews.resolve(
            trader.user, order.id, ReviewOutcome.NOT_PLACED, deed=deed
        )

    [entry] = await house.store.audit.after(trader.user, 0, limit=9)
    assert (entry.action, entry.subject) == ("order.resolve", f"order:{order.id}")
    assert [msgspec.json.decode(text or "") for text in (entry.before, entry.after)] == [
        {"state": "needs_review"}, {"state": "not_placed"},
    ]  # fmt: skip
