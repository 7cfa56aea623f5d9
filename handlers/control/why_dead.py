"""Why a message was set aside, as a person can act upon it; the raw reason is for the log."""

from __future__ import annotations

import re
from enum import StrEnum

from bus.base import EXHAUSTED
from bus.dispatch import GIVEN_UP


class WhyDead(StrEnum):
    """The closed list; the dashboard has words for each, and for what to do."""

    GIVEN_UP = "given_up"
    NOT_KNOWN = "not_known"
    GONE = "gone"
    REFUSED = "refused"
    NO_WORKER = "no_worker"
    VENUE = "venue"
    CREDENTIALS = "credentials"
    AWAY = "away"
    FAULT = "fault"


_NAME = re.compile(r"[A-Za-z]+")
_WHY = {
    WhyDead.NOT_KNOWN: ("UnroutableError", "UndecodableError"),
    WhyDead.GONE: ("NotFoundError", "AlreadyExistsError"),
    WhyDead.REFUSED: ("RefusedError", "ChangedMeanwhileError", "RecordRefusedError"),
    WhyDead.NO_WORKER: ("WorkerNotStartedError", "LauncherUnavailableError", "LeaseLostError"),
    WhyDead.VENUE: (
        "BrokerUnavailableError", "SessionTakenError", "MaintenanceError", "TooManyLoginsError",
        "UnknownSymbolError",
    ),
    WhyDead.CREDENTIALS: (
        "AuthFailedError", "CertificateExpiredError", "OtherVenueAccountError",
        "InvalidOptionsError", "UnknownBrokerError",
    ),
    WhyDead.AWAY: ("StoreUnavailableError", "TransportUnavailableError", "TimeoutError"),
}  # fmt: skip
_BY_NAME = {name: why for why, names in _WHY.items() for name in names}


def why_dead(reason: str) -> WhyDead:
    """Return what a raw reason means, by the error that it names; what is unknown is our fault."""
    if reason.partition(":")[0] == GIVEN_UP:
        return WhyDead.GIVEN_UP
    named = _NAME.match(reason.removeprefix(f"{EXHAUSTED}: "))
    return WhyDead.FAULT if named is None else _BY_NAME.get(named[0], WhyDead.FAULT)
