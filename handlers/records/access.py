"""Who is asking: a session, and whoever stands behind a request."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from bus.values import (
    UserId,
)
from handlers.records.base import Record


class Session(Record, frozen=True, kw_only=True):
    """A person who is signed in.

    Attributes:
        stepped_up_at: When a second factor was shown in it last.
        expires_at: It ends then, however much it is used.
    """

    id: UUID
    user_id: UserId
    email: str
    locale: str
    roles: frozenset[str]
    has_totp: bool
    address: str
    user_agent: str
    created_at: datetime
    last_seen_at: datetime
    expires_at: datetime
    stepped_up_at: datetime | None


class Principal(Record, frozen=True, kw_only=True):
    """Who calls the API, by a key or in a session, and what that allows.

    Attributes:
        networks: Where the key may be used from; empty is everywhere.
    """

    user_id: UserId
    key_id: UUID | None
    scopes: frozenset[str]
    expires_at: datetime | None
    roles: frozenset[str] = frozenset()
    networks: tuple[str, ...] = ()
    session: Session | None = None
