"""The embedded parts run on asyncio alone, in a data folder of the test's own."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def data_dir() -> Iterator[Path]:
    """A folder whose path is short enough for unix sockets, wherever the tests run."""
    folder = Path(tempfile.mkdtemp(prefix="4p-"))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)
