"""The wheel's PostgreSQL as a part: the record of everything, so durable before all else."""

from __future__ import annotations

import signal
from contextlib import asynccontextmanager
from functools import partial
from typing import TYPE_CHECKING

import msgspec

from infra.local.embedded import cluster as clusters
from infra.local.embedded.addresses import LOOPBACK, fits_a_socket, free_port
from infra.local.embedded.cluster import Cluster
from infra.local.embedded.leftovers import tidy
from infra.local.logins import VARIABLES, password_of
from infra.local.supervising.parts import Command, Part
from infra.local.supervising.supervisor import Supervisor, ignore, supervised

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Mapping
    from pathlib import Path

SOCKET_PORT = 5432


class PostgresSettings(msgspec.Struct, frozen=True, kw_only=True):
    """What may be chosen about the embedded PostgreSQL."""

    shared_buffers_mib: int = 64
    max_connections: int = 1000


class EmbeddedPostgres(msgspec.Struct, frozen=True, kw_only=True):
    """A running PostgreSQL, the URL of its superuser, and by variable those of the roles."""

    part: Part
    url: str
    logins: dict[str, str]

    def __repr__(self) -> str:
        return f"EmbeddedPostgres(address={self.part.address!r})"


@asynccontextmanager
async def open_postgres(
    data_dir: Path,
    settings: PostgresSettings,
    *,
    on_change: Callable[[Part], None] = ignore,
) -> AsyncGenerator[EmbeddedPostgres]:
    """Run PostgreSQL while the context is open; it is ready when entered.

    Raises:
        PartFailedError: It did not come up.
    """
    cluster = Cluster(folder=(data_dir / "postgres").absolute())
    await clusters.create(cluster)
    if fits_a_socket(cluster.sockets / f".s.PGSQL.{SOCKET_PORT}"):
        listen = {"listen_addresses": "", "unix_socket_directories": str(cluster.sockets)}
        port, address = SOCKET_PORT, str(cluster.sockets)
    else:
        listen = {"listen_addresses": LOOPBACK, "unix_socket_directories": ""}
        port = free_port()
        address = f"{LOOPBACK}:{port}"
    url = running_url(data_dir, address)
    logins = {
        variable: running_url(data_dir, address, role) for role, variable in VARIABLES.items()
    }
    options = {**listen, "port": str(port), **server_options(settings)}
    command = Command(
        name=clusters.NAME,
        argv=(
            clusters.program("postgres"), "-D", str(cluster.data),
            *(part for name, value in options.items() for part in ("-c", f"{name}={value}")),
        ),
        ready_line="database system is ready to accept connections",
        address=address,
        own_folder=str(cluster.folder),
        stop_signal=signal.SIGINT,
        stop_within_s=8,
        death_signal=signal.SIGQUIT,
        ready_within_s=120,
    )  # fmt: skip
    supervisor = Supervisor(command, on_change=on_change, before_start=partial(tidy, cluster))
    async with supervised(supervisor) as part:
        yield EmbeddedPostgres(part=part, url=url, logins=logins)


def running_url(data_dir: Path, address: str, role: str | None = None) -> str:
    """Return the URL of a role of the server that listens at this address; else the superuser's.

    Args:
        data_dir: Where the server's data and password are.
        address: The folder of its socket, or host and port, as its part says.
        role: One of the record's roles, which `up` lets in.
    """
    secret = clusters.password(Cluster(folder=(data_dir / "postgres").absolute()))
    who = f"postgres:{secret}" if role is None else f"{role}:{password_of(role, secret)}"
    if address.startswith("/"):
        return f"postgresql://{who}@/postgres?host={address}&port={SOCKET_PORT}"
    return f"postgresql://{who}@{address}/postgres"


def server_options(settings: PostgresSettings) -> Mapping[str, str]:
    """Return the server's settings: nothing acknowledged is lost, and no row reaches its log."""
    return {
        "fsync": "on",
        "synchronous_commit": "on",
        "full_page_writes": "on",
        "shared_buffers": f"{settings.shared_buffers_mib}MB",
        "max_connections": str(settings.max_connections),
        "work_mem": "2MB",
        "max_wal_size": "256MB",
        "io_method": "sync",
        "jit": "off",
        "timezone": "UTC",
        "log_timezone": "UTC",
        "lc_messages": "C",
        "log_line_prefix": "",
        "log_error_verbosity": "terse",
        "log_min_error_statement": "panic",
        "idle_in_transaction_session_timeout": "60s",
    }
