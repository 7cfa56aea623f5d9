"""Point 19: while a venue is away nothing is concluded from its silence."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from broker_adapters.base import NotSent, Unknown
from broker_adapters.errors import BrokerUnavailableError
from tests.contract.broker_adapters.grounds.ground import Trait
from tests.contract.broker_adapters.points.asking import point

if TYPE_CHECKING:
    from tests.contract.broker_adapters.grounds.ground import Ground
    from tests.contract.broker_adapters.points.asking import Asking

pytestmark = [pytest.mark.anyio, point(19)]

_HOUR = timedelta(hours=1)


async def test_look_up_while_the_venue_is_away_finds_nothing_out(
    ground: Ground, asking: Asking
) -> None:
    if await asking.declares(ground, Trait.CONNECTION):
        return
    report = await ground.accepted(ground.limit(below=10))

    async with ground.outage():
        placed = await ground.broker.find(ground.ref(report))
        never_sent = await ground.broker.find(ground.ref(ground.request()))

    assert isinstance(placed, Unknown)
    assert isinstance(never_sent, Unknown)


async def test_cancel_while_the_venue_is_away_is_unknown(ground: Ground, asking: Asking) -> None:
    if await asking.declares(ground, Trait.CONNECTION):
        return
    report = await ground.accepted(ground.limit(below=10))

    async with ground.outage():
        outcome = await ground.broker.cancel(ground.ref(report))

    assert isinstance(outcome, Unknown)


async def test_order_while_the_venue_is_away_is_not_called_refused(
    ground: Ground, asking: Asking
) -> None:
    if await asking.declares(ground, Trait.CONNECTION):
        return
    request = ground.request()

    async with ground.outage():
        outcome = await ground.submit(request)

    assert isinstance(outcome, NotSent | Unknown)
    assert await ground.placed(request.client_order_id) == 0


@pytest.mark.parametrize("read", ["open_orders", "positions", "balances"])
async def test_what_cannot_be_read_is_never_empty(
    ground: Ground, asking: Asking, read: str
) -> None:
    if await asking.declares(ground, Trait.CONNECTION):
        return
    await ground.accepted(ground.request())

    async with ground.outage():
        with pytest.raises(BrokerUnavailableError):
            await getattr(ground.broker, read)()


@pytest.mark.parametrize("read", ["orders_since", "fills_since"])
async def test_history_that_cannot_be_read_is_never_empty(
    ground: Ground, asking: Asking, read: str
) -> None:
    if await asking.declares(ground, Trait.CONNECTION):
        return
    await ground.accepted(ground.request())

    async with ground.outage():
        with pytest.raises(BrokerUnavailableError):
            await getattr(ground.broker, read)(ground.clock.now() - _HOUR)


async def test_venue_that_is_away_is_not_taken_for_one_that_refuses_the_key(
    ground: Ground, asking: Asking
) -> None:
    if await asking.declares(ground, Trait.CONNECTION):
        return

    # Where sessions have ways of their own, another one may be opened meanwhile.
    async with ground.outage():
        with suppress(BrokerUnavailableError):
            await ground.anew()
