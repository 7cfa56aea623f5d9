"""Fixtures of the edge's tests."""

from __future__ import annotations

import pytest


@pytest.fixture
def anyio_backend() -> tuple[str, dict[str, bool]]:
    """The edge runs on asyncio with uvloop, as uvicorn does."""
    return "asyncio", {"use_uvloop": True}
