"""Points 16 to 19: allowances, clocks, credentials and connections that fail."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from broker_adapters.base import Accepted, Cancelled, NotSent, OrderReport, Reason, Rejected
from broker_adapters.errors import AuthFailedError
from bus.values import OrderState
from tests.contract.broker_adapters.grounds.ground import Trait
from tests.contract.broker_adapters.points.asking import point
from tests.contract.broker_adapters.points.hearing import exhausted, heard_loss, heard_until

if TYPE_CHECKING:
    from tests.contract.broker_adapters.grounds.ground import Ground
    from tests.contract.broker_adapters.points.asking import Asking

pytestmark = pytest.mark.anyio

_SECOND = timedelta(seconds=1)


@point(16)
async def test_order_over_the_allowance_is_provably_not_placed(
    ground: Ground, asking: Asking
) -> None:
    if await asking.declares(ground, Trait.RATE_LIMIT):
        return
    wait = await ground.exhaust()
    request = ground.limit(below=10)

    outcome = await ground.submit(request)

    assert isinstance(outcome, NotSent)
    assert timedelta(0) < outcome.retry_after <= wait + _SECOND
    assert await ground.placed(request.client_order_id) == 0


@point(16)
async def test_order_sent_again_after_the_allowance_is_taken(
    ground: Ground, asking: Asking
) -> None:
    if await asking.declares(ground, Trait.RATE_LIMIT):
        return
    await ground.exhaust()
    request = ground.limit(below=10)
    outcome = await ground.submit(request)
    if isinstance(outcome, Accepted):
        # On a busy machine the allowance was back before it was asked for.
        await ground.exhaust()
        request = ground.limit(below=10)
        outcome = await ground.submit(request)
    assert isinstance(outcome, NotSent)

    await ground.pass_(outcome.retry_after)

    assert isinstance(await ground.submit(request), Accepted)
    assert await ground.placed(request.client_order_id) == 1


@point(16)
async def test_cancel_is_not_starved_by_orders(ground: Ground, asking: Asking) -> None:
    if await asking.declares(ground, Trait.RATE_LIMIT):
        return
    report = await ground.accepted(ground.limit(below=10))
    await ground.exhaust()

    outcome = await ground.broker.cancel(ground.ref(report))

    assert isinstance(outcome, Cancelled)


@point(17)
@pytest.mark.parametrize("seconds", [90, -90])
async def test_clock_apart_in_mid_session_costs_one_send_and_no_order(
    ground: Ground, asking: Asking, seconds: int
) -> None:
    if await asking.declares(ground, Trait.CLOCK):
        return
    await ground.skew(seconds * _SECOND)
    request = ground.limit(below=10)

    first = await ground.submit(request)
    second = await ground.submit(request)

    assert isinstance(first, NotSent)
    assert isinstance(second, Accepted)
    assert await ground.placed(request.client_order_id) == 1


@point(17)
@pytest.mark.parametrize("seconds", [90, -90])
async def test_clock_apart_from_the_start_costs_nothing(
    ground: Ground, asking: Asking, seconds: int
) -> None:
    if await asking.declares(ground, Trait.CLOCK):
        return
    await ground.skew(seconds * _SECOND)

    ground.broker = await ground.anew()

    assert isinstance(await ground.submit(ground.limit(below=10)), Accepted)
    skew = (await ground.broker.health()).clock_skew_ms
    assert abs(skew - seconds * 1000) < 1000


@point(18)
async def test_refused_credentials_open_no_session(ground: Ground, asking: Asking) -> None:
    if await asking.declares(ground, Trait.CREDENTIALS):
        return
    stranger = await ground.stranger()

    with pytest.raises(AuthFailedError):
        await stranger.connect(deadline=ground.clock.now() + 10 * _SECOND)
    await stranger.close()


@point(18)
async def test_revoked_credentials_end_the_stream_for_good(ground: Ground, asking: Asking) -> None:
    if await asking.declares(ground, Trait.CREDENTIALS):
        return
    await ground.revoke()

    with pytest.raises(AuthFailedError):
        await exhausted(ground.broker)


@point(18)
async def test_order_under_revoked_credentials_is_refused_for_that(
    ground: Ground, asking: Asking
) -> None:
    if await asking.declares(ground, Trait.CREDENTIALS):
        return
    await ground.revoke()

    outcome = await ground.submit(ground.request())

    assert isinstance(outcome, Rejected)
    assert outcome.reason in {Reason.AUTH, Reason.PERMISSION}


@point(19)
async def test_lost_connection_is_told_as_a_gap_once_it_is_back(
    ground: Ground, asking: Asking
) -> None:
    if await asking.declares(ground, Trait.CONNECTION):
        return
    async with ground.outage():
        pass

    await heard_loss(ground.broker)


@point(19)
async def test_fill_during_an_outage_is_told_afterwards(ground: Ground, asking: Asking) -> None:
    if await asking.declares(ground, Trait.CONNECTION):
        return
    report = await ground.accepted(ground.limit(below=10))
    async with ground.outage():
        await ground.market(ground.price - 20 * ground.tick)

    heard = await heard_until(
        ground, lambda told: any(each.state is OrderState.FILLED for each in told)
    )

    assert heard[-1].broker_order_id == report.broker_order_id
    assert sum(fill.quantity for each in heard for fill in each.fills) == report.quantity


@point(19)
async def test_sessions_are_not_used_up_by_opening_again(ground: Ground, asking: Asking) -> None:
    await asking.declares(ground, Trait.SESSIONS)

    for _ in range((ground.broker.capabilities.sessions or 0) + 3):
        await ground.broker.close()
        await ground.broker.connect(deadline=ground.clock.now() + 10 * _SECOND)

    report = await ground.accepted(ground.limit(below=10))
    assert isinstance(await ground.found(report), OrderReport)
