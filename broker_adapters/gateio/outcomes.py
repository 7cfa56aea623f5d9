"""What Gate's reply to an order means: one of four things, decided here alone. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from broker_adapters.base import NotSent, Reason, Rejected, Unknown
from broker_adapters.gateio.budget import retry_after
from broker_adapters.gateio.labels import AMBIGUOUS, Refusal, refusal_of

if TYPE_CHECKING:
    from datetime import datetime

    from broker_adapters.gateio.port import Reply

_SHOWN = 200


def refused_outcome(reply: Reply, *, now: datetime) -> Rejected | NotSent | Unknown | None:
    """Return what a reply that is no order means; `None` if it should be one.

    A refusal counts only in Gate's own words, but for a 429: whoever says it let nothing pass. A
    failure of Gate's, a page of some proxy and what speaks of a duplicate may all stand beside an
    order that exists.

    Args:
        reply: To a `POST` of an order.
        now: On Gate's clock.
    """
    if reply.status in {200, 201}:
        return None
    refusal = refusal_of(reply)
    if refusal is None and reply.status != 429:
        return Unknown(why=f"Gate answered {reply.status}: {_shown(reply)}")
    return _in_its_words(reply, refusal, now=now)


def _in_its_words(
    reply: Reply, refusal: Refusal | None, *, now: datetime
) -> Rejected | NotSent | Unknown:
    if refusal is None or refusal.reason is Reason.RATE_LIMITED:
        why = f"refused before execution: {Reason.RATE_LIMITED.value}: {_shown(reply)}"
        return NotSent(why=why, retry_after=retry_after(reply.headers, now=now))
    if refusal.reason is Reason.CLOCK_SKEW:
        return NotSent(why=f"refused before execution: {refusal.label}: {refusal.message}")
    if refusal.reason in AMBIGUOUS:
        return Unknown(why=f"{refusal.reason.value}: {refusal.label}: {refusal.message}")
    message = f"{_SENTENCES.get(refusal.reason, 'Gate refused the order')}: {refusal.message}"
    return Rejected(reason=refusal.reason, message=message, raw=_shown(reply))


def _shown(reply: Reply) -> str:
    return reply.body[:_SHOWN].decode(errors="replace")


_SENTENCES = {
    Reason.AUTH: "Gate refuses the API key",
    Reason.PERMISSION: "The API key may not do this, or not from this address",
    Reason.INSUFFICIENT_FUNDS: "The account has too little for this order",
    Reason.PRICE_BAND: "The price is too far from the market",
    Reason.PRECISION_OR_SIZE: "The quantity or price is not in Gate's steps and bounds",
    Reason.POSITION_RULE: "The position or its margin does not allow it",
    Reason.MARKET_CLOSED: "Gate does not trade this symbol now",
    Reason.INVALID_INSTRUMENT: "Gate does not know this symbol",
    Reason.NOT_FILLABLE: "The order could not be filled as it was asked",
}
