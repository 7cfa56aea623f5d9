"""Messages that were set aside, for a person to look at, say again or throw away."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import UUID

import msgspec
from litestar import get, post

from bus.base import DeadLetter, Destination
from edge.api.idempotency import IdempotencyHeader, require_key
from edge.api.paging import PLAIN_LIST, SpanGiven, page_in_memory
from edge.api.shapes import Page
from edge.doing import DoerGiven
from edge.errors import not_found
from edge.given import Caller, IdInPath, PortsGiven
from edge.guards import needs
from handlers.audit import NewAuditEntry
from handlers.dead_letters import NowItWould, all_letters, now_it_would
from handlers.dead_letters import replay as say_again
from handlers.signals.secrets import mask_object

if TYPE_CHECKING:
    from bus.envelope import Envelope
    from bus.values import UserId
    from edge.ports import Ports
    from handlers.audit import Deed

_TAGS = ["Dead letters"]


class DeadLetterBody(msgspec.Struct, frozen=True, kw_only=True):
    """A message that was set aside, and why; `now_it_would` says what saying it again would do."""

    id: UUID
    destination: Destination
    message_type: str
    reason: str
    attempts: int
    dead_at: datetime
    age_s: int
    now_it_would: NowItWould
    body: dict[str, Any]


@get(
    "/api/dead-letters",
    guards=[needs("read")],
    tags=_TAGS,
    summary="List dead letters",
    opt=PLAIN_LIST,
)
async def list_dead_letters(
    ports: PortsGiven, principal: Caller, span: SpanGiven
) -> Page[DeadLetterBody]:
    """Return what was set aside of yours, newest first, of the newest 1,000 of each queue."""
    rows = await _letters_of(ports, principal.user_id)
    return page_in_memory(rows, span, key=_key, show=lambda row: row.body)


@post(
    "/api/dead-letters/{letter_id:uuid}/replay",
    guards=[needs("trade")],
    status_code=202,
    tags=_TAGS,
    summary="Say a dead letter again",
)
async def replay(
    ports: PortsGiven,
    principal: Caller,
    doer: DoerGiven,
    letter_id: IdInPath,
    idempotency_key: IdempotencyHeader = None,
) -> DeadLetterBody:
    """Publish the message again and forget the letter; the reply says what it does now.

    A message names what is in the record and carries no order itself: an order past its time stays
    expired, and said twice it does nothing more than said once.
    """
    require_key(idempotency_key)
    found = await _find(ports, principal.user_id, letter_id)
    await ports.store.audit.append(_entry(found, doer.does("dead_letter.replay")))
    bus = ports.bus
    await say_again(
        found.letter,
        found.envelope,
        publisher=bus.publisher,
        dead_letters=bus.dead_letters,
        clock=ports.clock,
    )
    return found.body


@post(
    "/api/dead-letters/{letter_id:uuid}/discard",
    guards=[needs("trade")],
    status_code=200,
    tags=_TAGS,
    summary="Throw a dead letter away",
)
async def discard(
    ports: PortsGiven, principal: Caller, doer: DoerGiven, letter_id: IdInPath
) -> DeadLetterBody:
    """Forget the letter; its message is not said again. The audit log keeps what it was."""
    found = await _find(ports, principal.user_id, letter_id)
    await ports.store.audit.append(_entry(found, doer.does("dead_letter.discard")))
    await ports.bus.dead_letters.discard(found.letter.destination, found.letter.id)
    return found.body


class Found(NamedTuple):
    """A letter that can be read, and how it is shown."""

    letter: DeadLetter
    envelope: Envelope
    body: DeadLetterBody


async def _show(ports: Ports, letter: DeadLetter, envelope: Envelope) -> Found:
    message: dict[str, Any] = mask_object(msgspec.to_builtins(envelope.message))
    dead_at = _dead_at(letter)
    body = DeadLetterBody(
        id=letter.id,
        destination=letter.destination,
        message_type=str(message.get("type", "")),
        reason=letter.reason,
        attempts=letter.attempts,
        dead_at=dead_at,
        age_s=max(0, round((ports.clock.now() - dead_at).total_seconds())),
        now_it_would=await now_it_would(envelope, ports.store),
        body=message,
    )
    return Found(letter, envelope, body)


async def _letters_of(ports: Ports, user: UserId) -> list[Found]:
    """Read the user's; bytes that are no envelope are nobody's, and an operator's to look at."""
    return [
        await _show(ports, letter, letter.envelope)
        for letter in await all_letters(ports.bus.dead_letters)
        if letter.envelope is not None and letter.envelope.message.user_id == user
    ]


async def _find(ports: Ports, user: UserId, letter_id: UUID) -> Found:
    for found in await _letters_of(ports, user):
        if found.letter.id == letter_id:
            return found
    raise not_found("dead letter")


def _entry(found: Found, deed: Deed) -> NewAuditEntry:
    return NewAuditEntry(
        user_id=found.envelope.message.user_id,
        actor=deed.actor,
        action=deed.action,
        subject=f"dead_letter:{found.letter.id}",
        before=found.body.body,
        address=deed.address,
        trace_id=deed.trace_id,
    )


def _dead_at(letter: DeadLetter) -> datetime:
    return datetime.fromtimestamp(letter.dead_at_ns / 1_000_000_000, UTC)


def _key(found: Found) -> tuple[datetime, str]:
    return found.body.dead_at, str(found.letter.id)


ROUTES = (list_dead_letters, replay, discard)
