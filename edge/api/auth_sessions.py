"""Sessions: which there are, and ending them."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

import msgspec
from litestar import delete, get

from edge.api.paging import PLAIN_LIST, SpanGiven, by_age, page_in_memory
from edge.api.shapes import Page
from edge.door.access import tell_of_access
from edge.door.doing import DoerGiven
from edge.door.guards import in_session
from edge.door.sessions import session_of
from edge.errors import not_found
from edge.given import Caller, IdInPath, PortsGiven

if TYPE_CHECKING:
    from handlers.records.people import SessionView

_SESSION = [in_session]
_TAGS = ["Sign-in"]


class SessionBody(msgspec.Struct, frozen=True, kw_only=True):
    """A session. It ends at `expires_at`, or 12 hours after it was used last."""

    id: UUID
    address: str
    user_agent: str
    created_at: datetime
    last_seen_at: datetime
    expires_at: datetime
    is_current: bool


@get("/api/auth/sessions", guards=_SESSION, tags=_TAGS, summary="List sessions", opt=PLAIN_LIST)
async def list_sessions(ports: PortsGiven, principal: Caller, span: SpanGiven) -> Page[SessionBody]:
    """Return where you are signed in, newest first."""
    current = session_of(principal).id
    rows = await ports.store.sessions.sessions(principal.user_id)
    return page_in_memory(rows, span, key=by_age, show=lambda kept: _body(kept, current))


@delete(
    "/api/auth/sessions/{session_id:uuid}", guards=_SESSION, tags=_TAGS, summary="End a session"
)
async def end_session(
    ports: PortsGiven, principal: Caller, doer: DoerGiven, session_id: IdInPath
) -> None:
    """End one session of yours, wherever it is."""
    deed = doer.does("session.end")
    if not await ports.store.sessions.end(principal.user_id, session_id, deed=deed):
        raise not_found("session")
    await tell_of_access(ports, principal.user_id)


@delete("/api/auth/sessions", guards=_SESSION, tags=_TAGS, summary="End all other sessions")
async def end_sessions(ports: PortsGiven, principal: Caller, doer: DoerGiven) -> None:
    """End every session of yours but this one."""
    await ports.store.sessions.end_all(
        principal.user_id, but=session_of(principal).id, deed=doer.does("session.end_others")
    )
    await tell_of_access(ports, principal.user_id)


def _body(kept: SessionView, current: UUID) -> SessionBody:
    return SessionBody(
        id=kept.id,
        address=kept.address,
        user_agent=kept.user_agent,
        created_at=kept.created_at,
        last_seen_at=kept.last_seen_at,
        expires_at=kept.expires_at,
        is_current=kept.id == current,
    )


ROUTES = (list_sessions, end_session, end_sessions)
