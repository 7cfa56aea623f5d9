from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING

import anyio
import psutil
import pytest

from bus.base import Destination
from bus.open import create_queues, open_bus
from bus.routing import Carrier
from bus.settings import BusSettings, ValkeyAddress
from bus.sqs_settings import SqsSettings
from infra.local.embedded import open_emulator
from infra.local.errors import PartFailedError
from infra.local.supervising.parts import PartState
from tests.contract.bus.letters import a_letter
from tests.integration.embedded.watching import is_alive, until_state

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [pytest.mark.anyio, pytest.mark.aws, pytest.mark.timeout(60)]
LANE = Destination.MAINTENANCE


async def nothing(_: str) -> None:
    """Furnish nothing."""


def settings_of(url: str) -> BusSettings:
    sqs = SqsSettings(region="us-east-1", endpoint_url=url, signs_as_nobody=True)
    return BusSettings(valkey=ValkeyAddress(), queues=Carrier.SQS, sqs=sqs)


async def test_it_is_furnished_when_opened_and_gone_when_closed(data_dir: Path) -> None:
    async def furnish(url: str) -> None:
        await create_queues(settings_of(url))

    async with open_emulator(data_dir, furnish=furnish) as emulator:
        pid = emulator.part.pid
        async with open_bus(settings_of(emulator.url)) as bus:
            await bus.publisher.publish(LANE, a_letter())

    assert pid is not None
    assert not is_alive(pid)


async def test_it_is_furnished_again_after_each_of_its_starts(data_dir: Path) -> None:
    times = 0
    again = anyio.Event()

    async def furnish(_: str) -> None:
        nonlocal times
        times += 1
        if times == 2:
            again.set()

    async with open_emulator(data_dir, furnish=furnish) as emulator:
        os.kill(emulator.part.pid or 0, signal.SIGKILL)
        with anyio.fail_after(30):
            await again.wait()

        assert times == 2
        assert emulator.part.state is PartState.READY


async def test_a_furnishing_that_fails_after_a_restart_is_tried_again(data_dir: Path) -> None:
    times = 0
    done = anyio.Event()

    async def furnish(_: str) -> None:
        nonlocal times
        times += 1
        if times == 2:
            raise PartFailedError("aws", "on its way down again")
        if times == 3:
            done.set()

    async with open_emulator(data_dir, furnish=furnish) as emulator:
        os.kill(emulator.part.pid or 0, signal.SIGKILL)
        await until_state(emulator.part, PartState.READY)
        with anyio.fail_after(30):
            await done.wait()

    assert times == 3


async def test_it_listens_on_the_loopback_alone(data_dir: Path) -> None:
    async with open_emulator(data_dir, furnish=nothing) as emulator:
        family = psutil.Process(emulator.part.pid or 0)
        processes = [family, *family.children(recursive=True)]
        listening = {
            connection.laddr.ip
            for process in processes
            for connection in process.net_connections()
            if connection.status == psutil.CONN_LISTEN
        }

    assert listening == {"127.0.0.1"}


async def test_no_key_of_ours_reaches_it(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "a real one")
    async with open_emulator(data_dir, furnish=nothing) as emulator:
        told = psutil.Process(emulator.part.pid or 0).environ()

    assert not [name for name in told if name.startswith(("AWS_", "FOURPASS_"))]


async def test_where_it_is_not_installed_it_says_what_to_do(
    data_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("infra.local.embedded.emulator.EMULATOR", tmp_path)

    with pytest.raises(PartFailedError, match="make setup"):
        async with open_emulator(data_dir, furnish=nothing):
            pass
