"""The audit log: what was done in a user's name, read and exported."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

import msgspec
from litestar import get
from litestar.response import Stream

from edge.api.paging import PLAIN_LIST, SpanGiven, bad_cursor, one_more, page_of
from edge.api.shapes import Page
from edge.door.guards import needs
from edge.given import Caller, PortsGiven
from handlers.audit_check import runs_of
from handlers.records.audit import exported

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from bus.values import UserId
    from handlers.records.audit import AuditEntry
    from handlers.store.auditing import AuditStore

_READ = [needs("read")]
_TAGS = ["Audit"]
_MOST_DIGITS = 18


class AuditBody(msgspec.Struct, frozen=True, kw_only=True):
    """One entry of the audit log.

    Attributes:
        n: Counted from 1, without gaps.
        actor: Who did it: `api_key:…`.
        action: What was done: `strategy.pause`.
        subject: What it was done to: `strategy:…`.
        before: How the subject was, as far as it was changed.
        after: How it is since.
        hash: SHA-256 over the hash of the entry before and this content.
    """

    n: int
    at: datetime
    actor: str
    action: str
    subject: str
    before: Any
    after: Any
    address: str | None
    trace_id: str | None
    hash: str


@get("/api/audit", guards=_READ, tags=_TAGS, summary="Read the audit log", opt=PLAIN_LIST)
async def list_audit(ports: PortsGiven, principal: Caller, span: SpanGiven) -> Page[AuditBody]:
    """Return what was done in your name, newest first."""
    if span.before is not None and not _is_number(span.before[1]):
        raise bad_cursor()
    rows = await ports.store.audit.page(principal.user_id, one_more(span))
    return page_of(rows, span, key=_key, show=audit_body)


@get(
    "/api/audit/export",
    guards=_READ,
    tags=_TAGS,
    summary="Export the audit log",
    media_type="application/x-ndjson",
    opt={"takes": frozenset[str]()},
)
async def export_audit(ports: PortsGiven, principal: Caller) -> Stream:
    """Return the whole log, oldest first, one entry a line.

    There `before` and `after` are texts: the very bytes that the entry's hash was made of.
    """
    log, user = ports.store.audit, principal.user_id
    end = await log.end(user)
    return Stream(
        _lines(log, user, until=0 if end is None else end.n),
        media_type="application/x-ndjson",
        headers={"content-disposition": 'attachment; filename="audit.ndjson"'},
    )


def audit_body(entry: AuditEntry) -> AuditBody:
    """Print an entry."""
    return AuditBody(
        n=entry.n,
        at=entry.at,
        actor=entry.actor,
        action=entry.action,
        subject=entry.subject,
        before=_decoded(entry.before),
        after=_decoded(entry.after),
        address=entry.address,
        trace_id=entry.trace_id,
        hash=entry.hash,
    )


async def _lines(log: AuditStore, user: UserId, *, until: int) -> AsyncGenerator[bytes]:
    async for run in runs_of(log, user, until=until):
        yield b"".join(map(exported, run))


def _decoded(text: str | None) -> Any:  # noqa: ANN401 - any JSON
    return None if text is None else msgspec.json.decode(text)


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= _MOST_DIGITS


def _key(entry: AuditEntry) -> tuple[datetime, str]:
    return entry.at, str(entry.n)


ROUTES = (list_audit, export_audit)
