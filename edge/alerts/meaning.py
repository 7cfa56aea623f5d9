"""What an alert's bytes come to for one strategy, and the refusal where they come to nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from bus.values import Mode
from edge.alerts.refusals import refused_with
from edge.errors import ApiError
from handlers.phrases import Phrase
from handlers.planning.planned import Planned, plan
from handlers.planning.repetition import repetition_of
from handlers.records.alerts import Dedupe
from handlers.records.refusals import Refusal
from handlers.signals import Normalised, SignalError, normalise
from handlers.signals.printing import encode_printed, printable

if TYPE_CHECKING:
    from datetime import datetime

    from edge.alerts.alert import Alert
    from handlers.records.accounts import Recognised
    from handlers.signals import Signal

_FORBIDDEN = frozenset({"account_disabled", "kill_switch_active", "strategy_paused"})


class Understood(msgspec.Struct, frozen=True, kw_only=True):
    """What an alert said, whatever became of it: `encoded` is one of its signals, as JSON."""

    dialect: str
    encoded: bytes


class Meant(msgspec.Struct, frozen=True, kw_only=True):
    """What one signal asks for.

    Attributes:
        encoded: The signal as JSON.
        masked: The whole body it came in, without secrets.
    """

    encoded: bytes
    dialect: str
    masked: str
    planned: Planned
    dedupe: Dedupe
    warnings: tuple[Phrase, ...]


def read_alert(body: bytes) -> Normalised | ApiError:
    """Return the signals in a body, or why there are none."""
    try:
        return normalise(body)
    except SignalError as error:
        return ApiError(
            413 if error.code == "body_too_large" else 400,
            str(error.code),
            error.message,
            field=error.field,
            hint=error.hint,
            at=(error.line, error.column),
        )


def plan_signals(
    read: Normalised, alert: Alert, recognised: Recognised, *, now: datetime
) -> list[Meant]:
    """Plan every signal of an alert.

    Raises:
        ApiError: One of them is refused, and so the whole alert is.
    """
    meant: list[Meant] = []
    for index, signal in enumerate(read.signals):
        asked = _asked(signal, alert)
        shape = read.shape if asked is signal else None
        planned = plan(asked, recognised, now=now, received_at=alert.received_at, shape=shape)
        if isinstance(planned, Refusal):
            raise refused_by(planned, place=index)
        repetition = repetition_of(asked, recognised.strategy, index=index, shape=shape)
        meant.append(
            Meant(
                encoded=encode_printed(printable(asked, shape)),
                dialect=read.dialect,
                masked=read.masked,
                planned=planned,
                dedupe=repetition.dedupe,
                warnings=(*read.warnings, *planned.warnings, *repetition.warnings),
            )
        )
    return meant


def understood(read: Normalised | ApiError, alert: Alert, refusal: ApiError) -> Understood | None:
    """Return what a refused alert said: the signal at fault, else its first; `None` if nothing."""
    if isinstance(read, ApiError):
        return None
    signal = _asked(read.signals[refusal.place], alert)
    return Understood(dialect=read.dialect, encoded=encode_printed(printable(signal)))


def refused_by(refusal: Refusal, *, place: int = 0) -> ApiError:
    """Return the answer to an alert that cannot be planned, for the signal at this place of it."""
    if refusal.code in _FORBIDDEN:
        error = refused_with(refusal.code)
    else:
        error = ApiError(400, refusal.code, refusal.message, field=refusal.field, hint=refusal.hint)
    error.place = place
    return error


def _asked(signal: Signal, alert: Alert) -> Signal:
    return msgspec.structs.replace(signal, mode=Mode.PAPER) if alert.is_paper_only else signal
