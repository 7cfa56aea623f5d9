"""Messages that were set aside, for a person to look at, say again or throw away."""

from __future__ import annotations

from datetime import UTC, datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import UUID

import msgspec
from litestar import Response, get, post

from bus.base import DeadLetter, Destination
from bus.errors import TransportUnavailableError
from edge.api.idempotency import IdempotencyHeader, conflict, require_key
from edge.api.paging import PLAIN_LIST, SpanGiven, page_in_memory
from edge.api.shapes import Page
from edge.door.doing import DoerGiven
from edge.door.guards import needs
from edge.errors import not_found
from edge.given import Caller, IdInPath, PortsGiven
from handlers.control.dead_letters import NowItWould, all_letters, now_it_would
from handlers.control.dead_letters import replay as replay_letter
from handlers.control.why_dead import WhyDead, why_dead
from handlers.errors import RefusedError
from handlers.records.audit import NewAuditEntry
from handlers.signals.secrets import mask_object

if TYPE_CHECKING:
    from bus.envelope import Envelope
    from bus.values import UserId
    from edge.ports import Ports
    from handlers.records.audit import Deed

_TAGS = ["Dead letters"]


class DeadLetterBody(msgspec.Struct, frozen=True, kw_only=True):
    """A message that was set aside; `now_it_would` says what saying it again would do.

    Attributes:
        reason: As the part that set it aside wrote it down.
        why: What that means, of a closed list.
    """

    id: UUID
    destination: Destination
    message_type: str
    reason: str
    why: WhyDead
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
) -> Response[DeadLetterBody]:
    """Publish the message again and forget the letter; 200 with the same reply on repetition.

    The reply says what the message does now. It names what is in the record and carries no order
    itself: an order past its time stays expired.
    """
    user, key = principal.user_id, require_key(idempotency_key)
    body_hash = sha256(b"dead_letter.replay:" + letter_id.bytes).digest()
    try:
        kept = await ports.store.answers.find(user, key=key, body_hash=body_hash)
        is_new = kept is None
        if kept is None:
            found = await _find(ports, user, letter_id)
            kept = await ports.store.answers.keep(
                user,
                key=key,
                body_hash=body_hash,
                answer=msgspec.to_builtins(found.body),
                entry=_entry(found, doer.does("dead_letter.replay")),
            )
    except RefusedError as error:
        raise conflict() from error
    if kept.is_mine:
        await _say_again(ports, user, letter_id, key)
    elif kept.is_done:
        await _forget(ports, user, letter_id)
    else:
        raise TransportUnavailableError("the same request is under way, or broke off just now")
    # One that was kept by an older build names no `why`.
    known = {"why": why_dead(str(kept.answer.get("reason", "")))} | kept.answer
    answer = msgspec.convert(known, DeadLetterBody)
    return Response(answer, status_code=202 if is_new else 200)


async def _say_again(ports: Ports, user: UserId, letter_id: UUID, key: str) -> None:
    """Say it again, once under this key; whoever broke off before the letter was gone is followed.

    A letter that is gone was said again, or thrown away, under another key.
    """

    async def note_said() -> None:
        await ports.store.answers.finish(user, key)

    for found in await _letters_of(ports, user):
        if found.letter.id == letter_id:
            await replay_letter(
                found.letter,
                found.envelope,
                publisher=ports.bus.publisher,
                dead_letters=ports.bus.dead_letters,
                clock=ports.clock,
                note_said=note_said,
            )
            return
    await note_said()


async def _forget(ports: Ports, user: UserId, letter_id: UUID) -> None:
    """Forget a letter that was said again, and whose forgetting failed."""
    for found in await _letters_of(ports, user):
        if found.letter.id == letter_id:
            await ports.bus.dead_letters.discard(found.letter.destination, letter_id)


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
        why=why_dead(letter.reason),
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
