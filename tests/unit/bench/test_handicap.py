from __future__ import annotations

from time import process_time

import pytest

from bench.handicap import VARIABLE, HandicapError, Toll, parse, share
from telemetry.stages import Stage


def busy(seconds: float) -> float:
    began = process_time()
    while process_time() - began < seconds:
        pass
    return process_time() - began


def test_handicap_names_a_stage_and_a_factor() -> None:
    assert parse("edge_received=1.3,claimed=2") == {Stage.EDGE_RECEIVED: 1.3, Stage.CLAIMED: 2.0}


@pytest.mark.parametrize("text", ["nowhere=1.3", "claimed", "claimed=fast", "claimed=0.5"])
def test_what_is_no_handicap_is_refused(text: str) -> None:
    with pytest.raises(HandicapError):
        parse(text)


def test_stage_without_a_handicap_costs_nothing_more() -> None:
    assert share(Stage.CLAIMED, {VARIABLE: "edge_received=1.3"}) == 0.0


def test_toll_spends_its_share_of_what_was_spent() -> None:
    toll = Toll(1.0)
    toll.start()
    spent = busy(0.02)
    before = process_time()

    toll.pay()

    assert process_time() - before >= spent


def test_nothing_is_charged_without_a_start() -> None:
    toll = Toll(1.0)
    spent = busy(0.05)

    before = process_time()
    toll.pay()
    toll.pay()

    assert process_time() - before < spent


def test_what_was_spent_before_the_start_costs_nothing() -> None:
    toll = Toll(1.0)
    spent = busy(0.05)

    toll.start()
    before = process_time()
    toll.pay()

    assert process_time() - before < spent
