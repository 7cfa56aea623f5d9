"""Whether the queues on SQS answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import anyio
import pytest

from bus.errors import TransportUnavailableError
from bus.open import create_queues, open_bus
from tests.contract.bus.transports import a_prefix, sqs_settings_of
from tests.servers.emulator import running_emulator

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from tests.servers.emulator import EmulatorServer
    from tests.servers.valkey import ValkeyServer

pytestmark = [pytest.mark.anyio, pytest.mark.aws, pytest.mark.valkey]


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


async def test_queues_that_are_not_made_are_named(
    emulator: EmulatorServer, valkey: ValkeyServer
) -> None:
    settings = sqs_settings_of(emulator, valkey, prefix=a_prefix())
    async with open_bus(settings) as bus:
        assert bus.ping_queues is not None
        with pytest.raises(
            TransportUnavailableError, match="maintenance, order-tasks, pool-claim, worker-control"
        ):
            await bus.ping_queues()
        await create_queues(settings)

        # What was bad is asked again soon.
        with anyio.fail_after(10):
            while await _is_away(bus.ping_queues):  # noqa: ASYNC110 - nobody announces it
                await anyio.sleep(0.1)


async def test_a_good_answer_is_kept_for_a_moment(
    emulator: EmulatorServer, valkey: ValkeyServer
) -> None:
    del emulator  # it sets who signs
    with running_emulator() as own:
        settings = sqs_settings_of(own, valkey, prefix=a_prefix())
        await create_queues(settings)
        async with open_bus(settings) as bus:
            assert bus.ping_queues is not None
            await bus.ping_queues()
            own.kill()

            await bus.ping_queues()


async def _is_away(ping: Callable[[], Awaitable[None]]) -> bool:
    try:
        await ping()
    except TransportUnavailableError:
        return True
    return False
