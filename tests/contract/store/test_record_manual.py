"""What recording an order asked for by hand promises."""

from __future__ import annotations

from typing import TYPE_CHECKING

import anyio
import pytest

from bus.values import OrderState
from handlers.errors import NotFoundError, RefusedError
from handlers.records.accounts import AccountState
from handlers.records.views import Filter, Span
from tests.contract.store.house import TRACE_ID, TRACEPARENT

if TYPE_CHECKING:
    from handlers.records.alerts import NewOrder
    from handlers.records.orders import Order
    from tests.contract.store.house import House, Trader

pytestmark = pytest.mark.anyio


async def by_hand(
    house: House, trader: Trader, order: NewOrder, *, key: str = "k", body: bytes = b"b"
) -> tuple[Order, bool] | None:
    trace = (TRACE_ID, TRACEPARENT)
    return await house.store.signals.record_manual(
        trader.user, order, key=key, body_hash=body, trace=trace
    )


async def test_a_manual_order_is_queued(house: House) -> None:
    trader = await house.trader()
    asked = house.order(trader)

    answer = await by_hand(house, trader, asked)

    assert answer is not None
    order, is_new = answer
    assert is_new
    assert (order.id, order.state, order.signal_id) == (asked.id, OrderState.QUEUED, None)
    assert order == await house.load(asked.id)


async def test_a_key_used_again_answers_with_the_first_order(house: House) -> None:
    trader = await house.trader()
    asked = house.order(trader)
    await by_hand(house, trader, asked)

    answer = await by_hand(house, trader, house.order(trader))

    assert answer is not None
    assert (answer[0].id, answer[1]) == (asked.id, False)
    assert len(await house.store.queries.orders(trader.user, Filter(), Span())) == 1


async def test_a_key_used_with_another_body_is_a_conflict(house: House) -> None:
    trader = await house.trader()
    await by_hand(house, trader, house.order(trader))

    assert await by_hand(house, trader, house.order(trader), body=b"other") is None


async def test_of_concurrent_uses_of_a_key_exactly_one_is_new(house: House) -> None:
    trader = await house.trader()
    answers: list[tuple[Order, bool] | None] = []

    async def ask() -> None:
        answers.append(await by_hand(house, trader, house.order(trader)))

    async with anyio.create_task_group() as group:
        for _ in range(6):
            group.start_soon(ask)

    told = [answer for answer in answers if answer is not None]
    assert sorted(is_new for _, is_new in told) == [False] * 5 + [True]
    assert len({order.id for order, _ in told}) == 1


async def test_another_users_same_key_is_their_own(house: House) -> None:
    trader, other = await house.trader(), await house.trader()
    await by_hand(house, trader, house.order(trader))

    answer = await by_hand(house, other, house.order(other))

    assert answer is not None
    assert answer[1]


async def test_a_disabled_account_refuses_by_code(house: House) -> None:
    trader = await house.trader()
    await house.store.catalogue.set_account_state(
        trader.user, trader.account.id, AccountState.DISABLED
    )

    with pytest.raises(RefusedError) as caught:
        await by_hand(house, trader, house.order(trader))

    assert caught.value.code == "account_disabled"


async def test_an_engaged_switch_refuses_by_code(house: House) -> None:
    trader = await house.trader()
    await house.store.switches.change(
        trader.user, engaged=True, cancel_working=False, allow_exits=True
    )

    with pytest.raises(RefusedError) as caught:
        await by_hand(house, trader, house.order(trader))

    assert caught.value.code == "kill_switch_active"


async def test_an_exit_passes_a_switch_that_allows_exits(house: House) -> None:
    trader = await house.trader()
    await house.store.switches.change(
        trader.user, engaged=True, cancel_working=False, allow_exits=True
    )

    assert await by_hand(house, trader, house.order(trader, reduce_only=True)) is not None


async def test_a_refused_order_does_not_use_its_key_up(house: House) -> None:
    trader = await house.trader()
    catalogue, account = house.store.catalogue, trader.account.id
    await catalogue.set_account_state(trader.user, account, AccountState.DISABLED)
    with pytest.raises(RefusedError):
        await by_hand(house, trader, house.order(trader))
    await catalogue.set_account_state(trader.user, account, AccountState.ENABLED)

    answer = await by_hand(house, trader, house.order(trader))

    assert answer is not None
    assert answer[1]


async def test_another_users_account_is_not_found(house: House) -> None:
    trader, other = await house.trader(), await house.trader()

    with pytest.raises(NotFoundError):
        await by_hand(house, trader, house.order(other))


async def test_a_manual_orders_first_events_are_the_users(house: House) -> None:
    trader = await house.trader()
    asked = house.order(trader)
    await by_hand(house, trader, asked)

    detail = await house.store.queries.order(trader.user, asked.id)

    assert detail is not None
    assert [(event.stage.value, event.actor) for event in detail.events] == [
        ("edge_received", "user"),
        ("edge_recorded", "user"),
    ]
