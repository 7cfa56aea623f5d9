from __future__ import annotations

from contextlib import AsyncExitStack
from typing import TYPE_CHECKING

import pytest

from bus.base import Destination
from bus.open import open_raw_queues
from bus.settings import read_settings
from infra.local.errors import PartFailedError
from infra.local.queues import NOBODY, make_queues, open_queues
from infra.local.settings import LocalSettings
from tests.contract.bus.transports import a_prefix
from tests.servers.emulator import running_emulator, shared_emulator

if TYPE_CHECKING:
    from pathlib import Path

    from infra.local.supervising.parts import Part

pytestmark = [pytest.mark.anyio, pytest.mark.aws, pytest.mark.timeout(60)]


def ignore(_: Part) -> None:
    """Tell nobody."""


def told(**more: str) -> dict[str, str]:
    """Return what a child is told whose queues nobody else uses."""
    return {
        "FOURPASS_VALKEY_URL": "redis://127.0.0.1",
        "FOURPASS_QUEUES": "sqs",
        "FOURPASS_QUEUE_PREFIX": a_prefix(),
        **more,
    }


async def test_queues_on_valkey_need_nothing(data_dir: Path) -> None:
    async with AsyncExitStack() as stack:
        settings = LocalSettings(data_dir=data_dir)

        assert not await open_queues(stack, settings, told(), on_change=ignore)


async def test_children_are_told_where_the_embedded_queues_are_and_to_sign_as_nobody(
    data_dir: Path,
) -> None:
    environment = told()
    async with AsyncExitStack() as stack:
        settings = LocalSettings(data_dir=data_dir, queues="sqs")
        more = await open_queues(stack, settings, environment, on_change=ignore)

        assert more.items() >= NOBODY.items()
        assert more["FOURPASS_AWS_ENDPOINT_URL"].startswith("http://127.0.0.1:")


async def test_queues_are_made_on_what_somebody_else_runs(
    data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in NOBODY.items():
        monkeypatch.setenv(name, value)
    url = shared_emulator().url
    environment = told(FOURPASS_AWS_ENDPOINT_URL=url)
    async with AsyncExitStack() as stack:
        settings = LocalSettings(data_dir=data_dir, queues="sqs", aws_endpoint_url=url)
        assert not await open_queues(stack, settings, environment, on_change=ignore)
        async with open_raw_queues(read_settings(environment)) as raw:
            arn = await raw.arn(Destination.ORDER_TASKS)

    assert arn.endswith("order-tasks.fifo")


async def test_a_server_that_never_answers_stops_the_start(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with running_emulator() as gone:
        url = gone.url
    monkeypatch.setattr("infra.local.queues.PAUSE_S", 0.01)

    with pytest.raises(PartFailedError, match="the queues could not be made"):
        await make_queues(told(), url, is_ours=True)
