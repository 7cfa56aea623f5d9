"""Brokers played by doubles: started only when wanted, and reachable as they say."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING
from urllib.request import urlopen

import msgspec
import pytest

from broker_adapters.settings import GATEIO_VARIABLE, SHIOAJI_VARIABLE
from infra.local.played import (
    GATEIO,
    SHIOAJI,
    SHIOAJI_DOUBLE_VARIABLE,
    STAND_IN,
    played_brokers,
    told_of,
)
from infra.local.supervising.parts import PartState

if TYPE_CHECKING:
    from infra.local.supervising.parts import Part

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


async def test_no_double_runs_unless_it_is_wanted() -> None:
    seen: list[Part] = []

    async with played_brokers({}, is_wanted=False, on_change=seen.append) as told:
        assert told == {}

    assert seen == []
    assert told_of(told) == ""


async def test_wanted_double_answers_where_children_are_told() -> None:
    seen: list[tuple[str, PartState]] = []

    def note(part: Part) -> None:
        seen.append((part.name, part.state))

    async with played_brokers(os.environ, is_wanted=True, on_change=note) as told:
        with urlopen(f"{told[GATEIO_VARIABLE]}/api/v4/spot/time") as reply:  # noqa: ASYNC210 - once
            time = msgspec.json.decode(reply.read())

    assert time["server_time"] > 0
    assert {(GATEIO, PartState.READY), (SHIOAJI, PartState.READY)} <= set(seen)
    assert told[SHIOAJI_VARIABLE] == STAND_IN
    assert told[SHIOAJI_DOUBLE_VARIABLE] in told_of(told)
    assert told[GATEIO_VARIABLE] in told_of(told)
