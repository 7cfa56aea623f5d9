"""What a body means or why it means nothing, as a person asks for it: no strategy, no server."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from handlers.phrases import phrase
from handlers.signals.errors import SignalError
from handlers.signals.meaning import meaning_of_all
from handlers.signals.normalise import normalise
from handlers.signals.printing import printable
from handlers.signals.secrets import mask_tokens
from handlers.signals.signal import QuantityType
from handlers.signals.trade_meaning import takes_default

if TYPE_CHECKING:
    from handlers.phrases import Phrase
    from handlers.signals.signal import Normalised, Signal


class Explained(msgspec.Struct, frozen=True, kw_only=True, tag_field="status", tag="ok"):
    """The body is understood.

    Attributes:
        signal: The first signal as it is printed.
        meaning: What would happen, in plain words.
        signals: All signals of an array; left out where the body is no array.
    """

    dialect: str
    signal: dict[str, Any]
    meaning: str
    warnings: tuple[str, ...]
    signals: tuple[dict[str, Any], ...] | msgspec.UnsetType = msgspec.UNSET


class Unexplained(msgspec.Struct, frozen=True, kw_only=True, tag_field="status", tag="error"):
    """The body is refused: the fields of the one error shape, absent ones as null."""

    code: str
    message: str
    field: str | None = None
    line: int | None = None
    column: int | None = None
    hint: str | None = None


Explanation = Explained | Unexplained


def explain(body: bytes, *, language: str = "en") -> Explanation:
    """Say what an alert's body means.

    Args:
        body: As it would be sent to a webhook; no secret in it is shown.
        language: Of all that is said: `en` or `zh-TW`.

    Raises:
        ValueError: The language is another.
    """
    try:
        understood = normalise(body)
    except SignalError as error:
        return refused(error, language=language)
    return explained(understood, language=language)


def explained(
    understood: Normalised, *, language: str = "en", has_strategy: bool = False
) -> Explained:
    """Explain what was understood.

    Args:
        understood: What the body came to.
        language: Of `meaning` and `warnings`.
        has_strategy: A strategy's plan stands beside it, which tells its own warnings.

    Raises:
        ValueError: The language is none of ours.
    """
    signals = tuple(printable(signal) for signal in understood.signals)
    warnings = understood.warnings
    if not has_strategy:
        missing = map(_without_quantity, understood.signals)
        warnings = tuple(dict.fromkeys((*warnings, *filter(None, missing))))
    is_array = understood.masked.lstrip().startswith("[")
    return Explained(
        dialect=understood.dialect,
        signal=signals[0],
        meaning=meaning_of_all(understood.signals, language),
        warnings=tuple(mask_tokens(warning.said(language)) for warning in warnings),
        signals=signals if is_array else msgspec.UNSET,
    )


def _without_quantity(signal: Signal) -> Phrase | None:
    if not takes_default(signal):
        return None
    if signal.quantity_type is QuantityType.FIXED_QUANTITY:
        return phrase("default_quantity")
    return phrase("quantity_needed", measure=str(signal.quantity_type))


def refused(error: SignalError, *, language: str = "en") -> Unexplained:
    """Explain why a body is refused."""
    return Unexplained(
        code=error.code.value,
        message=mask_tokens(error.message.said(language)),
        field=None if error.field is None else mask_tokens(error.field),
        line=error.line,
        column=error.column,
        hint=None if error.hint is None else mask_tokens(error.hint.said(language)),
    )
