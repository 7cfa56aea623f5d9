"""Messages that were set aside, for a person to look at, say again or throw away."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

import msgspec
from litestar import get, post

from bus.base import DeadLetter, Destination
from bus.ids import uuid7
from edge.api.idempotency import IdempotencyHeader, require_key
from edge.api.paging import PLAIN_LIST, SpanGiven, page_in_memory
from edge.api.shapes import Page
from edge.errors import not_found
from edge.given import Caller, IdInPath, PortsGiven
from edge.guards import needs

if TYPE_CHECKING:
    from bus.envelope import Envelope
    from bus.values import UserId
    from edge.ports import Ports

_TAGS = ["Dead letters"]
_LOOKED_AT = 1000
_QUEUES = tuple(destination for destination in Destination if destination is not Destination.ORDERS)


class DeadLetterBody(msgspec.Struct, frozen=True, kw_only=True):
    """A message that was set aside, and why. Messages carry ids and never a secret."""

    id: UUID
    destination: Destination
    message_type: str
    reason: str
    attempts: int
    dead_at: datetime
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
    return page_in_memory(rows, span, key=_key, show=lambda row: dead_letter_body(*row))


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
    letter_id: IdInPath,
    idempotency_key: IdempotencyHeader = None,
) -> DeadLetterBody:
    """Publish the message again and forget the letter.

    A message names what is in the record and carries no order itself: said twice, it does nothing
    more than said once.
    """
    require_key(idempotency_key)
    letter, envelope = await _find(ports, principal.user_id, letter_id)
    again = msgspec.structs.replace(
        envelope, id=uuid7(), dedup_id=f"replay:{letter.id}", deadline_ns=None, attempt=1
    )
    await ports.bus.publisher.publish(letter.destination, again)
    await ports.bus.dead_letters.discard(letter.destination, letter.id)
    return dead_letter_body(letter, envelope)


@post(
    "/api/dead-letters/{letter_id:uuid}/discard",
    guards=[needs("trade")],
    status_code=200,
    tags=_TAGS,
    summary="Throw a dead letter away",
)
async def discard(ports: PortsGiven, principal: Caller, letter_id: IdInPath) -> DeadLetterBody:
    """Forget the letter; its message is not said again."""
    letter, envelope = await _find(ports, principal.user_id, letter_id)
    await ports.bus.dead_letters.discard(letter.destination, letter.id)
    return dead_letter_body(letter, envelope)


def dead_letter_body(letter: DeadLetter, envelope: Envelope) -> DeadLetterBody:
    """Print a dead letter."""
    body: dict[str, Any] = msgspec.to_builtins(envelope.message)
    return DeadLetterBody(
        id=letter.id,
        destination=letter.destination,
        message_type=str(body.get("type", "")),
        reason=letter.reason,
        attempts=letter.attempts,
        dead_at=_dead_at(letter),
        body=body,
    )


async def _letters_of(ports: Ports, user: UserId) -> list[tuple[DeadLetter, Envelope]]:
    """Read the user's; bytes that are no envelope are nobody's, and an operator's to look at."""
    return [
        (letter, letter.envelope)
        for queue in _QUEUES
        for letter in await ports.bus.dead_letters.dead(queue, limit=_LOOKED_AT)
        if letter.envelope is not None and letter.envelope.message.user_id == user
    ]


async def _find(ports: Ports, user: UserId, letter_id: UUID) -> tuple[DeadLetter, Envelope]:
    for letter, envelope in await _letters_of(ports, user):
        if letter.id == letter_id:
            return letter, envelope
    raise not_found("dead letter")


def _dead_at(letter: DeadLetter) -> datetime:
    return datetime.fromtimestamp(letter.dead_at_ns / 1_000_000_000, UTC)


def _key(row: tuple[DeadLetter, Envelope]) -> tuple[datetime, str]:
    return _dead_at(row[0]), str(row[0].id)


ROUTES = (list_dead_letters, replay, discard)
