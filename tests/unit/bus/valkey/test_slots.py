"""Keys fall into the slots that the cluster specification says."""

from __future__ import annotations

from uuid import uuid4

import pytest

from bus.base import Destination
from bus.valkey import keys
from bus.valkey.slots import slot_of
from bus.values import UserId


@pytest.mark.parametrize(
    ("key", "slot"),
    [
        ("123456789", 0x31C3),
        ("", 0),
        ("foo{}{bar}", slot_of("foo{}{bar}")),
        ("foo{{bar}}zap", slot_of("{bar")),
        ("foo{bar}{zap}", slot_of("bar")),
        ("{user1000}.following", slot_of("{user1000}.followers")),
    ],
)
def test_a_key_falls_into_its_slot(key: str, slot: int) -> None:
    assert slot_of(key) == slot


def test_an_empty_tag_is_no_tag() -> None:
    assert slot_of("foo{}{bar}") != slot_of("bar")


def test_all_keys_of_a_user_share_a_slot() -> None:
    user = UserId(uuid4())
    names = (
        keys.requests(user),
        keys.inflight(user, 3),
        keys.active(user),
        keys.claiming(user),
        keys.response(user, uuid4()),
    )

    assert len({slot_of(name) for name in names}) == 1


def test_all_keys_of_a_lane_share_a_slot() -> None:
    assert len({slot_of(name) for name in keys.lane(Destination.ORDER_TASKS)}) == 1


def test_all_keys_of_the_pool_share_a_slot() -> None:
    names = (keys.POOL_READY, keys.POOL_CLAIMS, keys.POOL_HANDED, keys.POOL_CLAIM_PREFIX)

    assert len({slot_of(name) for name in names}) == 1
