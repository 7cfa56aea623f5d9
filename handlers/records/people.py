"""What is kept of people beside their sessions and keys' principals."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from bus.values import UserId
from handlers.records.audit import Deed
from handlers.records.base import Record


class Role(StrEnum):
    """What a person does here; the first user does both."""

    TRADER = "trader"
    OPERATOR = "operator"


class MailedPurpose(StrEnum):
    """What a token that was handed out once is good for."""

    RESET = "reset"
    LINK = "link"


class SignInCredentials(Record, frozen=True, kw_only=True):
    """What is needed to tell whether somebody is who they say; never printed, never sent.

    Attributes:
        is_known_device: The browser that asks has signed in as this user before.
    """

    id: UserId
    email: str
    password_hash: str
    roles: frozenset[str]
    locale: str
    has_totp: bool
    is_known_device: bool = False

    def __repr__(self) -> str:
        return f"SignInCredentials(id={self.id!s})"


class SignUp(Record, frozen=True, kw_only=True):
    """Somebody who wants to be a user, until the address is confirmed."""

    email: str
    password_hash: str
    locale: str

    def __repr__(self) -> str:
        return "SignUp()"


class NewSession(Record, frozen=True, kw_only=True):
    """A session to be opened.

    Attributes:
        is_stepped_up: A second factor was shown with it.
    """

    id: UUID
    user_id: UserId
    address: str
    user_agent: str
    is_stepped_up: bool = False


class Opening(Record, frozen=True, kw_only=True):
    """All that begins a session.

    Attributes:
        token_hash: Of what the browser is given.
        old_hash: Of what the browser showed before; that session ends.
    """

    session: NewSession
    token_hash: bytes
    old_hash: bytes | None = None
    deed: Deed | None = None


def session_facts(session: NewSession) -> dict[str, object]:
    """Return what the audit log keeps of a session that begins."""
    return {
        "address": session.address,
        "user_agent": session.user_agent,
        "second_factor": session.is_stepped_up,
    }


class SessionView(Record, frozen=True, kw_only=True):
    """A session, as its user sees it in a list."""

    id: UUID
    user_id: UserId
    address: str
    user_agent: str
    created_at: datetime
    last_seen_at: datetime
    expires_at: datetime
    stepped_up_at: datetime | None


class UsedLink(Record, frozen=True, kw_only=True):
    """Whose a sign-in link is; it stays good where it is not used, and a code is needed then."""

    user: UserId
    is_used: bool


class SealedTotp(Record, frozen=True, kw_only=True):
    """A second factor as it is kept.

    Attributes:
        sealed_seed: Under the house's symmetric key, bound to the user.
        last_step: The newest time step whose code was used; none up to it counts again.
    """

    sealed_seed: bytes
    is_confirmed: bool
    last_step: int


class NewKey(Record, frozen=True, kw_only=True):
    """An API key to be made; `networks` are where it may be used from, empty is everywhere."""

    id: UUID
    name: str
    scopes: tuple[str, ...]
    expires_at: datetime | None = None
    networks: tuple[str, ...] = ()


def key_facts(key: NewKey) -> dict[str, object]:
    """Return what the audit log keeps of a key: never the key."""
    return {
        "name": key.name,
        "scopes": list(key.scopes),
        "expires_at": None if key.expires_at is None else key.expires_at.isoformat(),
        "networks": list(key.networks),
    }


class KeyView(Record, frozen=True, kw_only=True):
    """An API key, as its user sees it: never the key itself."""

    id: UUID
    user_id: UserId
    name: str
    scopes: tuple[str, ...]
    expires_at: datetime | None
    networks: tuple[str, ...]
    last_used_at: datetime | None
    created_at: datetime
