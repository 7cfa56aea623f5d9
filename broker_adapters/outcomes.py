"""What a venue says of an order, and the few things that asking it can come to."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum

import msgspec

from bus.values import OrderState, Side


class Fill(msgspec.Struct, frozen=True, kw_only=True):
    """One execution. `fill_key` is the same however the fill was heard of, so it counts once.

    Attributes:
        client_order_id: Whose fill it is. A venue that lists executions without it is asked for
            their orders; empty only where it has none.
    """

    fill_key: str
    broker_trade_id: str
    broker_order_id: str
    client_order_id: str
    symbol: str
    side: Side
    quantity: Decimal
    price: Decimal
    fee: Decimal
    fee_currency: str
    at: datetime


class OrderReport(msgspec.Struct, frozen=True, kw_only=True):
    """An order as the venue knows it. `filled_quantity` is cumulative.

    Attributes:
        state: Accepted, partially filled, filled, cancelled, expired or rejected; no other. What
            the venue only received is accepted. One that somebody replaced there is cancelled: its
            replacement has another id, and is not ours.
        at: When it last changed there.
        fills: All of them in an answer of `find` or `cancel`; positions are counted by them. What
            an answer of `submit` leaves out, `events` tells.
        reason: Why it ended, where the venue says so.
    """

    broker_order_id: str
    client_order_id: str
    symbol: str
    side: Side
    quantity: Decimal
    state: OrderState
    filled_quantity: Decimal
    average_price: Decimal | None
    at: datetime
    fills: tuple[Fill, ...] = ()
    reason: str | None = None


class Reason(StrEnum):
    """Why a venue refused, in the house's words; the venue's own stand in the evidence.

    `DUPLICATE` never comes with `Rejected`: of such an id there is an order, so it is `Unknown`.
    """

    INVALID_REQUEST = "invalid_request"
    INVALID_INSTRUMENT = "invalid_instrument"
    PRECISION_OR_SIZE = "precision_or_size"
    PRICE_BAND = "price_band"
    NO_PRICE = "no_price"
    INSUFFICIENT_FUNDS = "insufficient_funds"
    POSITION_RULE = "position_rule"
    MARKET_CLOSED = "market_closed"
    NOT_FILLABLE = "not_fillable"
    AUTH = "auth"
    PERMISSION = "permission"
    CLOCK_SKEW = "clock_skew"
    RATE_LIMITED = "rate_limited"
    BROKER_UNAVAILABLE = "broker_unavailable"
    DUPLICATE = "duplicate"
    EXPIRED = "expired"
    DAY_OVER_UNSEEN = "day_over_unseen"
    NOT_FOUND = "not_found"
    CERTIFICATE_EXPIRED = "certificate_expired"
    SESSION_TAKEN = "session_taken"
    MAINTENANCE = "maintenance"


class Accepted(msgspec.Struct, frozen=True, kw_only=True, tag="accepted"):
    """The venue has the order."""

    broker_order_id: str
    report: OrderReport


class Rejected(msgspec.Struct, frozen=True, kw_only=True, tag="rejected"):
    """The venue's own, structured refusal: the order does not exist there."""

    reason: Reason
    message: str
    raw: str = ""


class NotSent(msgspec.Struct, frozen=True, kw_only=True, tag="not_sent"):
    """Provably not executed: it never left, or was refused before execution. A retry is safe.

    It is tried again under the same client id, three times at most, `retry_after` apart or longer.
    """

    why: str
    retry_after: timedelta = timedelta(milliseconds=200)
    reason: Reason = Reason.BROKER_UNAVAILABLE


class Unknown(msgspec.Struct, frozen=True, kw_only=True, tag="unknown"):
    """Nobody can say yet. Never sent again; it is looked up."""

    why: str


class NotFound(msgspec.Struct, frozen=True, kw_only=True, tag="not_found"):
    """The venue answered and does not know the order. By itself no proof of absence."""


class Cancelled(msgspec.Struct, frozen=True, kw_only=True, tag="cancelled"):
    """The order no longer works."""

    report: OrderReport


class AlreadyFinal(msgspec.Struct, frozen=True, kw_only=True, tag="already_final"):
    """There was nothing left to cancel."""

    report: OrderReport


SubmitOutcome = Accepted | Rejected | NotSent | Unknown
CancelOutcome = Cancelled | AlreadyFinal | Rejected | Unknown
FindOutcome = OrderReport | NotFound | Unknown
