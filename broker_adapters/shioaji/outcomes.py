"""What an order came to that ended in an error: rejected, not sent, or unknown. Pure."""

from __future__ import annotations

from broker_adapters.base import NotSent, Reason, Rejected, Unknown
from broker_adapters.errors import (
    AuthFailedError,
    BrokerError,
    CertificateExpiredError,
    MaintenanceError,
    SessionTakenError,
    TooManyLoginsError,
)
from broker_adapters.shioaji.errors import NeverSentError, RefusedError

# Nothing was executed, and a later try may do better.
_UNSENT: tuple[tuple[type[BrokerError], Reason], ...] = (
    (MaintenanceError, Reason.MAINTENANCE),
    (SessionTakenError, Reason.SESSION_TAKEN),
    (TooManyLoginsError, Reason.RATE_LIMITED),
    (NeverSentError, Reason.BROKER_UNAVAILABLE),
)


def outcome_of(error: BrokerError) -> Rejected | NotSent | Unknown:
    """Return what an order came to whose call ended like this; what is not sure is unknown."""
    rejected = _rejected(error)
    if rejected is not None:
        return rejected
    if isinstance(error, RefusedError):
        return NotSent(why=f"refused before execution: {error}", reason=error.reason)
    reason = next((reason for kind, reason in _UNSENT if isinstance(error, kind)), None)
    if reason is None:
        return Unknown(why=str(error))
    return NotSent(why=f"nothing was sent: {error}", reason=reason)


def unsent_outcome(error: BrokerError) -> Rejected | NotSent:
    """Return what an order came to that was not sent, since something before it failed."""
    outcome = outcome_of(error)
    return NotSent(why=f"nothing was sent: {error}") if isinstance(outcome, Unknown) else outcome


def _rejected(error: BrokerError) -> Rejected | None:
    if isinstance(error, CertificateExpiredError):
        message = f"The certificate has ended: {error}"
        return Rejected(reason=Reason.CERTIFICATE_EXPIRED, message=message)
    if isinstance(error, AuthFailedError):
        return Rejected(reason=Reason.AUTH, message=f"SinoPac refuses the key: {error}")
    if isinstance(error, RefusedError) and error.reason is not Reason.RATE_LIMITED:
        return Rejected(reason=error.reason, message=f"SinoPac refused the order: {error}")
    return None
