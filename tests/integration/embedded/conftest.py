"""The embedded parts run on asyncio alone, in a data folder of the test's own."""

from __future__ import annotations

import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import anyio
import pytest

from infra.local.embedded import PostgresSettings, open_postgres
from tests.integration.embedded.a_stack import up

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator


@pytest.fixture
def data_dir() -> Iterator[Path]:
    """An empty folder, as before a first start."""
    with _a_folder() as folder:
        yield folder


@pytest.fixture(scope="module")
def first_start() -> Iterator[Path]:
    """A folder that the whole stack furnished at its first start, and left in order."""
    with _a_folder() as folder:
        with up(folder):
            pass
        yield folder


@pytest.fixture
def lived_in(first_start: Path) -> Iterator[Path]:
    """A copy of it: a first start draws keys and makes a database, which is shown elsewhere."""
    with _a_folder() as folder:
        yield shutil.copytree(first_start, folder, dirs_exist_ok=True)


@pytest.fixture(scope="module")
def first_database() -> Iterator[Path]:
    """A folder in which PostgreSQL was started once."""
    with _a_folder() as folder:
        anyio.run(_start_once, folder)
        yield folder


@pytest.fixture
def made_dir(first_database: Path) -> Iterator[Path]:
    """A copy of it."""
    with _a_folder() as folder:
        yield shutil.copytree(first_database, folder, dirs_exist_ok=True)


async def _start_once(folder: Path) -> None:
    async with open_postgres(folder, PostgresSettings()):
        pass


@contextmanager
def _a_folder() -> Generator[Path]:
    """Make a folder whose path is short enough for unix sockets, wherever the tests run."""
    folder = Path(tempfile.mkdtemp(prefix="4p-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
