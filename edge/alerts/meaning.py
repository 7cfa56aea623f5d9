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

_FORBIDDEN = frozenset({"account_disabled", "kill_switch_active", "strategy_paused"})


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
        asked = msgspec.structs.replace(signal, mode=Mode.PAPER) if alert.is_paper_only else signal
        shape = read.shape if asked is signal else None
        planned = plan(asked, recognised, now=now, received_at=alert.received_at, shape=shape)
        if isinstance(planned, Refusal):
            raise refused_by(planned)
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


def refused_by(refusal: Refusal) -> ApiError:
    """Return the answer to an alert that cannot be planned."""
    if refusal.code in _FORBIDDEN:
        return refused_with(refusal.code)
    return ApiError(400, refusal.code, refusal.message, field=refusal.field, hint=refusal.hint)
