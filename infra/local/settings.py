"""What the local profile is told by its command line and its environment; read once, by the CLI."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import msgspec

from bus.environment import whole_number
from edge.settings import read_edge_settings
from handlers.placeholders import problem_of_url
from infra.local.errors import RefusedError
from infra.local.observing.canary_settings import read_canary_settings
from telemetry.export_settings import read_export_settings

if TYPE_CHECKING:
    from collections.abc import Mapping

PORT_VARIABLE = "FOURPASS_PORT"
HOST_VARIABLE = "FOURPASS_HOST"
DATA_DIR_VARIABLE = "FOURPASS_DATA_DIR"
DATABASE_VARIABLE = "FOURPASS_DATABASE_URL"
APP_DATABASE_VARIABLE = "FOURPASS_APP_DATABASE_URL"
WORKER_DATABASE_VARIABLE = "FOURPASS_WORKER_DATABASE_URL"
CONTROL_DATABASE_VARIABLE = "FOURPASS_CONTROL_DATABASE_URL"
VALKEY_VARIABLE = "FOURPASS_VALKEY_URL"
AWS_VARIABLE = "FOURPASS_AWS_ENDPOINT_URL"
QUEUES_VARIABLE = "FOURPASS_QUEUES"
EDGES_VARIABLE = "FOURPASS_EDGE_PROCESSES"
LISTEN_VARIABLE = "FOURPASS_LISTEN_FD"

QUEUES = ("valkey", "sqs")
_DATABASE_SCHEMES = ("postgresql", "postgres")
_VALKEY_SCHEMES = ("redis", "rediss", "valkey", "valkeys", "unix")


class LocalSettings(msgspec.Struct, frozen=True, kw_only=True):
    """How the local profile runs.

    Attributes:
        port: Where the edge listens; 0 is any free port.
        with_demo: Whether a first start makes a demo user with a paper account.
        with_doubles: Whether brokers are played by doubles on this machine.
        queues: What carries the queues, `valkey` or `sqs`.
        database_url: A PostgreSQL instead of the embedded one.
        valkey_url: A Valkey instead of the embedded one.
        aws_endpoint_url: What plays AWS instead of the embedded server, where `queues` is sqs.
        edge_processes: How many processes share the port.
        is_observed: Whether somebody wants traces, metrics or a canary.
    """

    host: str = "127.0.0.1"
    port: int = 8000
    data_dir: Path = Path(".4pass")
    with_demo: bool = True
    with_doubles: bool = False
    queues: str = "valkey"
    database_url: str | None = None
    valkey_url: str | None = None
    aws_endpoint_url: str | None = None
    edge_processes: int = 1
    is_observed: bool = False

    def __repr__(self) -> str:
        return f"LocalSettings(host={self.host!r}, port={self.port}, data_dir={self.data_dir!s})"


class Choices(msgspec.Struct, frozen=True, kw_only=True):
    """What the command line said; it wins over the environment."""

    port: int | None = None
    data_dir: Path | None = None
    with_demo: bool = True
    with_doubles: bool = False
    queues: str | None = None


def read_settings(environment: Mapping[str, str], choices: Choices) -> LocalSettings:
    """Put command line and environment together.

    Raises:
        RefusedError: A value is wrong, or a placeholder somebody forgot; its variable is named.
        EdgeSettingsError: Likewise, for what the edge is told.
    """
    read_edge_settings({**environment, PORT_VARIABLE: ""})
    return LocalSettings(
        host=environment.get(HOST_VARIABLE) or "127.0.0.1",
        port=_port(environment, choices.port),
        data_dir=data_dir(environment, choices.data_dir),
        with_demo=choices.with_demo,
        with_doubles=choices.with_doubles,
        queues=_queues(environment, choices.queues),
        database_url=named_database(environment),
        valkey_url=_url(environment, VALKEY_VARIABLE, _VALKEY_SCHEMES),
        aws_endpoint_url=_url(environment, AWS_VARIABLE, ("http", "https")),
        edge_processes=_whole(environment, EDGES_VARIABLE, 1, least=1, most=64),
        is_observed=read_export_settings(environment).is_anywhere
        or read_canary_settings(environment) is not None,
    )


def data_dir(environment: Mapping[str, str], chosen: Path | None) -> Path:
    """Return the data folder, whole: no matter where a child process works."""
    named = chosen or Path(environment.get(DATA_DIR_VARIABLE) or ".4pass")
    return named.expanduser().absolute()


def named_database(environment: Mapping[str, str], variable: str = DATABASE_VARIABLE) -> str | None:
    """Return the URL of a PostgreSQL that is used instead of the embedded one."""
    return _url(environment, variable, _DATABASE_SCHEMES)


def required_url(environment: Mapping[str, str], variable: str) -> str:
    """Return the URL of a store that a part alone cannot do without.

    Raises:
        RefusedError: It is not set, or wrong.
    """
    schemes = _DATABASE_SCHEMES if variable == DATABASE_VARIABLE else _VALKEY_SCHEMES
    url = _url(environment, variable, schemes)
    if url is None:
        msg = f"{variable} is not set"
        raise RefusedError(msg)
    return url


def shown_address(url: str) -> str:
    """Return where a URL points, without who we are there."""
    parts = urlsplit(url)
    if parts.scheme == "unix":
        return parts.path
    return parts.netloc.rpartition("@")[2] or parts.path


def _port(environment: Mapping[str, str], chosen: int | None) -> int:
    if chosen is None:
        return _whole(environment, PORT_VARIABLE, 8000, least=0, most=65_535)
    if not 0 <= chosen <= 65_535:
        raise RefusedError("--port must be a whole number from 0 to 65535")
    return chosen


def _queues(environment: Mapping[str, str], chosen: str | None) -> str:
    queues = chosen or environment.get(QUEUES_VARIABLE) or "valkey"
    if queues not in QUEUES:
        msg = f"{QUEUES_VARIABLE} is none of: {', '.join(QUEUES)}"
        raise RefusedError(msg)
    return queues


def _whole(
    environment: Mapping[str, str], variable: str, default: int, *, least: int, most: int
) -> int:
    text = environment.get(variable, "")
    if not text:
        return default
    number = whole_number(text, least=least, most=most)
    if number is None:
        msg = f"{variable} must be a whole number from {least} to {most}"
        raise RefusedError(msg)
    return number


def _url(environment: Mapping[str, str], variable: str, schemes: tuple[str, ...]) -> str | None:
    url = environment.get(variable, "").strip()
    if not url:
        return None
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        msg = f"{variable} is not a URL"
        raise RefusedError(msg) from None
    if parts.scheme not in schemes:
        msg = f"{variable} must begin with {schemes[0]}://"
        raise RefusedError(msg)
    if problem := problem_of_url(url):
        msg = f"{variable} {problem}"
        raise RefusedError(msg)
    return url
