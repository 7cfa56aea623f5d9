"""The one shape of every error; what each exception becomes on its way out is `error_replies`."""

from __future__ import annotations

import msgspec

from handlers.phrases import Phrase

_ENCODER = msgspec.json.Encoder()


class ErrorBody(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What went wrong, in a form that programs and people can act upon.

    Attributes:
        code: Stable; each has its own section in the docs.
        field: The key as it was sent, or the canonical name where it is missing.
        line: Where malformed JSON breaks off.
    """

    code: str
    message: str
    field: str | None = None
    line: int | None = None
    column: int | None = None
    hint: str | None = None
    trace_id: str


class ApiError(Exception):
    """A request that is answered with an error; whether a retry is safe depends on its code.

    Attributes:
        whose: Ids for the log, never for the answer.
        place: Which signal of an alert it is about, from 0.
    """

    def __init__(  # noqa: PLR0913 - the fields of the one error shape
        self,
        status: int,
        code: str,
        message: str | Phrase,
        *,
        field: str | None = None,
        hint: str | Phrase | None = None,
        at: tuple[int | None, int | None] = (None, None),
    ) -> None:
        super().__init__(str(message))
        self.status = status
        self.code = code
        self.message = str(message)
        self.field = field
        self.hint = None if hint is None else str(hint)
        self._words = (message, hint)
        self.line, self.column = at
        self.retry_after_s: int | None = 1 if status == 503 else None
        self.whose: dict[str, str] = {}
        self.place = 0

    def said(self, language: str) -> tuple[str, str | None]:
        """Return message and hint in a language, as far as they are known in it."""
        message, hint = self._words
        return (
            message.said(language) if isinstance(message, Phrase) else message,
            hint.said(language) if isinstance(hint, Phrase) else hint,
        )


def not_found(what: str) -> ApiError:
    """Return the error for a thing that does not exist, or is somebody else's."""
    return ApiError(404, "not_found", f"There is no such {what}.")


def unavailable(who: str = "The record") -> ApiError:
    """Return the error for what gave no answer: the record, or who else is named."""
    return ApiError(503, "unavailable", f"{who} gave no answer. Please try again.")


def at_fault() -> ApiError:
    """Return the error for an alert that met a fault of ours: to be sent again, all the same."""
    message = "This is our fault, and the alert may not be recorded. Please send it again."
    return ApiError(503, "unavailable", message)


def encode_error(error: ApiError, trace_id: str) -> bytes:
    """Return the error as JSON."""
    return _ENCODER.encode(
        ErrorBody(
            code=error.code,
            message=error.message,
            field=error.field,
            line=error.line,
            column=error.column,
            hint=error.hint,
            trace_id=trace_id,
        )
    )
