"""Over many seeds nothing is lost, sent twice or lied about."""

from __future__ import annotations

import pytest
import trio
import trio.testing

from bus.values import OrderState
from handlers.records.lifecycle import FINAL
from tests.simulation.town import Town, a_town

_ALERTS = 12
_SLICE = range(20)
_WHOLE = range(1000)
_TRADED = frozenset({OrderState.FILLED, OrderState.PARTIALLY_FILLED})


async def live(seed: int, *, store_faults: float) -> list[str]:
    """Live one town to its end and return what is wrong with it."""
    async with a_town(seed, users=2, store_faults=store_faults) as town:
        async with trio.open_nursery() as nursery:
            for account in town.accounts:
                nursery.start_soon(town.serve, account.user_id)
            for _ in range(_ALERTS):
                await town.alert(town.random.choice(town.accounts))
                await trio.sleep(town.random.expovariate(1.0))
            await trio.sleep(240)
            nursery.cancel_scope.cancel()
        return await judge(town)


async def judge(town: Town) -> list[str]:
    wrong = [f"sent {n} times" for n in _repeated(town.submits)]
    for order_id in town.promised:
        order = await town.store.orders.load(order_id)
        assert order is not None
        account = next(each for each in town.accounts if each.id == order.account_id)
        filled = await town.filled_at_venue(account, order.client_order_id)
        if order.state not in FINAL:
            wrong.append(f"left {order.state}")
        elif order.filled_quantity != filled:
            wrong.append(f"{order.state} with {order.filled_quantity}, {filled} at the venue")
        elif (order.state in _TRADED) != (filled > 0):
            wrong.append(f"{order.state}, {filled} at the venue")
    return wrong


def _repeated(sent: list[str]) -> list[int]:
    return [sent.count(each) for each in set(sent) if sent.count(each) > 1]


def run(seed: int, store_faults: float) -> list[str]:
    clock = trio.testing.MockClock(autojump_threshold=0)

    async def main() -> list[str]:
        return await live(seed, store_faults=store_faults)

    return trio.run(main, clock=clock)


@pytest.mark.parametrize("store_faults", [0.0, 0.05])
@pytest.mark.timeout(300)
def test_nothing_is_lost_sent_twice_or_lied_about(store_faults: float) -> None:
    wrong = {seed: found for seed in _SLICE if (found := run(seed, store_faults))}

    assert wrong == {}


@pytest.mark.long_prove
@pytest.mark.timeout(1800)
def test_nothing_goes_wrong_in_a_thousand_towns() -> None:
    wrong = {seed: found for seed in _WHOLE if (found := run(seed, 0.05))}

    assert wrong == {}
