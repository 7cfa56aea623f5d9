"""Envelopes to bytes and back: JSON, so that a queue's console and a person can read them."""

from __future__ import annotations

import msgspec

from bus.envelope import Envelope
from bus.errors import UndecodableError

_ENCODER = msgspec.json.Encoder()
_DECODER = msgspec.json.Decoder(Envelope)


def encode(envelope: Envelope) -> bytes:
    """Return the envelope's bytes; the same envelope always gives the same bytes."""
    return _ENCODER.encode(envelope)


def decode(body: bytes) -> Envelope:
    """Return the envelope in these bytes.

    Raises:
        UndecodableError: They hold none of ours, or one of a message that this build does not know.
    """
    try:
        return _DECODER.decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise UndecodableError(str(error)) from error


def with_attempt(envelope: Envelope, attempt: int) -> Envelope:
    """Return the envelope as it is on its `attempt`-th delivery."""
    if envelope.attempt == attempt:
        return envelope
    return msgspec.structs.replace(envelope, attempt=attempt)
