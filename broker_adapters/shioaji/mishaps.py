"""From the SDK's troubles to the house's errors: of a call, and of a login. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from broker_adapters.base import Reason
from broker_adapters.errors import (
    AuthFailedError,
    BrokerError,
    BrokerUnavailableError,
    CertificateExpiredError,
    MaintenanceError,
    TooManyLoginsError,
)
from broker_adapters.shioaji.errors import AnswerLostError, NeverSentError, RefusedError
from broker_adapters.shioaji.labels import Trouble, reason_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_CALLS: Mapping[Trouble, Callable[[str], BrokerError]] = {
    Trouble.KEY: AuthFailedError,
    Trouble.TOKEN: NeverSentError,
    Trouble.UNSENT: NeverSentError,
    Trouble.SUSPENDED: lambda text: RefusedError(Reason.RATE_LIMITED, text),
    Trouble.MAINTENANCE: MaintenanceError,
    Trouble.REFUSED: lambda text: RefusedError(reason_of("", text), text),
    Trouble.CERTIFICATE_EXPIRED: lambda text: RefusedError(Reason.CERTIFICATE_EXPIRED, text),
    Trouble.CERTIFICATE: lambda text: RefusedError(Reason.PERMISSION, text),
    Trouble.PERMISSION: lambda text: RefusedError(Reason.PERMISSION, text),
    Trouble.LOST: AnswerLostError,
}
_LOGINS: Mapping[Trouble, type[BrokerError]] = {
    Trouble.CERTIFICATE_EXPIRED: CertificateExpiredError,
    Trouble.SUSPENDED: TooManyLoginsError,
    Trouble.MAINTENANCE: MaintenanceError,
    Trouble.LOST: BrokerUnavailableError,
    Trouble.UNSENT: BrokerUnavailableError,
}
# What the login says when this machine's clock is more than half a minute off.
_CLOCK = "Sign data is timeout"


def call_error(trouble: Trouble, text: str) -> BrokerError:
    """Return what became of a call."""
    return _CALLS[trouble](text)


def login_error(trouble: Trouble, text: str) -> BrokerError:
    """Return what a login that failed means: whether to try again, and how soon."""
    if _CLOCK in text:
        return BrokerUnavailableError(f"this machine's clock is wrong: {text}")
    return _LOGINS.get(trouble, AuthFailedError)(text)
