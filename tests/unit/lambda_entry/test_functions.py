"""The numbers that queues, functions and handlers must agree on."""

from __future__ import annotations

import pytest

from bus.base import Destination
from bus.settings import LANES
from handlers.asking.wanted_worker import WANTED_FOR
from handlers.records.accounts import ENTRY_TTL_S
from handlers.wiring import LIMITS, TURN_LIMIT
from infra.local.control.functions import function
from lambda_entry.functions import (
    MAINTENANCE,
    POOL_MANAGER,
    SCHEDULES,
    TRIGGERS,
    Function,
)


@pytest.mark.parametrize("destination", TRIGGERS)
def test_a_handler_is_stopped_before_its_function_is_killed(destination: Destination) -> None:
    assert LIMITS[destination] < TRIGGERS[destination].timeout


@pytest.mark.parametrize("called", [MAINTENANCE, POOL_MANAGER])
def test_a_turn_is_stopped_before_its_function_is_killed(called: Function) -> None:
    assert called.timeout > TURN_LIMIT


@pytest.mark.parametrize("destination", sorted(set(TRIGGERS) - {Destination.POOL_CLAIM}))
def test_a_queue_hides_a_message_for_six_times_its_functions_time(
    destination: Destination,
) -> None:
    assert LANES[destination].visibility >= 6 * TRIGGERS[destination].timeout


def test_what_no_group_waits_for_is_hidden_for_twice_its_functions_time() -> None:
    # A claim that comes twice claims once, and one that is hidden hides no other.
    claims = LANES[Destination.POOL_CLAIM]

    assert not claims.is_fifo
    assert claims.visibility >= 2 * TRIGGERS[Destination.POOL_CLAIM].timeout


def test_an_entry_outlives_a_consumer_that_died_with_its_start_in_hand() -> None:
    hidden = LANES[Destination.WORKER_CONTROL].visibility

    assert hidden <= WANTED_FOR / 2
    assert hidden.total_seconds() <= ENTRY_TTL_S / 2


def test_every_function_is_there() -> None:
    called = {*TRIGGERS.values(), *(each.function for each in SCHEDULES.values())}

    assert all(callable(function(each.name)) for each in called)
    assert len(called) == 5
