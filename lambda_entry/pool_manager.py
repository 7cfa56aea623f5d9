"""Keeps the pool of warm workers: triggered every 5 min."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bus.messages import KeepPool
from bus.values import HOUSE
from lambda_entry._serving import take_turn

if TYPE_CHECKING:
    from lambda_entry._batch import Event


def handler(event: Event, context: object) -> None:
    """Take one turn of the schedule; a failure fails the function, and the next turn is near."""
    del context
    take_turn(KeepPool(user_id=HOUSE), event)
