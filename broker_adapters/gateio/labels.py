"""What Gate's error labels mean: one table from its words to the house's.

Source: "Error handling" of Gate's documentation. Never branch on the message.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from broker_adapters.base import Reason

if TYPE_CHECKING:
    from broker_adapters.gateio.port import Reply

_BY_REASON = {
    Reason.INVALID_REQUEST: (
        "INVALID_PARAM_VALUE INVALID_PROTOCOL INVALID_ARGUMENT INVALID_REQUEST_BODY BAD_REQUEST "
        "MISSING_REQUIRED_PARAM INVALID_CONTENT_TYPE NOT_ACCEPTABLE METHOD_NOT_ALLOWED NOT_FOUND "
        "TOO_MANY_CURRENCY_PAIRS TOO_MANY_ORDERS MIXED_ACCOUNT_TYPE NO_CHANGE"
    ),
    Reason.INVALID_INSTRUMENT: (
        "INVALID_CURRENCY INVALID_CURRENCY_PAIR CONTRACT_NOT_FOUND ORDER_BOOK_NOT_FOUND"
    ),
    Reason.PRECISION_OR_SIZE: (
        "INVALID_PRECISION AMOUNT_TOO_LITTLE AMOUNT_TOO_MUCH SIZE_TOO_LARGE SIZE_TOO_SMALL"
    ),
    Reason.PRICE_BAND: "PRICE_TOO_DEVIATED PRICE_OVER_LIQUIDATION PRICE_OVER_BANKRUPT",
    Reason.INSUFFICIENT_FUNDS: (
        "BALANCE_NOT_ENOUGH QUANTITY_NOT_ENOUGH MARGIN_BALANCE_NOT_ENOUGH INITIAL_MARGIN_TOO_LOW "
        "INSUFFICIENT_AVAILABLE LIQUIDATE_IMMEDIATELY AUTO_BORROW_TOO_MUCH USER_NOT_FOUND"
    ),
    Reason.POSITION_RULE: (
        "RISK_LIMIT_EXCEEDED LEVERAGE_TOO_HIGH LEVERAGE_TOO_LOW POSITION_CROSS_MARGIN "
        "POSITION_IN_LIQUIDATION POSITION_IN_CLOSE POSITION_EMPTY POSITION_NOT_FOUND "
        "POSITION_DUAL_MODE POSITION_HOLDING INCREASE_POSITION REDUCE_EXCEEDED "
        "MARGIN_NOT_SUPPORTED ORDER_PENDING"
    ),
    Reason.MARKET_CLOSED: "TRADE_RESTRICTED CONTRACT_IN_DELISTING CONTRACT_NO_COUNTER",
    Reason.NOT_FILLABLE: (
        "POC_FILL_IMMEDIATELY ORDER_POC_IMMEDIATE FOK_NOT_FILL ORDER_FOK CONTRACT_NO_DEPTH"
    ),
    Reason.AUTH: (
        "INVALID_CREDENTIALS INVALID_KEY INVALID_SIGNATURE MISSING_REQUIRED_HEADER ACCOUNT_LOCKED"
    ),
    Reason.PERMISSION: "IP_FORBIDDEN READ_ONLY FORBIDDEN",
    Reason.CLOCK_SKEW: "REQUEST_EXPIRED",
    Reason.RATE_LIMITED: "TOO_MANY_REQUESTS TOO_FAST",
    Reason.DUPLICATE: "REPEATED_CREATION DUPLICATE_REQUEST ORDER_EXISTS",
    Reason.NOT_FOUND: (
        "ORDER_NOT_FOUND CLIENT_ID_NOT_FOUND ORDER_CLOSED ORDER_CANCELLED ORDER_FINISHED "
        "ORDER_NOT_OWNED CANCEL_FAIL"
    ),
    Reason.BROKER_UNAVAILABLE: "INTERNAL SERVER_ERROR TOO_BUSY",
}
REASONS = {label: reason for reason, labels in _BY_REASON.items() for label in labels.split()}
# Such an answer may stand beside an order that exists.
AMBIGUOUS = frozenset({Reason.DUPLICATE, Reason.BROKER_UNAVAILABLE})
# Gate keeps no futures account before money was moved there.
NO_ACCOUNT = "USER_NOT_FOUND"
_BY_STATUS = {401: Reason.AUTH, 403: Reason.PERMISSION}
_MESSAGE_MAX = 300


class Refusal(msgspec.Struct, frozen=True, kw_only=True):
    """Gate's own, structured refusal."""

    status: int
    label: str
    message: str

    @property
    def reason(self) -> Reason:
        """The house's word; what a label means that nobody knows yet is said by the status."""
        if self.status == 429:
            return Reason.RATE_LIMITED
        return REASONS.get(self.label) or _BY_STATUS.get(self.status, Reason.INVALID_REQUEST)


class _Words(msgspec.Struct, frozen=True):
    label: str
    message: str | None = None
    detail: str | None = None


_words = msgspec.json.Decoder(_Words)


def refusal_of(reply: Reply) -> Refusal | None:
    """Return what Gate refuses in so many words; `None` for all else, failures of its own too."""
    if not 400 <= reply.status < 500 or reply.status == 408:
        return None
    try:
        words = _words.decode(reply.body)
    except msgspec.DecodeError:
        return None
    if not words.label:
        return None
    message = words.detail or words.message or words.label
    return Refusal(status=reply.status, label=words.label, message=message[:_MESSAGE_MAX])
