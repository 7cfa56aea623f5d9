"""The audit log's records, and the chain that shows whether one of them was touched.

Each entry carries the hash of the one before it and of its own content, so that none can be
changed, left out or moved without all later hashes being wrong. Nothing in here is ever a secret.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import msgspec

from bus.values import UserId
from handlers.records.base import Record

if TYPE_CHECKING:
    from collections.abc import Sequence

GENESIS = bytes(32)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class Deed(Record, frozen=True, kw_only=True):
    """Who does what: the part of an entry that the caller of a store's method knows.

    Attributes:
        actor: Who did it, as `kind:id`: `api_key:…`, `session:…`, `worker:…`.
        action: What was done, as `thing.verb`: `strategy.pause`.
        address: Where the request came from; `None` for the house's own deeds.
    """

    actor: str
    action: str
    address: str | None = None
    trace_id: str | None = None


READER = Deed(actor="edge", action="account.credentials_read")
"""Who reads sealed credentials without opening them, where nobody says for whom."""


class NewAuditEntry(Record, frozen=True, kw_only=True):
    """What is to be written into a user's log.

    Attributes:
        subject: What it was done to, as `kind:id`; an id alone where the action names the kind.
        before: How the subject was; values of secret names are masked before they are kept.
        after: How it is now.
    """

    user_id: UserId
    actor: str
    action: str
    subject: str
    before: dict[str, Any] | None = None
    after: dict[str, Any] | None = None
    address: str | None = None
    trace_id: str | None = None


def told(
    deed: Deed | None,
    user: UserId,
    subject: str,
    *,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> NewAuditEntry | None:
    """Return the entry that tells what a deed was done to and what it changed, if there is one."""
    if deed is None:
        return None
    return NewAuditEntry(
        user_id=user,
        actor=deed.actor,
        action=deed.action,
        subject=subject,
        before=before,
        after=after,
        address=deed.address,
        trace_id=deed.trace_id,
    )


class AuditEntry(Record, frozen=True, kw_only=True):
    """One entry of a user's log, as it is kept.

    Attributes:
        n: Counted from 1 for each user, without gaps.
        before: JSON text, byte for byte as it was hashed.
        after: Likewise.
        hash: SHA-256 over the hash before it and this content, in hexadecimal.
    """

    user_id: UserId
    n: int
    at: datetime
    actor: str
    action: str
    subject: str
    before: str | None
    after: str | None
    address: str | None
    trace_id: str | None
    hash: str


class ChainEnd(Record, frozen=True, kw_only=True):
    """Where a user's chain stands by its counter, and the last entry that is really there."""

    n: int
    hash: str
    last_n: int


def link(previous: bytes, entry: AuditEntry) -> bytes:
    """Return the hash that an entry must have after the one before it.

    The content is hashed as netstrings (cr.yp.to/proto/netstrings.txt, without the comma), `-` for
    what is absent, so that no two contents have the same bytes. Times are microseconds since 1970.
    The SQL function `audit_link` says the same.
    """
    content = (
        str(entry.user_id), str(entry.n), str((entry.at - _EPOCH) // _MICROSECOND), entry.actor,
        entry.action, entry.subject, entry.before, entry.after, entry.address, entry.trace_id,
    )  # fmt: skip
    return sha256(previous + b"".join(map(_netstring, content))).digest()


def first_broken(previous: bytes, expected: int, entries: Sequence[AuditEntry]) -> int | None:
    """Return the number at which a run of entries stops being what was written, oldest first.

    Args:
        previous: The hash of the entry before the run.
        expected: The number that the run begins with.
        entries: The run.
    """
    for n, entry in enumerate(entries, start=expected):
        previous = link(previous, entry)
        if entry.n != n or entry.hash != previous.hex():
            return n
    return None


def masked(entry: NewAuditEntry) -> NewAuditEntry:
    """Return the entry without secrets, as it may be kept."""
    if entry.before is None and entry.after is None:
        return entry
    from handlers.signals.secrets import mask_object  # noqa: PLC0415 - with all signals in tow

    before = None if entry.before is None else mask_object(entry.before)
    after = None if entry.after is None else mask_object(entry.after)
    return msgspec.structs.replace(entry, before=before, after=after)


def exported(entry: AuditEntry) -> bytes:
    """Return the entry as a line of JSON, `before` and `after` as the texts that were hashed."""
    return msgspec.json.encode(entry) + b"\n"


def _netstring(text: str | None) -> bytes:
    if text is None:
        return b"-"
    encoded = text.encode()
    return b"%d:%b" % (len(encoded), encoded)
