"""A Lambda function's cold start: fresh process to first handled event, lean against the usual way.

Both run from the built zip alone, as Lambda would: its packages, its bytecode. The usual way
imports the AWS SDK and makes a client at the top of the module. The event is one that finds nothing
to do, so that what is measured is the start.
"""

from __future__ import annotations

import os
import resource
import sys
import zipfile
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import TYPE_CHECKING

import anyio
import anyio.to_thread
import msgspec

from bench.handicap import share
from bench.servers import running_servers
from bench.traders import add_trader
from bus.codec import encode
from bus.envelope import seal
from bus.ids import uuid7
from bus.messages import Finding, HealOrphan
from bus.raw import RawMessage
from bus.values import SystemClock
from handlers.store.open import open_store
from handlers.store.settings import StoreSettings
from infra.local.cloud.package import build
from infra.local.control.functions import sqs_event
from infra.local.queues import NOBODY
from telemetry.stages import Stage

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Mapping, Sequence

    from bench.measure import Figures, Round
    from bench.servers import Servers
    from bus.values import UserId

_STARTS = 3
_ARN = "arn:aws:sqs:us-east-1:000000000000:fourpass-maintenance"
_USUAL = """
import asyncio
from aiobotocore.session import get_session
async def open_client():
    opened = get_session().create_client(
        "sqs", region_name="us-east-1", endpoint_url="http://127.0.0.1:1"
    )
    return await opened.__aenter__()
client = asyncio.new_event_loop().run_until_complete(open_client())
"""
# The process ends as Lambda freezes it: nothing is closed.
_EVENT = """
import json, os, sys, time
from lambda_entry.maintenance_worker import handler
answer = handler(json.loads(sys.argv[1]), None)
assert answer == {"batchItemFailures": []}, answer
handicap = float(sys.argv[2])
ends = time.process_time() * (1.0 + handicap)
while handicap and time.process_time() < ends:
    pass
os.write(1, b"%d" % len(sys.modules))
os._exit(0)
"""


class Start(msgspec.Struct, frozen=True, kw_only=True):
    """What a fresh process took until its end, and the modules that it had loaded by then."""

    seconds: float
    cpu_seconds: float
    modules: int


@asynccontextmanager
async def function() -> AsyncGenerator[Round]:
    """Measure CPU and time of both."""
    async with running_servers() as servers, _unpacked() as home:
        settings = StoreSettings(database_url=servers.database_url)
        async with open_store(settings, SystemClock()) as store:
            user = (await add_trader(store)).user
        environment = _environment(servers)
        handicap = share(Stage.DELIVERED)

        async def take_round() -> Figures:
            taken = [
                (
                    await _start(home, _EVENT, user, environment, handicap),
                    await _start(home, _USUAL + _EVENT, user, environment),
                )
                for _ in range(_STARTS)
            ]
            lean, usual = map(_least, zip(*taken, strict=True))
            return {
                "zip_cold_start_ms": lean.seconds * 1e3,
                "zip_cold_start_cpu_ms": lean.cpu_seconds * 1e3,
                "usual_zip_cold_start_ms": usual.seconds * 1e3,
                "usual_zip_cold_start_cpu_ms": usual.cpu_seconds * 1e3,
                "zip_cold_start_over_usual": lean.seconds / usual.seconds,
                "zip_cold_start_cpu_over_usual": lean.cpu_seconds / usual.cpu_seconds,
                "zip_modules": lean.modules * (1.0 + handicap),
            }

        yield take_round


@asynccontextmanager
async def _unpacked() -> AsyncGenerator[Path]:
    """Build the zip and give a folder with what is in it."""
    with TemporaryDirectory(prefix="fourpass-function-") as named:
        folder = Path(named)
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        packed = await anyio.to_thread.run_sync(
            lambda: build(folder / "lambda.zip", python=version)
        )
        with zipfile.ZipFile(packed) as opened:
            await anyio.to_thread.run_sync(opened.extractall, folder / "home")
        yield folder / "home"


async def _start(
    home: Path, script: str, user: UserId, environment: Mapping[str, str], handicap: float = 0.0
) -> Start:
    """Run a fresh process to its end."""
    message = HealOrphan(user_id=user, finding=Finding.UNATTENDED_ORDER)
    sealed = seal(message, clock=SystemClock(), dedup_id=uuid7().hex)
    raw = RawMessage(
        message_id="1",
        receipt_handle="1",
        body=encode(sealed).decode(),
        attributes={"ApproximateReceiveCount": "1"},
    )
    event = msgspec.json.encode(sqs_event(_ARN, [raw])).decode()
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), perf_counter()
    # Without the packages of this machine.
    command = [sys.executable, "-S", "-c", script, event, str(handicap)]
    ended = await anyio.run_process(command, cwd=home, env={**environment, "PYTHONPATH": str(home)})
    seconds, after = perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    return Start(
        seconds=seconds,
        cpu_seconds=(after.ru_utime + after.ru_stime) - (before.ru_utime + before.ru_stime),
        modules=int(ended.stdout),
    )


def _least(starts: Sequence[Start]) -> Start:
    """Return the least of each: the rest is what others did to the caches."""
    return Start(
        seconds=min(each.seconds for each in starts),
        cpu_seconds=min(each.cpu_seconds for each in starts),
        modules=max(each.modules for each in starts),
    )


def _environment(servers: Servers) -> Mapping[str, str]:
    return {
        "PATH": os.defpath,
        "AWS_LAMBDA_FUNCTION_NAME": "fourpass-maintenance-worker",
        **servers.environment(),
        **NOBODY,
        "FOURPASS_QUEUES": "sqs",
        "FOURPASS_AWS_ENDPOINT_URL": "http://127.0.0.1:1",
        "FOURPASS_LAUNCHER_SOCKET": "/nowhere/launcher.sock",
    }
