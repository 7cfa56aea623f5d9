"""The server that plays AWS as a part: SQS and what else the house asks of AWS, on this machine.

It keeps nothing on disk, so whatever must be there is made anew after each of its starts.
"""

from __future__ import annotations

import os
import shutil
from contextlib import asynccontextmanager
from functools import partial
from typing import TYPE_CHECKING

import anyio
import msgspec
import structlog

from infra.local.embedded.addresses import LOOPBACK, free_port
from infra.local.errors import PartFailedError
from infra.local.making.bootstrap import EMULATOR
from infra.local.supervising.parts import Command, Part, PartState
from infra.local.supervising.supervisor import Supervisor, ignore, supervised

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable
    from pathlib import Path

NAME = "aws"
AGAIN_AFTER_S = 0.5

log: structlog.stdlib.BoundLogger = structlog.get_logger("aws")


class EmbeddedEmulator(msgspec.Struct, frozen=True, kw_only=True):
    """A running server and the URL that plays AWS."""

    part: Part
    url: str


class Starts:
    """Counts how often the part became ready, for who must do something after each time."""

    def __init__(self, on_change: Callable[[Part], None]) -> None:
        self._on_change = on_change
        self._changed = anyio.Event()
        self.count = 0

    def note(self, part: Part) -> None:
        """Hear of a change, and pass it on."""
        if part.state is PartState.READY:
            self.count += 1
            self._changed.set()
            self._changed = anyio.Event()
        self._on_change(part)

    async def another(self, than: int) -> None:
        """Wait until there were more starts."""
        while self.count <= than:
            await self._changed.wait()


@asynccontextmanager
async def open_emulator(
    data_dir: Path,
    *,
    furnish: Callable[[str], Awaitable[None]],
    on_change: Callable[[Part], None] = ignore,
) -> AsyncGenerator[EmbeddedEmulator]:
    """Run the server while the context is open; it is ready and furnished when entered.

    Args:
        data_dir: Where it may write what it does not keep.
        furnish: Makes what must be there, given the URL; run again after each restart.
        on_change: Told of each change of the part.

    Raises:
        PartFailedError: It did not come up.
    """
    folder = (data_dir / "aws").absolute()
    port = free_port()
    url = f"http://{LOOPBACK}:{port}"
    command = Command(
        name=NAME,
        argv=(program(),),
        ready_line=f"Running on {url}",
        address=f"{LOOPBACK}:{port}",
        environ=environment(folder, port),
        stop_within_s=3,
    )
    starts = Starts(on_change)
    supervisor = Supervisor(command, on_change=starts.note, before_start=partial(tidy, folder))
    async with supervised(supervisor) as part:
        furnished = starts.count
        await furnish(url)
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(furnish_again, starts, furnished, partial(furnish, url))
            yield EmbeddedEmulator(part=part, url=url)
            tasks.cancel_scope.cancel()


async def furnish_again(
    starts: Starts, furnished: int, furnish: Callable[[], Awaitable[None]]
) -> None:
    """Furnish after each further start, and go on trying: it may be on its way down again."""
    while True:
        await starts.another(than=furnished)
        try:
            now = starts.count
            await furnish()
            furnished = now
        except PartFailedError as error:
            log.warning("not_furnished", part=NAME, why=str(error))
            await anyio.sleep(AGAIN_AFTER_S)


def environment(folder: Path, port: int) -> dict[str, str]:
    """Return its whole environment: loopback only, HTTP only, and none of our keys."""
    return {
        "PATH": os.defpath,
        "HOME": str(folder),
        "TMPDIR": str(folder),
        "BIND_HOST": LOOPBACK,
        "GATEWAY_PORT": str(port),
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
    }


async def tidy(folder: Path) -> None:
    """Make its folder anew, without what an earlier run left."""
    await anyio.to_thread.run_sync(partial(shutil.rmtree, folder, ignore_errors=True))
    await anyio.Path(folder).mkdir(mode=0o700, parents=True)


def program() -> str:
    """Return the server that set-up installs in an environment of its own."""
    path = EMULATOR / "bin" / "ministack"
    if not path.is_file():
        raise PartFailedError(
            NAME, "the server that plays AWS is not installed: run `make setup`, or set"
            " FOURPASS_AWS_ENDPOINT_URL"
        )  # fmt: skip
    return str(path)
