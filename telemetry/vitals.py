"""How a process itself fares: its loop, its memory, its files, and what it holds of its servers.

Nothing of it is on any path: what is counted stands in plain integers anyway, and is read when
somebody asks, in a thread of its own. The one thing that takes a turn of the loop is measuring how
late the loop is.
"""

from __future__ import annotations

import logging
import os
from contextlib import ExitStack, asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import anyio

from telemetry.errors import TelemetrySettingsError

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Iterable, Mapping
    from contextlib import AbstractContextManager

    from telemetry.export_settings import ExportSettings
    from telemetry.meters import Meters, Reading

    Resources = Mapping[str, "Callable[[], Usage]"]

_EVERY_S = 0.5
# As long as a look of Prometheus is apart from the next one: the worst in between is shown.
_REMEMBERED = 30
# The process is about to end: what a collector does not take by then is lost.
_LAST_S = 1.0
_PAGE = os.sysconf("SC_PAGE_SIZE")
_log = logging.getLogger(__name__)
_STATM, _FILES = Path("/proc/self/statm"), Path("/proc/self/fd")


class Usage(NamedTuple):
    """How much of something is taken, and who waits for it.

    Attributes:
        is_up: Whether it is there at all, as far as is known.
        in_use: Connections that are lent or open.
        waiting: Who waits: for a connection, or for a reply.
    """

    is_up: bool
    in_use: int
    waiting: int


class LoopLag:
    """How late the event loop is: by how much a timer comes after its time."""

    def __init__(self) -> None:
        self._latest: list[float] = []

    @property
    def worst_s(self) -> float:
        """The worst of the last 15 s, in seconds."""
        return max(self._latest, default=0.0)

    async def run(self) -> None:
        """Measure twice a second until cancelled."""
        while True:
            due = anyio.current_time() + _EVERY_S
            await anyio.sleep_until(due)
            self._latest = [*self._latest[1 - _REMEMBERED :], anyio.current_time() - due]


@asynccontextmanager
async def vitals_shown(
    settings: ExportSettings,
    service: str,
    resources: Resources,
    *,
    more: Callable[[Meters], None] = lambda _: None,
) -> AsyncGenerator[None]:
    """Show the vitals of this process while the context is open; to nobody, nothing runs.

    Args:
        settings: Who is told.
        service: What the process is called.
        resources: What it holds, by name; read in a thread, so reading must change nothing.
        more: Makes further instruments.

    A port that is not to be had is said in the log: what the process is for goes on without.
    """
    if not settings.is_anywhere:
        yield
        return
    lag = LoopLag()
    with ExitStack() as stack:
        try:
            meters = stack.enter_context(_open(settings, service))
        except TelemetrySettingsError as error:
            _log.warning("vitals_not_shown", extra={"why": str(error)})
        else:
            _show(meters, lag, resources)
            more(meters)
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(lag.run)
            yield
            tasks.cancel_scope.cancel()


def _open(settings: ExportSettings, service: str) -> AbstractContextManager[Meters]:
    from telemetry.meters import open_meters  # noqa: PLC0415 - the SDK loads where it is asked for

    return open_meters(settings, service, last_s=_LAST_S)


def _show(meters: Meters, lag: LoopLag, resources: Resources) -> None:
    meters.gauge(
        "fourpass.process.loop.lag",
        "The latest that the event loop was, of the last 15 s",
        lambda: [({}, lag.worst_s)],
        unit="s",
    )
    meters.gauge("fourpass.process.memory", "Resident memory", _memory, unit="By")
    meters.gauge("fourpass.process.open_files", "Open file descriptors", _open_files)
    for name, field, about in (
        ("fourpass.resource.is_up", "is_up", "Whether what a process holds is there"),
        ("fourpass.resource.in_use", "in_use", "Connections that are lent or open"),
        ("fourpass.resource.waiting", "waiting", "Who waits for a connection or a reply"),
    ):
        meters.gauge(name, about, _reader(resources, field))


def _reader(resources: Resources, field: str) -> Callable[[], Iterable[Reading]]:
    def read() -> Iterable[Reading]:
        return [
            ({"resource": name}, int(getattr(usage(), field))) for name, usage in resources.items()
        ]

    return read


def _memory() -> Iterable[Reading]:
    if not _STATM.exists():
        return []
    return [({}, int(_STATM.read_text().split()[1]) * _PAGE)]


def _open_files() -> Iterable[Reading]:
    return [({}, len(list(_FILES.iterdir())))] if _FILES.exists() else []
