"""Positions and sizes: signs, and what contradicts itself."""

from __future__ import annotations

import pytest

from tests.unit.handlers.signals.body_cases import Refused, as_json, assert_means, assert_refused


@pytest.mark.parametrize(
    ("fields", "size"),
    [
        ({"market_position": "long", "market_position_size": "2.0"}, "2.0"),
        ({"market_position": "short", "market_position_size": "2.0"}, "-2.0"),
        ({"sentiment": "bearish", "marketPositionSize": 2}, "-2"),
        ({"market_position": "flat", "market_position_size": "0"}, "0"),
        ({"market_position": "short", "market_position_size": "-2"}, "-2"),
        ({"market_position_size": "-2"}, "-2"),
        ({"market_position_size": "0"}, "0"),
        ({"position_size": "-2"}, "-2"),
        ({"target": "-2", "market_position_size": "2"}, "-2"),
        ({"target_qty": "+3"}, "3"),
        ({"position_size": "-1.50", "market_position": "short"}, "-1.50"),
        ({"position_size": 2, "market_position_size": 2, "market_position": "long"}, "2"),
    ],
)
def test_absolute_size_takes_the_sign_of_the_position(fields: dict[str, object], size: str) -> None:
    assert_means(as_json(**fields), {"position_size": size})


@pytest.mark.parametrize(
    ("position", "size", "signed"), [("long", "1", "1"), ("short", "1", "-1"), ("flat", "0", "0")]
)
def test_past_size_takes_the_sign_of_the_past_position(
    position: str, size: str, signed: str
) -> None:
    body = as_json(
        market_position="long",
        market_position_size="5",
        prev_market_position=position,
        prev_market_position_size=size,
    )

    assert_means(body, {"prev_position": position, "prev_position_size": signed})


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"market_position": "short", "position_size": "2"}, "position_size"),
        ({"sentiment": "long", "position_size": "-2"}, "position_size"),
        ({"position": "flat", "target": "1"}, "target"),
        ({"market_position": "long", "market_position_size": "0"}, "market_position_size"),
        ({"market_position": "long", "market_position_size": "-1"}, "market_position_size"),
        ({"market_position": "flat", "market_position_size": "1"}, "market_position_size"),
        ({"prev_position": "short", "prev_position_size": "1"}, "prev_position_size"),
        (
            {"prev_market_position": "flat", "prev_market_position_size": "1"},
            "prev_market_position_size",
        ),
        ({"action": "long_entry", "sentiment": "short"}, "sentiment"),
        ({"action": "short_entry", "position": "long"}, "position"),
        ({"action": "enter_long", "market_position": "flat"}, "market_position"),
        ({"action": "long_entry", "position_size": "-1"}, "position_size"),
        ({"action": "short_entry", "position_size": "0"}, "position_size"),
    ],
)
def test_contradiction_is_refused(fields: dict[str, object], field: str) -> None:
    assert_refused(as_json(**fields), Refused("action_position_conflict", field))


@pytest.mark.parametrize("action", ["buy", "sell", "exit", "long_exit", "short_exit", "add"])
@pytest.mark.parametrize("position", ["long", "short", "flat"])
def test_other_actions_never_conflict_with_a_position(action: str, position: str) -> None:
    assert_means(as_json(action=action, position=position), {"position": position})


@pytest.mark.parametrize(("action", "position"), [("long_entry", "long"), ("short_entry", "short")])
def test_entry_goes_with_its_own_side(action: str, position: str) -> None:
    assert_means(as_json(action=action, position=position), {"action": action})


@pytest.mark.parametrize(
    ("word", "position"),
    [
        ("long", "long"), ("Short", "short"), ("FLAT", "flat"), ("bullish", "long"),
        ("bearish", "short"), ("neutral", "flat"),
    ],
)  # fmt: skip
def test_positions_have_these_words(word: str, position: str) -> None:
    assert_means(as_json(direction=word), {"position": position})


@pytest.mark.parametrize("word", ["up", "", "buy", 1, True, [], {}])
def test_other_words_are_no_position(word: object) -> None:
    assert_refused(as_json(market_position=word), Refused("invalid_position", "market_position"))


@pytest.mark.parametrize("size", ["NaN", "1,000", "", "long", True, [1]])
def test_size_that_is_no_number_is_refused(size: object) -> None:
    assert_refused(as_json(position_size=size), Refused("invalid_quantity", "position_size"))


@pytest.mark.parametrize(
    ("action", "reduces"),
    [
        ("exit", True), ("long_exit", True), ("short_exit", True), ("reduce", True),
        ("buy", False), ("sell", False), ("reverse", False), ("target", False),
    ],
)  # fmt: skip
def test_exits_only_reduce_whatever_they_say(action: str, *, reduces: bool) -> None:
    assert_means(as_json(action=action), {"reduce_only": reduces})
    assert_means(as_json(action=action, reduceOnly=False), {"reduce_only": reduces})
    assert_means(as_json(action=action, reduceOnly="true"), {"reduce_only": True})


@pytest.mark.parametrize("flag", ["maybe", 2, "ja", [], {}])
def test_flag_that_is_neither_is_refused(flag: object) -> None:
    assert_refused(as_json(reduce_only=flag), Refused("invalid_field", "reduce_only"))
