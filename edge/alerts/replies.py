"""What a webhook answers with: the same few fields, whatever became of the alert."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

import msgspec

from edge.alerts.whole_reply import cycle_of, head_of, write_whole
from edge.headers import NO_STORE, SECURITY_HEADERS

if TYPE_CHECKING:
    from litestar.types import Send

_ENCODER = msgspec.json.Encoder()
_ALWAYS = ((b"content-type", b"application/json"), *SECURITY_HEADERS, NO_STORE)


class ReplyOrder(msgspec.Struct, frozen=True, kw_only=True):
    """An order that came of the alert; `account` is the account's id."""

    id: UUID
    account: UUID
    summary: str


class SignalReply(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What became of one signal. `code` and `message` say why it was not accepted."""

    status: str
    signal_id: UUID
    trace_id: str
    dialect: str | None
    orders: tuple[ReplyOrder, ...]
    warnings: tuple[str, ...]
    code: str | None = None
    message: str | None = None


class ManyReply(SignalReply, frozen=True, kw_only=True, omit_defaults=True):
    """What became of an array: the first signal's fields, and all of them in `signals`."""

    signals: tuple[SignalReply, ...]


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """A reply that is ready to be sent, and what the log says of it."""

    status: int
    body: bytes
    outcome: str
    signal_id: UUID
    code: str | None = None


_STATUSES = {"accepted": 202, "duplicate": 200, "rejected": 200}
_RANK = ("accepted", "rejected", "refused", "duplicate")


def answer_signals(replies: tuple[SignalReply, ...]) -> Answer:
    """Fold the replies of an alert's signals into one.

    One accepted signal makes the whole answer 202 `accepted`, whatever became of the others; else
    one rejected makes it `rejected`; it is `duplicate` only where all of them are.
    """
    first = replies[0]
    whole, outcome = first, first.status
    if len(replies) > 1:
        outcome = min([reply.status for reply in replies], key=_RANK.index)
        whole = _fold(outcome, replies)
    return Answer(
        status=_STATUSES[outcome],
        body=_ENCODER.encode(whole),
        outcome=outcome,
        signal_id=first.signal_id,
        code=first.code,
    )


def _fold(outcome: str, replies: tuple[SignalReply, ...]) -> ManyReply:
    first = replies[0]
    return ManyReply(
        status=outcome,
        signal_id=first.signal_id,
        trace_id=first.trace_id,
        dialect=first.dialect,
        orders=tuple(order for reply in replies for order in reply.orders),
        warnings=tuple(dict.fromkeys(text for reply in replies for text in reply.warnings)),
        code=first.code,
        message=first.message,
        signals=replies,
    )


async def send_json(
    send: Send, status: int, body: bytes, headers: tuple[tuple[bytes, bytes], ...] = ()
) -> None:
    """Send a whole JSON reply, with the headers that every reply carries."""
    cycle = cycle_of(send)
    if cycle is not None:
        await write_whole(cycle, head_of(status, (*_ALWAYS, *headers)), body)
        return
    await send(
        {
            "type": "http.response.start",
            "status": status,
            "headers": (*_ALWAYS, (b"content-length", b"%d" % len(body)), *headers),
        }
    )
    await send({"type": "http.response.body", "body": body, "more_body": False})
