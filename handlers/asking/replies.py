"""A worker's answer to a request that somebody waits for, and how it travels."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from broker_adapters.base import Balance, Instrument, Position
from bus.values import OrderState
from handlers.phrases import phrase


class Reason(StrEnum):
    """Why a request was not done; each has its section in the docs."""

    AUTH = "auth"
    INVALID_OPTIONS = "invalid_options"
    VENUE_ACCOUNT_CHANGED = "venue_account_changed"
    UNKNOWN_SYMBOL = "unknown_symbol"
    UNSUPPORTED = "unsupported"
    BROKER_UNAVAILABLE = "broker_unavailable"
    CERTIFICATE_EXPIRED = "certificate_expired"
    SESSION_TAKEN = "session_taken"
    RATE_LIMITED = "rate_limited"
    MAINTENANCE = "maintenance"
    NOT_FOUND = "not_found"
    NO_ANSWER = "no_answer"
    ALREADY_FINAL = "already_final"
    CANCEL_REFUSED = "cancel_refused"
    CANCEL_PENDING = "cancel_pending"
    UNAVAILABLE = "unavailable"


class Reply(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What became of a request, in a word for programs and in words for people.

    Attributes:
        is_ok: What was asked for was done.
        code: Stable; a `Reason` where it was not done.
        message: In English; `message_zh_tw` says the same in the Chinese of Taiwan.
        why: What the venue or its adapter said itself, where it said anything.
        state: The order's, where the request was about one.
        balances: The account's, where the request was about one; so are `positions`.
        instruments: What its venue trades, or what may have been meant.
    """

    is_ok: bool
    code: str
    message: str
    message_zh_tw: str
    why: str | None = None
    state: OrderState | None = None
    balances: tuple[Balance, ...] = ()
    positions: tuple[Position, ...] = ()
    instruments: tuple[Instrument, ...] = ()

    def said(self, language: str) -> str:
        """Return the message in a language: `en` or `zh-TW`."""
        return self.message_zh_tw if language == "zh-TW" else self.message


_ENCODER = msgspec.json.Encoder()
_DECODER = msgspec.json.Decoder(Reply)


def done(
    word: str,
    *,
    state: OrderState | None = None,
    balances: tuple[Balance, ...] = (),
    positions: tuple[Position, ...] = (),
    instruments: tuple[Instrument, ...] = (),
    **values: str,
) -> Reply:
    """Say that what was asked for was done; `values` are what stands in the words."""
    words = phrase(f"reply_{word}", **values)
    return Reply(
        is_ok=True,
        code=word,
        message=words.said("en"),
        message_zh_tw=words.said("zh-TW"),
        state=state,
        balances=balances,
        positions=positions,
        instruments=instruments,
    )


def failed(
    reason: Reason,
    *,
    why: str | None = None,
    state: OrderState | None = None,
    instruments: tuple[Instrument, ...] = (),
) -> Reply:
    """Say that it was not, and why."""
    words = phrase(f"reply_{reason}")
    return Reply(
        is_ok=False,
        code=reason.value,
        message=words.said("en"),
        message_zh_tw=words.said("zh-TW"),
        why=why,
        state=state,
        instruments=instruments,
    )


def encode_reply(reply: Reply) -> bytes:
    """Return the reply's bytes."""
    return _ENCODER.encode(reply)


def decode_reply(body: bytes) -> Reply:
    """Return the reply in these bytes.

    Raises:
        msgspec.MsgspecError: They hold none.
    """
    return _DECODER.decode(body)
