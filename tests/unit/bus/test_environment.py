"""Words of the environment mean the same wherever they are read."""

from __future__ import annotations

import pytest

from bus.environment import whole_number, yes_or_no


@pytest.mark.parametrize("text", ["1", "true", "YES", " on "])
def test_yes_is_yes(text: str) -> None:
    assert yes_or_no(text) is True


@pytest.mark.parametrize("text", ["", " ", "0", "False", "no", "off"])
def test_no_and_nothing_are_no(text: str) -> None:
    assert yes_or_no(text) is False


@pytest.mark.parametrize("text", ["y", "2", "maybe", "-1"])
def test_any_other_word_is_neither(text: str) -> None:
    assert yes_or_no(text) is None


@pytest.mark.parametrize(("text", "number"), [("1", 1), ("007", 7), ("500", 500)])
def test_digits_are_a_number_within_its_bounds(text: str, number: int) -> None:
    assert whole_number(text, least=1, most=500) == number


@pytest.mark.parametrize("text", ["", "0", "501", "-1", "+1", " 1", "1.0", "1_0", "٣", "9" * 5_000])
def test_anything_else_is_none(text: str) -> None:
    assert whole_number(text, least=1, most=500) is None
