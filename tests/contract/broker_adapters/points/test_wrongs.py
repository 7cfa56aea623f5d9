"""Each way in which an adapter may be wrong is seen by a point that passes the right one.

A wrong adapter does one thing wrong around the right one, at a venue that is told nothing of it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, cast

import pytest

from broker_adapters.errors import BrokerUnavailableError
from bus.values import OrderType
from tests.contract.broker_adapters.grounds.gateio import gate_spot
from tests.contract.broker_adapters.grounds.ground import Fault, Ground
from tests.contract.broker_adapters.grounds.paper import paper_ground
from tests.contract.broker_adapters.points import (
    hearing,
    test_faults,
    test_fills,
    test_numbers,
    test_orders,
    test_outages,
    test_restarts,
    test_secrets,
    test_sessions,
    wrongs,
)
from tests.contract.broker_adapters.points.asking import Asking

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping
    from contextlib import AbstractAsyncContextManager

    from broker_adapters.base import Broker
    from tests.contract.broker_adapters.points.wrongs import Around

pytestmark = pytest.mark.anyio


@dataclass(frozen=True)
class Row:
    """A wrong, the test that sees it with what that is given, and where it is tried."""

    wrong: type[Around]
    seen_by: Callable[..., Awaitable[None]]
    given: Mapping[str, Any] = field(default_factory=dict[str, Any])
    at: Callable[[], AbstractAsyncContextManager[Ground]] = paper_ground
    fails_with: type[BaseException] = AssertionError


# What a wrong adapter never tells is not waited for as long as what a right one may yet tell.
_PATIENCE = 0.5
_LOST = test_faults.test_order_whose_answer_is_lost_is_unknown
_DROPPED = {"fault": Fault.DROPPED_PLACED}
_FAILED = {"fault": Fault.FAILED_PLACED}
_NOT_ONCE = test_faults.test_order_is_written_once_whatever_becomes_of_it
_LATE = test_faults.test_late_order_is_refused_or_never_left
_BETWEEN = test_orders.test_quantity_between_two_steps_is_refused_or_rounded_down
_WHOLE = test_numbers.test_whole_steps_that_no_float_can_count_stay_as_they_are
_SHAPES = test_numbers.test_numbers_are_decimals_and_times_are_utc
_AT_ONCE = test_fills.test_fills_of_an_order_filled_at_once_are_in_its_answer_or_told
ROWS = [
    Row(wrongs.SendsAgain, _NOT_ONCE, _DROPPED),
    Row(wrongs.SendsAgain, _NOT_ONCE, _FAILED, at=gate_spot),
    Row(wrongs.CallsLostRefused, _LOST, _FAILED),
    Row(wrongs.CallsLostUnsent, _LOST, _DROPPED),
    Row(wrongs.Raises, _LOST, _FAILED, fails_with=BrokerUnavailableError),
    Row(wrongs.ForgetsSendBy, _LATE),
    Row(wrongs.ForgetsSendBy, _LATE, at=gate_spot),
    Row(
        wrongs.CallsDoubleRefused,
        test_faults.test_second_order_of_one_client_id_is_unknown_and_places_nothing,
    ),
    Row(wrongs.RoundsUp, _BETWEEN, {"share": "0.1"}),
    Row(wrongs.CountsInFloats, _WHOLE),
    Row(wrongs.TellsFloats, _SHAPES),
    Row(wrongs.TellsLocalTimes, _SHAPES),
    Row(
        wrongs.TellsFillsTwice,
        test_fills.test_fill_is_told_by_itself_with_the_key_that_a_look_up_has,
    ),
    Row(wrongs.CountsFillsTwice, test_orders.test_market_order_is_filled_and_found),
    Row(wrongs.KeepsFills, _AT_ONCE, fails_with=TimeoutError),
    Row(wrongs.NamesNoOrder, test_fills.test_fill_names_its_order_by_both_ids),
    Row(wrongs.Blocks, test_sessions.test_venue_that_takes_its_time_stops_nothing_else),
    Row(
        wrongs.TakesAnothers,
        test_restarts.test_foreign_order_of_the_same_kind_is_not_taken_for_ours,
    ),
    Row(
        wrongs.FindsNothing,
        test_outages.test_look_up_while_the_venue_is_away_finds_nothing_out,
        at=gate_spot,
    ),
    Row(
        wrongs.ReadsOnePage,
        test_restarts.test_lists_of_more_than_a_page_are_read_to_their_end,
        at=gate_spot,
    ),
    Row(
        wrongs.ReadsNothing,
        test_outages.test_what_cannot_be_read_is_never_empty,
        {"read": "positions"},
        at=gate_spot,
        fails_with=pytest.fail.Exception,
    ),
    Row(
        wrongs.CallsAwayRefused,
        test_outages.test_order_while_the_venue_is_away_is_not_called_refused,
        at=gate_spot,
    ),
    Row(
        wrongs.ShowsKey,
        test_secrets.test_secrets_are_in_nothing_that_is_said_of_a_venue_that_is_away,
        at=gate_spot,
    ),
    Row(
        wrongs.ReplacesType,
        test_orders.test_undeclared_order_type_is_refused_before_it_is_sent,
        {"order_type": OrderType.TRAILING_STOP},
    ),
]


def _name(row: Row) -> str:
    return f"{row.wrong.__name__}-{row.seen_by.__name__.removeprefix('test_')}"


@pytest.mark.parametrize("row", ROWS, ids=_name)
async def test_wrong_adapter_is_seen(
    row: Row, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hearing, "PATIENCE", _PATIENCE)
    async with row.at() as ground:
        right_anew = ground.anew

        def made_wrong(broker: Broker) -> Broker:
            return cast("Broker", row.wrong(broker, ground.secrets()))

        async def wrong_anew() -> Broker:
            return made_wrong(await right_anew())

        ground.broker = made_wrong(ground.broker)
        monkeypatch.setattr(ground, "anew", wrong_anew)

        with pytest.raises(row.fails_with):
            await _test(row, ground, request)


@pytest.mark.parametrize("row", ROWS, ids=_name)
async def test_right_adapter_passes_where_the_wrong_one_is_seen(
    row: Row, request: pytest.FixtureRequest
) -> None:
    async with row.at() as ground:
        await _test(row, ground, request)


def test_each_wrong_is_tried() -> None:
    known = {each.__name__ for each in wrongs.Around.__subclasses__()}

    assert {row.wrong.__name__ for row in ROWS} == known


async def _test(row: Row, ground: Ground, request: pytest.FixtureRequest) -> None:
    """Run a point's test at this ground, with the fixtures that it names."""
    names = row.seen_by.__code__.co_varnames[: row.seen_by.__code__.co_argcount]
    fixtures: dict[str, Callable[[], Any]] = {
        "asking": partial(Asking, request),
        "caplog": partial(request.getfixturevalue, "caplog"),
    }
    made = {name: fixtures[name]() for name in names if name in fixtures}
    await row.seen_by(ground, **made, **row.given)
