"""Files of a spread run come in an order that mixes dear ones with cheap ones."""

from __future__ import annotations

from tests.mixed import mixed


def test_a_dear_one_is_followed_by_cheap_ones_and_the_rest_comes_last() -> None:
    assert mixed("AB", "abcdefgh") == [*"AabcBdefgh"]


def test_none_is_left_out_where_there_are_more_dear_ones() -> None:
    assert mixed("ABC", "abcd") == [*"AabcBdC"]
