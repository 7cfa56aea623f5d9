"""What a warm Lambda container keeps between two events: one loop, and one set of open services.

Lambda calls a plain function, and freezes the process between two calls. So the loop lives in a
thread of its own, where everything is opened and closed; each event's work is handed to it.
"""

from __future__ import annotations

import gc
import os
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from threading import Lock
from time import monotonic
from typing import TYPE_CHECKING, TypeVar

from anyio.from_thread import BlockingPortal, start_blocking_portal

from bus.open import open_bus, open_raw_queues
from bus.settings import read_settings as read_bus_settings
from bus.values import SystemClock
from handlers.launcher.open import open_launcher
from handlers.launcher.settings import read_settings as read_launcher_settings
from handlers.services import Services
from handlers.store.open import open_store
from handlers.store.settings import StoreSettings
from lambda_entry._addresses import with_addresses
from telemetry.plain import configure_plain
from telemetry.settings import read_settings as read_telemetry_settings

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Mapping

    from bus.base import Destination, Publisher
    from bus.raw import RawQueues
    from bus.settings import LaneRules

T = TypeVar("T")
_NEW_FOR_S = 30.0
# Lambda says so in each of its processes; who plays AWS in a process of its own logs as that does.
FUNCTION_VARIABLE = "AWS_LAMBDA_FUNCTION_NAME"


@dataclass(frozen=True, slots=True, kw_only=True)
class Means:
    """Everything that an entrypoint works with, open."""

    services: Services
    publisher: Publisher
    queues: RawQueues
    lanes: Mapping[Destination, LaneRules]


Work = Callable[[Means], Awaitable[T]]


@asynccontextmanager
async def open_means(environment: Mapping[str, str]) -> AsyncGenerator[Means]:
    """Open what the environment names; servers that are away do not stop it."""
    clock = SystemClock()
    store_settings = StoreSettings.from_env(environment)
    bus_settings = read_bus_settings(environment)
    launcher_settings = read_launcher_settings(environment)
    async with AsyncExitStack() as stack:
        store = await stack.enter_async_context(open_store(store_settings, clock))
        bus = await stack.enter_async_context(open_bus(bus_settings))
        queues = await stack.enter_async_context(open_raw_queues(bus_settings))
        launcher = await stack.enter_async_context(open_launcher(launcher_settings))
        yield Means(
            services=Services(
                store=store,
                pool=bus.pool,
                hints=bus.hints,
                launcher=launcher,
                clock=clock,
                pool_size=launcher_settings.pool_size,
            ),
            publisher=bus.publisher,
            queues=queues,
            lanes=bus_settings.lanes,
        )


class Container:
    """A loop in a thread, with everything open in it."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        with ExitStack() as opening:
            self._portal: BlockingPortal = opening.enter_context(start_blocking_portal())
            means = self._portal.wrap_async_context_manager(open_means(environment))
            self._means = opening.enter_context(means)
            self._opened = opening.pop_all()

    def run(self, work: Work[T]) -> T:
        """Do an event's work in the loop, and return what came of it."""
        return self._portal.call(work, self._means)

    def close(self) -> None:
        """Close everything and end the loop."""
        self._opened.close()


class Warm:
    """The container of this process: opened by the first event, and anew after it broke."""

    def __init__(
        self, open_container: Callable[[], Container], *, now: Callable[[], float] = monotonic
    ) -> None:
        self._open = open_container
        self._now = now
        self._opened_at = 0.0
        self._lock = Lock()
        self._container: Container | None = None

    def run(self, work: Work[T]) -> T:
        """Do an event's work.

        Handlers' own failures are no errors here; whatever is raised means that the container is
        broken, and the next event finds a new one.
        """
        with self._lock:
            if self._container is None:
                self._container = self._open()
                self._opened_at = self._now()
            container = self._container
        try:
            return container.run(work)
        except Exception:
            self.discard(container)
            raise

    def doubt(self) -> None:
        """Hear that something failed: a container that is not new may know addresses of old.

        The next event then reads them anew, as those that came after a database moved have to.
        """
        if self._now() - self._opened_at >= _NEW_FOR_S:
            self.discard()

    def discard(self, container: Container | None = None) -> None:
        """Forget the container (if it is still this one), and close it as far as that goes."""
        with self._lock:
            found = self._container
            if found is None or container not in {None, found}:
                return
            self._container = None
        try:
            found.close()
        except Exception:  # noqa: BLE001 - it is broken already, and nobody needs it any more
            return


def open_container(environment: Mapping[str, str]) -> Container:
    """Open what the environment and its secret name; in Lambda, see to its log lines first."""
    if FUNCTION_VARIABLE not in environment:
        return Container(with_addresses(environment))
    configure_plain(read_telemetry_settings("lambda", environment))
    try:
        return Container(with_addresses(environment))
    finally:
        # What is there by now stays: it need never be looked at again.
        gc.freeze()
        gc.enable()


# Lambda keeps a module, and nothing else, between two events.
warm = Warm(partial(open_container, os.environ))
