from __future__ import annotations

import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import anyio
import psutil
import pytest

from infra.local.supervising.parts import Command, PartState
from infra.local.supervising.supervisor import Supervisor, supervised
from tests.integration.embedded.a_stack import environment, up
from tests.integration.embedded.watching import family, is_alive, until

if TYPE_CHECKING:
    from pathlib import Path

    from infra.local.supervising.parts import Part

pytestmark = [pytest.mark.anyio, pytest.mark.postgres, pytest.mark.valkey, pytest.mark.timeout(90)]

BEFORE_ANY_HANDLER = -signal.SIGTERM


def starting(data_dir: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "infra.local.cli", "up", "--port", "0", "--no-demo"],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, text=True,
        env=environment(FOURPASS_DATA_DIR=str(data_dir)),
    )  # fmt: skip


def those_on(data_dir: Path) -> list[int]:
    """Return the processes that were told of the folder, by environment or by command line."""
    found: list[int] = []
    for process in psutil.process_iter():
        try:
            told = [*process.cmdline(), *process.environ().values()]
        except psutil.Error:
            continue
        if any(str(data_dir) in word for word in told):
            found.append(process.pid)
    return [pid for pid in found if is_alive(pid)]


@pytest.mark.parametrize("after_s", [0.3, 0.7, 1.0, 1.2, 1.4, 1.6, 1.8, 2.0, 2.4])
async def test_signal_during_a_start_ends_everything(first_start: Path, after_s: float) -> None:
    process = starting(first_start)
    await anyio.sleep(after_s)

    process.terminate()

    try:
        assert process.wait(30) in {0, BEFORE_ANY_HANDLER}
    finally:
        process.kill()
    await until(lambda: those_on(first_start) == [], within_s=5)


@pytest.mark.parametrize("after_s", [0.8, 1.2, 2.0, 3.0])
async def test_signal_during_the_very_first_start_ends_everything(
    data_dir: Path, after_s: float
) -> None:
    process = starting(data_dir)
    await anyio.sleep(after_s)

    process.terminate()

    try:
        assert process.wait(30) in {0, BEFORE_ANY_HANDLER}
    finally:
        process.kill()
    await until(lambda: those_on(data_dir) == [], within_s=5)


async def test_part_that_is_starting_ends_when_its_opener_is_cancelled() -> None:
    states: list[PartState] = []
    seen: list[int] = []

    def note(part: Part) -> None:
        states.append(part.state)
        seen.extend([part.pid] if part.pid else [])

    command = Command(
        name="toy",
        argv=(sys.executable, "-c", "import time; time.sleep(60)"),
        ready_line="never said",
    )
    supervisor = Supervisor(command, on_change=note)

    with anyio.fail_after(10):
        async with anyio.create_task_group() as tasks:

            async def open_it() -> None:
                async with supervised(supervisor):
                    pass

            tasks.start_soon(open_it)
            await until(lambda: bool(seen))
            tasks.cancel_scope.cancel()

    assert states == [PartState.STARTING, PartState.STOPPING, PartState.STOPPED]
    assert not is_alive(seen[0])


async def test_second_signal_waits_for_no_part(lived_in: Path) -> None:
    with up(lived_in) as process:
        pids = family(process.pid)
        parts = psutil.Process(process.pid).children()
        [worker_host] = [part for part in parts if "worker" in part.cmdline()]
        worker_host.suspend()
        process.terminate()
        await anyio.sleep(1.5)

        began = anyio.current_time()
        process.terminate()

        assert process.wait(30) == 0
        assert anyio.current_time() - began < 6
        await until(lambda: not any(map(is_alive, pids)))
