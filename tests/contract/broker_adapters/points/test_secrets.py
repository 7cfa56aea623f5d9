"""Point 23: credentials are in no text that an adapter hands out or logs."""

from __future__ import annotations

import logging
import traceback
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

import pytest

from broker_adapters.errors import BrokerError
from tests.contract.broker_adapters.grounds.ground import Fault, Trait
from tests.contract.broker_adapters.points.asking import point
from tests.contract.broker_adapters.points.hearing import exhausted

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from broker_adapters.base import Broker
    from tests.contract.broker_adapters.grounds.ground import Ground
    from tests.contract.broker_adapters.points.asking import Asking

pytestmark = [pytest.mark.anyio, point(23)]

_HOUR = timedelta(hours=1)


async def test_secrets_are_in_no_log_text_or_error(
    ground: Ground, asking: Asking, caplog: pytest.LogCaptureFixture
) -> None:
    if await asking.declares(ground, Trait.CREDENTIALS):
        return
    caplog.set_level(logging.DEBUG)
    seen = [repr(ground.broker), str(vars(ground.broker))]
    stranger = await ground.stranger()
    seen.append(await _said(partial(_connect, ground, stranger)))
    for fault in Fault:
        await ground.fault(fault)
        seen.append(repr(await ground.submit(ground.limit(below=10))))
        await ground.release()
    await stranger.close()

    seen.append(caplog.text)

    assert ground.secrets()
    assert _shown(ground, seen) == []


async def test_secrets_are_in_nothing_that_is_said_of_a_venue_that_is_away(
    ground: Ground, asking: Asking, caplog: pytest.LogCaptureFixture
) -> None:
    if await asking.declares(ground, Trait.CREDENTIALS):
        return
    caplog.set_level(logging.DEBUG)

    async with ground.outage():
        seen = [*await _all_said(ground), await _said(ground.anew)]

    assert _shown(ground, [*seen, caplog.text]) == []


async def test_secrets_are_in_nothing_that_is_said_once_they_are_refused(
    ground: Ground, asking: Asking, caplog: pytest.LogCaptureFixture
) -> None:
    if await asking.declares(ground, Trait.CREDENTIALS):
        return
    caplog.set_level(logging.DEBUG)
    await ground.revoke()

    seen = [*await _all_said(ground), await _said(partial(exhausted, ground.broker))]

    assert _shown(ground, [*seen, caplog.text]) == []


async def _connect(ground: Ground, broker: Broker) -> None:
    await broker.connect(deadline=ground.clock.now() + timedelta(seconds=10))


async def _all_said(ground: Ground) -> list[str]:
    """Return what comes of everything that an adapter can be asked."""
    broker, ref, since = ground.broker, ground.ref(ground.request()), ground.clock.now() - _HOUR
    asked: list[Callable[[], Awaitable[object]]] = [
        partial(ground.submit, ground.request()),
        partial(broker.find, ref),
        partial(broker.cancel, ref),
        partial(broker.instruments, ground.symbol, limit=1),
        partial(broker.orders_since, since),
        partial(broker.fills_since, since),
        broker.open_orders,
        broker.positions,
        broker.balances,
        broker.health,
    ]
    return [await _said(each) for each in asked]


async def _said(ask: Callable[[], Awaitable[object]]) -> str:
    """Return an answer as text, or the error that came in its place."""
    try:
        return repr(await ask())
    except BrokerError as error:
        return "".join(traceback.format_exception(error))


def _shown(ground: Ground, seen: list[str]) -> list[str]:
    return [secret for secret in ground.secrets() if any(secret in text for text in seen)]
