"""Fixtures: what the collector knows of, as in a process of its own."""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(autouse=True)
def nothing_is_set_aside() -> Iterator[None]:
    """Show the collector all that the test run had set aside."""
    gc.unfreeze()
    yield
    gc.collect()
    gc.freeze()
