"""The functions' zip: the same bytes from the same sources, within its budget, whole."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from typing import TYPE_CHECKING

import pytest

from infra.local.cloud.agreed import RUNTIME
from infra.local.cloud.functions import FUNCTIONS
from infra.local.cloud.package import LARGEST_BYTES, build, digest

if TYPE_CHECKING:
    from pathlib import Path

_OURS = f"python{sys.version_info.major}.{sys.version_info.minor}"
pytestmark = [
    pytest.mark.infra,
    pytest.mark.timeout(600),
    pytest.mark.skipif(
        _OURS != RUNTIME, reason=f"the zip is compiled by {RUNTIME} alone; this is {_OURS}"
    ),
]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("package") / "lambda.zip")


def test_built_twice_it_is_the_same(built: Path, tmp_path: Path) -> None:
    again = build(tmp_path / "again.zip")

    assert digest(again) == digest(built)


def test_it_keeps_to_its_budget_and_holds_no_secret_place(built: Path) -> None:
    with zipfile.ZipFile(built) as packed:
        names = packed.namelist()

    assert built.stat().st_size <= LARGEST_BYTES
    assert names == sorted(names, key=lambda name: name.split("/"))
    assert not [name for name in names if name.startswith(("edge/", "infra/", "tests/"))]
    services = {name.split("/")[2] for name in names if name.startswith("botocore/data/")}
    assert {name for name in services if "." not in name} == {"ecs", "sqs"}


def test_functions_start_from_the_zip_alone(built: Path, tmp_path: Path) -> None:
    """Nothing of this machine's packages; a cold start compiles nothing, as all is compiled."""
    with zipfile.ZipFile(built) as packed:
        packed.extractall(tmp_path)
    modules = ", ".join(sorted({each.handler.rpartition(".")[0] for each in FUNCTIONS.values()}))
    drivers = "bus.sqs.driver, handlers.launcher.ecs_driver, handlers.store.postgres"
    told = (
        f"import sys; sys.path.insert(0, {str(tmp_path)!r})\n"
        f"import {modules}\n"
        f"import {drivers}, botocore.auth\n"
        "from bus.open import open_bus\n"
        "own = [m.__cached__ for n, m in sys.modules.items() if n.startswith('lambda_entry')]\n"
        "import os; print(all(os.path.isfile(path) for path in own))"
    )

    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", told],
        cwd=tmp_path, env={"PYTHONDONTWRITEBYTECODE": "1"}, capture_output=True, text=True,
        check=False,
    )  # fmt: skip

    assert (done.returncode, done.stdout, done.stderr) == (0, "True\n", "")
