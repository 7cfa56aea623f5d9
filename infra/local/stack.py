"""The local profile, opened top to bottom in the order of the path; closed the other way round."""

from __future__ import annotations

import signal
import sys
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING

import anyio
import structlog

from bus.values import SystemClock
from handlers.launcher.settings import SOCKET_VARIABLE
from handlers.vault.settings import PRIVATE_VARIABLE
from infra.local import settings as names
from infra.local.board import Board, kept
from infra.local.data_folder import owned
from infra.local.embedded import PostgresSettings, ValkeySettings, open_postgres, open_valkey
from infra.local.launcher_socket import launcher_socket
from infra.local.listening import base_url, listening
from infra.local.logins import named_logins, told_as
from infra.local.own_keys import own_keys
from infra.local.played import played_brokers, told_of
from infra.local.processes import own_processes, shown_apart
from infra.local.queues import open_queues
from infra.local.steps import prepare
from infra.local.supervising.haste import Haste
from infra.local.supervising.parts import Command, PartState, PartStatus
from infra.local.supervising.supervisor import Supervisor, nothing, sole_error, starting
from infra.local.welcome import welcome

if TYPE_CHECKING:
    import socket
    from collections.abc import AsyncGenerator, AsyncIterator, Callable, Coroutine, Mapping

    from infra.local.processes import OwnProcess
    from infra.local.settings import LocalSettings
    from infra.local.supervising.parts import Part

ONE_WISH_S = 1.0

log: structlog.stdlib.BoundLogger = structlog.get_logger("up")


async def run(
    settings: LocalSettings,
    environment: Mapping[str, str],
    *,
    on_ready: Callable[[str], None],
) -> None:
    """Run everything until a signal says to stop.

    Raises:
        LocalError: Something did not come up; everything else was ended.
    """
    haste = Haste()

    async def work() -> None:
        async with open_stack(settings, environment, haste) as welcome_text:
            on_ready(welcome_text)
            await anyio.sleep_forever()

    try:
        await until_told_to_stop(work, hurry=haste.call)
    except BaseExceptionGroup as group:
        raise sole_error(group) from None


async def until_told_to_stop(
    work: Callable[[], Coroutine[None, None, None]], *, hurry: Callable[[], None]
) -> None:
    """Do the work until SIGTERM, SIGINT or SIGHUP; a later one says to hurry."""
    with anyio.open_signal_receiver(signal.SIGTERM, signal.SIGINT, signal.SIGHUP) as signals:
        async with anyio.create_task_group() as tasks:
            with anyio.CancelScope() as working:
                tasks.start_soon(heed, signals, working, hurry)
                await work()
            tasks.cancel_scope.cancel()


async def heed(
    signals: AsyncIterator[signal.Signals], working: anyio.CancelScope, hurry: Callable[[], None]
) -> None:
    """End the work at the first signal, and hurry at later ones.

    A terminal, a shell and a service manager may all pass on the same wish: signals that come
    close together are one, and cost no part its orderly end.
    """
    told_at = None
    async for told in signals:
        if told_at is None:
            told_at = anyio.current_time()
            log.info("stopping", signal=told.name)
            working.cancel()
        elif anyio.current_time() - told_at >= ONE_WISH_S:
            hurry()


@asynccontextmanager
async def open_stack(
    settings: LocalSettings, environment: Mapping[str, str], haste: Haste
) -> AsyncGenerator[str]:
    """Open the whole local profile; yields what to say to the user when all of it is ready."""
    async with AsyncExitStack() as stack:
        data_dir = stack.enter_context(owned(settings.data_dir))
        bound = stack.enter_context(listening(settings.host, settings.port))
        board = Board(data_dir, "up")
        await stack.enter_async_context(kept(board))
        told = {**own_keys(data_dir), **environment, **child_environment(settings, bound)}
        told[SOCKET_VARIABLE] = str(stack.enter_context(launcher_socket(data_dir)))
        note = haste.seeing(board.note)
        told |= await open_stores(stack, settings, told, board, on_change=note)
        doubles = played_brokers(told, is_wanted=settings.with_doubles, on_change=note)
        played = await stack.enter_async_context(doubles)
        told |= played
        told |= await open_queues(stack, settings, told, on_change=note)
        demo = await prepare(settings, told, base_url(bound))
        await open_processes(stack, settings, told, bound, on_change=note)
        board.become_ready()
        yield welcome(base_url(bound), demo, data_dir) + told_of(played)


async def open_stores(
    stack: AsyncExitStack,
    settings: LocalSettings,
    environment: Mapping[str, str],
    board: Board,
    *,
    on_change: Callable[[Part], None],
) -> dict[str, str]:
    """Open PostgreSQL and Valkey, embedded unless others are named; tell children where."""
    if settings.database_url is None:
        opening = open_postgres(settings.data_dir, PostgresSettings(), on_change=on_change)
        embedded = await stack.enter_async_context(opening)
        database_url, logins = embedded.url, embedded.logins
    else:
        database_url = settings.database_url
        logins = named_logins(environment, database_url)
        board.note_status(outside("postgres", database_url))
    if settings.valkey_url is None:
        opened = open_valkey(settings.data_dir, ValkeySettings(), on_change=on_change)
        valkey_url = (await stack.enter_async_context(opened)).url
    else:
        valkey_url = settings.valkey_url
        board.note_status(outside("valkey", valkey_url))
    if settings.queues == "sqs" and settings.aws_endpoint_url is not None:
        board.note_status(outside("aws", settings.aws_endpoint_url))
    return {names.DATABASE_VARIABLE: database_url, names.VALKEY_VARIABLE: valkey_url, **logins}


async def open_processes(
    stack: AsyncExitStack,
    settings: LocalSettings,
    environment: Mapping[str, str],
    bound: socket.socket,
    *,
    on_change: Callable[[Part], None],
) -> None:
    """Start our own processes together, each once what it needs serves; wait until all do."""
    started: dict[str, anyio.Event] = {}
    for process in own_processes(settings):
        needed = started.get(process.needs)
        alike = [
            Supervisor(
                command, on_change=on_change, before_start=needed.wait if needed else nothing
            )
            for command in commands(process, environment, bound)
        ]
        await stack.enter_async_context(starting(*alike))
        started |= {each.command.name: each.started for each in alike}
    for each in started.values():
        await each.wait()


def child_environment(settings: LocalSettings, bound: socket.socket) -> dict[str, str]:
    """Tell children what the command line may have changed."""
    return {
        names.HOST_VARIABLE: settings.host,
        names.PORT_VARIABLE: str(bound.getsockname()[1]),
        names.DATA_DIR_VARIABLE: str(settings.data_dir),
        names.QUEUES_VARIABLE: settings.queues,
        names.LISTEN_VARIABLE: str(bound.fileno()),
    }


def commands(
    process: OwnProcess, environment: Mapping[str, str], bound: socket.socket
) -> list[Command]:
    """Describe how the processes of one kind are started."""
    told = told_as(process.role, environment)
    if not process.does_unseal:
        told.pop(PRIVATE_VARIABLE, None)
    return [
        Command(
            name=name,
            argv=(sys.executable, "-m", "infra.local.cli", *process.arguments),
            ready_line=process.ready_line,
            address=base_url(bound) if process.is_listening else None,
            environ=shown_apart(told, number),
            pass_fds=(bound.fileno(),) if process.is_listening else (),
            is_ours=True,
            stop_within_s=process.stop_within_s,
        )
        for number, name in enumerate(process.names)
    ]


def outside(name: str, url: str) -> PartStatus:
    """Describe a store that somebody else runs."""
    return PartStatus(
        name=name,
        state=PartState.OUTSIDE,
        pid=None,
        address=names.shown_address(url),
        since=SystemClock().now(),
    )
