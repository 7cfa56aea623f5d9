"""The topics of broadcasts, so that who announces and who listens mean the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bus.values import UserId

STRATEGIES = "strategies"
"""A user's strategies, accounts or switch changed; the payload is the user's id, empty for all."""

ACCESS = "access"
"""A user's sessions or keys changed; the payload is the user's id."""


def events_topic(user: UserId) -> str:
    """Name the topic whose listeners read the user's new events from PostgreSQL."""
    return f"events:{{{user}}}"
