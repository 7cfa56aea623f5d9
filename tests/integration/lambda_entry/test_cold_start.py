"""What a fresh function has loaded when its first event is handled: each package is start-up time.

A gate of `bench` measures the time; this says by name what took it.
"""

from __future__ import annotations

import json
import subprocess
import sys
import sysconfig
from pathlib import Path
from typing import TYPE_CHECKING

import anyio.to_thread
import msgspec
import pytest

from bus.codec import encode
from bus.envelope import seal
from bus.ids import uuid7
from bus.messages import Finding, HealOrphan
from bus.raw import RawMessage
from infra.local.control.functions import sqs_event
from infra.local.logins import CONTROL, told_as
from tests.integration.worker_runtime.hosts import CLOCK

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from tests.integration.worker_runtime.hosts import World

pytestmark = [pytest.mark.anyio, pytest.mark.postgres, pytest.mark.valkey]

_ROOT = Path(__file__).parents[3]
_NOBODY_ANSWERS = "http://127.0.0.1:1"
_FIRST_EVENT = """
import gc, json, os, sys
from lambda_entry.maintenance_worker import handler
before = gc.isenabled()
answer = handler(json.loads(sys.argv[1]), None)
told = {"answer": answer, "loaded": sorted(sys.modules), "collects": [before, gc.isenabled()]}
print(json.dumps(told), flush=True)
os._exit(0)
"""
_FOREIGN = {"anyio", "asyncpg", "hiredis", "msgspec", "sniffio", "typing_extensions"}
_OF_NO_USE = (
    # Of the standard library, what is slow to load, and what drags it in.
    "email", "http", "multiprocessing", "pickle", "shutil", "tempfile", "unittest",
    "urllib.request", "xml", "zipfile",
    # Of the house, what no function asks for, or only the one that has a message to send.
    "broker_adapters.gateio", "broker_adapters.paper", "broker_adapters.registry",
    "broker_adapters.shioaji", "bus.memory", "bus.sqs.driver", "handlers.identity",
    "handlers.launcher.ecs_driver", "handlers.mail", "handlers.observing", "handlers.orders",
    "handlers.signals", "handlers.sizing", "handlers.store.memory", "handlers.symbols",
    "handlers.throttle", "handlers.vault.kms", "handlers.vault.local", "telemetry.logs",
    "telemetry.meters", "telemetry.otlp",
)  # fmt: skip


async def test_first_event_loads_only_what_it_takes_to_handle_it(world: World) -> None:
    told = await first_event(world)

    loaded: set[str] = set(told["loaded"])
    assert _foreign(loaded) == _FOREIGN
    assert {name for name in loaded if f"{name}.".startswith(_PREFIXES)} == set()


async def test_garbage_is_collected_once_the_start_is_over(world: World) -> None:
    told = await first_event(world)

    assert told["collects"] == [False, True]


async def first_event(world: World) -> dict[str, Any]:
    """Have a fresh function handle an event that finds nothing to do, and return what it tells."""
    trader = await world.add_trader()
    message = HealOrphan(user_id=trader.user, finding=Finding.UNATTENDED_ORDER)
    environment = told_as(CONTROL, world.environment)
    told = await anyio.to_thread.run_sync(_run, message, environment)
    assert told["answer"] == {"batchItemFailures": []}
    return told


_PREFIXES = tuple(f"{name}." for name in _OF_NO_USE)


def _foreign(loaded: set[str]) -> set[str]:
    """Return the packages that are neither Python's nor ours, nor made by a compiler."""
    ours = {path.parent.name for path in _ROOT.glob("*/__init__.py")}
    tops = {name.partition(".")[0] for name in loaded}
    return {name for name in tops - ours - sys.stdlib_module_names if "cython" not in name} - {
        "__main__"
    }


def _run(message: HealOrphan, environment: Mapping[str, str]) -> dict[str, Any]:
    sealed = seal(message, clock=CLOCK, dedup_id=uuid7().hex)
    raw = RawMessage(
        message_id="1",
        receipt_handle="1",
        body=encode(sealed).decode(),
        attributes={"ApproximateReceiveCount": "1"},
    )
    arn = "arn:aws:sqs:us-east-1:000000000000:fourpass-maintenance"
    event = msgspec.json.encode(sqs_event(arn, [raw])).decode()
    done = subprocess.run(
        [sys.executable, "-S", "-c", _FIRST_EVENT, event],
        cwd=_ROOT, capture_output=True, text=True, check=True, timeout=15,
        env={
            **environment,
            "PYTHONPATH": f"{_ROOT}:{sysconfig.get_path('platlib')}",
            "AWS_LAMBDA_FUNCTION_NAME": "fourpass-maintenance-worker",
            "FOURPASS_QUEUES": "sqs",
            "FOURPASS_AWS_ENDPOINT_URL": _NOBODY_ANSWERS,
            "FOURPASS_LAUNCHER_SOCKET": "/nowhere/launcher.sock",
        },
    )  # fmt: skip
    told: dict[str, Any] = json.loads(done.stdout)
    return told
