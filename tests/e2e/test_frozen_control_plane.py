"""A control plane that freezes with a start in hand costs its user time, and no order."""

from __future__ import annotations

import os
import signal
from collections import Counter
from time import sleep
from typing import TYPE_CHECKING

import httpx
import pytest

from infra.local.board import read_board
from tests.e2e.profile import running_profile, until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.e2e.profile import Profile

pytestmark = [pytest.mark.e2e, pytest.mark.aws, pytest.mark.timeout(180)]

_ORDERS = 16
# What it had asked for is given up by then, so that what SQS gave it is never handled.
_FROZEN_SECONDS = 6.0
_FINAL = {"filled", "expired", "denied", "rejected", "cancelled"}


@pytest.fixture
def profile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Profile]:
    """A profile whose queues are on SQS; no warm worker waits, so each start goes that way."""
    monkeypatch.setenv("FOURPASS_POOL_SIZE", "0")
    with running_profile(tmp_path, queues="sqs") as running:
        yield running


@pytest.mark.parametrize(
    "ended_by",
    [
        # What SQS gave it is lost for sure: nobody has the receipt any more.
        pytest.param(signal.SIGKILL, marks=pytest.mark.prove),
        pytest.param(signal.SIGCONT, marks=pytest.mark.long_prove),
    ],
)
def test_no_order_expires_while_a_start_is_out_of_sight(
    profile: Profile, ended_by: signal.Signals
) -> None:
    # The edge has its client of SQS ready: the start must arrive while a receive still waits.
    profile.get("/api/dead-letters")
    frozen = control_plane(profile)
    os.kill(frozen, signal.SIGSTOP)
    try:
        replies = [profile.alert() for _ in range(_ORDERS)]
        sleep(_FROZEN_SECONDS)
    finally:
        os.kill(frozen, ended_by)

    assert Counter(_end(profile, reply) for reply in replies) == {"filled": _ORDERS}


def control_plane(profile: Profile) -> int:
    """Return its process id."""
    [pid] = [
        part.pid
        for part in read_board(profile.folder / "data").parts
        if part.name == "control-plane" and part.pid is not None
    ]
    return pid


def _end(profile: Profile, reply: httpx.Response) -> str:
    [order] = reply.json()["orders"]

    def look() -> str | None:
        try:
            state: str = profile.get(f"/api/orders/{order['id']}")["state"]
        except httpx.HTTPError:
            return None
        return state if state in _FINAL else None

    return until(look, within=90)
