"""What the control plane did about an order: one record a message it handled."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from handlers.records.base import Record
from telemetry.propagation import span_id_in, trace_id_in
from telemetry.stages import Stage


class HopOutcome(StrEnum):
    """What came of handling a message once.

    `SKIPPED` is one that nobody wanted any more when it was its turn; `AGAIN` comes back later.
    """

    DONE = "done"
    SKIPPED = "skipped"
    AGAIN = "again"
    SET_ASIDE = "set_aside"


FAILED = frozenset({HopOutcome.AGAIN, HopOutcome.SET_ASIDE})


class ControlHop(Record, frozen=True, kw_only=True):
    """One message, handled once.

    Attributes:
        id: The envelope's.
        attempt: Which of its deliveries this was, 1 at first.
        message: Its type, as the codec tags it.
        system: What carried it, by OpenTelemetry's name for it.
        traceparent: What it carried with it, or an empty string.
        sent_at: By its sender's clock; the other times are the control plane's.
        code: What went wrong, as the error's name.
    """

    id: UUID
    attempt: int
    stage: Stage
    message: str
    destination: str
    system: str
    traceparent: str
    sent_at: datetime
    taken_at: datetime
    done_at: datetime
    outcome: HopOutcome
    code: str | None = None

    @property
    def trace_id(self) -> str:
        """The trace that it was sent in; empty where there is none."""
        return trace_id_in(self.traceparent)

    @property
    def sender_span_id(self) -> str:
        """The span that it was sent under."""
        return span_id_in(self.traceparent)
