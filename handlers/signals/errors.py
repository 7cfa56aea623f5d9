"""The closed list of codes an alert can be refused with, and the one error that carries them."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from handlers.signals.tokens import hide_tokens

if TYPE_CHECKING:
    from handlers.phrases import Phrase


class Code(StrEnum):
    """Stable names of what is wrong with a body; each has its section in `docs/errors`."""

    EMPTY_BODY = "empty_body"
    BODY_TOO_LARGE = "body_too_large"
    NOT_UTF8 = "not_utf8"
    MALFORMED_JSON = "malformed_json"
    DUPLICATE_KEY = "duplicate_key"
    TOO_DEEP = "too_deep"
    TOO_MANY_COMMANDS = "too_many_commands"
    UNRECOGNISED_TEXT = "unrecognised_text"
    AMBIGUOUS_PAYLOAD = "ambiguous_payload"
    UNRESOLVED_PLACEHOLDER = "unresolved_placeholder"
    MISSING_FIELD = "missing_field"
    CONFLICTING_FIELDS = "conflicting_fields"
    UNKNOWN_FIELD_TYPO = "unknown_field_typo"
    INVALID_TICKER = "invalid_ticker"
    INVALID_ACTION = "invalid_action"
    INVALID_QUANTITY = "invalid_quantity"
    INVALID_QUANTITY_TYPE = "invalid_quantity_type"
    INVALID_POSITION = "invalid_position"
    ACTION_POSITION_CONFLICT = "action_position_conflict"
    INVALID_ORDER_TYPE = "invalid_order_type"
    PRICE_REQUIRED = "price_required"
    INVALID_PRICE = "invalid_price"
    INVALID_TAKE_PROFIT = "invalid_take_profit"
    INVALID_STOP_LOSS = "invalid_stop_loss"
    INVALID_TIF = "invalid_tif"
    INVALID_TIME = "invalid_time"
    INVALID_ID = "invalid_id"
    INVALID_MODE = "invalid_mode"
    INVALID_FIELD = "invalid_field"


class SignalError(ValueError):
    """The body cannot be carried out as it stands; sending it again unchanged does not help.

    Attributes:
        field: The key as typed, without a token in it; the canonical name where it is missing.
        line: 1-based, for broken JSON, as `column`.
        hint: What the sender can do.
    """

    def __init__(
        self,
        code: Code,
        message: Phrase,
        *,
        field: str | None = None,
        at: tuple[int, int] | None = None,
        hint: Phrase | None = None,
    ) -> None:
        super().__init__(str(message))
        self.code = code
        self.message = message
        self.field = None if field is None else hide_tokens(field)
        self.line, self.column = at or (None, None)
        self.hint = hint
