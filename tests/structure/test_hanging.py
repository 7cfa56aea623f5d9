"""A test that hangs fails, and its fixtures come down; the run goes on."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.structure.rooms import ROOT

if TYPE_CHECKING:
    from pathlib import Path

_HANGS = """
import anyio, pytest

pytestmark = pytest.mark.anyio

@pytest.fixture
async def world():
    yield
    print("the world came down")

async def test_first(world):
    await anyio.sleep_forever()

async def test_second(world):
    pass
"""


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
@pytest.mark.timeout(120)
def test_a_test_that_hangs_is_ended_and_the_next_one_runs(tmp_path: Path, backend: str) -> None:
    fixture = f"@pytest.fixture\ndef anyio_backend(): return {backend!r}\n"
    (tmp_path / "test_it.py").write_text(_HANGS + fixture)
    options = ("-p", "tests.bounded", "-p", "no:cacheprovider", "--timeout", "12", "-s", "-q")

    ran = subprocess.run(
        [sys.executable, "-m", "pytest", *options, "--rootdir", str(tmp_path), str(tmp_path)],
        cwd=ROOT, capture_output=True, text=True, timeout=110, check=False,
    )  # fmt: skip

    assert "1 failed, 1 passed" in ran.stdout, ran.stdout
    assert {"asyncio": "TimeoutError", "trio": "TooSlowError"}[backend] in ran.stdout
    assert ran.stdout.count("the world came down") == 2
