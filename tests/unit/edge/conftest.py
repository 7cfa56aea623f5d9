"""Fixtures of the edge's tests."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.unit.edge.house import a_house

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from tests.unit.edge.house import House


@pytest.fixture
def anyio_backend() -> tuple[str, dict[str, bool]]:
    """The edge runs on asyncio with uvloop, as uvicorn does."""
    return "asyncio", {"use_uvloop": True}


@pytest.fixture
async def house() -> AsyncGenerator[House]:
    """An open edge, and a trader."""
    async with a_house() as opened:
        yield opened
