"""What was answered under an idempotency key, for good."""

from __future__ import annotations

from typing import TYPE_CHECKING

import anyio
import pytest

from handlers.errors import RefusedError
from handlers.records.audit import NewAuditEntry
from tests.contract.store.house import TRACE_ID, TRACEPARENT

if TYPE_CHECKING:
    from bus.values import UserId
    from handlers.store.answers import Kept
    from tests.contract.store.house import House

pytestmark = pytest.mark.anyio

FIRST = {"id": "1", "said": "first"}
THIS, OTHER = b"this", b"other"


async def keep(
    house: House, user: UserId, *, key: str = "k", body_hash: bytes = THIS, said: str = "first"
) -> Kept:
    entry = NewAuditEntry(user_id=user, actor="api_key:7", action="thing.done", subject="thing:1")
    return await house.store.answers.keep(
        user, key=key, body_hash=body_hash, answer={"id": "1", "said": said}, entry=entry
    )


async def test_nothing_is_kept_before_the_first(house: House) -> None:
    user = (await house.trader()).user

    assert await house.store.answers.find(user, key="k", body_hash=THIS) is None


async def test_the_first_answer_is_kept_and_told_once(house: House) -> None:
    user = (await house.trader()).user

    first = await keep(house, user)
    second = await keep(house, user, said="second")

    assert (first.answer, first.is_mine, first.is_done) == (FIRST, True, False)
    assert (second.answer, second.is_mine, second.is_done) == (FIRST, False, False)
    assert len(await house.store.audit.after(user, 0, limit=9)) == 1


async def test_of_many_at_a_time_one_carries_it_out(house: House) -> None:
    user = (await house.trader()).user
    kept: list[Kept] = []

    async def ask() -> None:
        kept.append(await keep(house, user))

    async with anyio.create_task_group() as tasks:
        for _ in range(8):
            tasks.start_soon(ask)

    assert sum(each.is_mine for each in kept) == 1
    assert all(each.answer == FIRST for each in kept)


async def test_what_was_carried_out_is_nobodys_any_more(house: House) -> None:
    user = (await house.trader()).user
    await keep(house, user)
    await house.store.answers.finish(user, "k")
    await house.later(3600)

    again = await house.store.answers.find(user, key="k", body_hash=THIS)

    assert again is not None
    assert (again.answer, again.is_mine, again.is_done) == (FIRST, False, True)


@pytest.mark.parametrize(("after", "mine"), [(29, [False]), (31, [True, False])])
async def test_what_broke_off_is_carried_out_by_one_who_asks_later(
    house: House, after: float, mine: list[bool]
) -> None:
    user = (await house.trader()).user
    await keep(house, user)
    await house.later(after)

    again = [await house.store.answers.find(user, key="k", body_hash=THIS) for _ in mine]

    assert [each is not None and each.is_mine for each in again] == mine


async def test_a_key_has_one_request(house: House) -> None:
    user = (await house.trader()).user
    await keep(house, user)

    for ask in (
        house.store.answers.find(user, key="k", body_hash=OTHER),
        keep(house, user, body_hash=OTHER),
    ):
        with pytest.raises(RefusedError, match="idempotency_conflict"):
            await ask


async def test_an_orders_key_is_no_other_requests_and_the_other_way_round(house: House) -> None:
    trader = await house.trader()
    await keep(house, trader.user, key="replay")
    order = house.order(trader)
    trace = (TRACE_ID, TRACEPARENT)
    record = house.store.signals.record_manual

    taken = await record(trader.user, order, key="replay", body_hash=OTHER, trace=trace)
    placed = await record(trader.user, order, key="order", body_hash=THIS, trace=trace)

    assert taken is None
    assert placed is not None
    with pytest.raises(RefusedError, match="idempotency_conflict"):
        await keep(house, trader.user, key="order")


async def test_keys_of_two_users_have_nothing_to_do_with_one_another(house: House) -> None:
    one, other = (await house.trader()).user, (await house.trader()).user
    await keep(house, one)

    assert (await keep(house, other, body_hash=OTHER)).is_mine
