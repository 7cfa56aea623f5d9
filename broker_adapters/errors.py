"""What can go wrong with a broker outside of a submit, which never raises."""

from __future__ import annotations


class BrokerError(Exception):
    """The base of this folder's errors."""


class AuthFailedError(BrokerError):
    """The venue refuses the credentials; trying again does not help."""


class OtherVenueAccountError(BrokerError):
    """The key is another venue account's, while the one before has something open; do not retry."""


class BrokerUnavailableError(BrokerError):
    """The venue gives no usable answer; trying again is safe."""


class CertificateExpiredError(AuthFailedError):
    """The account's certificate has ended; do not try again before there is a new one."""


class SessionTakenError(BrokerUnavailableError):
    """Another program of the trader's pushes the session out; try again much later."""


class MaintenanceError(BrokerUnavailableError):
    """The venue is closed for maintenance; trying again later is safe."""


class TooManyLoginsError(BrokerUnavailableError):
    """The venue allows no further session just now; trying again sooner makes it worse."""


class UnknownSymbolError(BrokerError):
    """The venue does not trade this symbol; trying again does not help."""


class UnknownBrokerError(BrokerError):
    """No adapter of this name is registered."""


class InvalidOptionsError(BrokerError):
    """The account's options or credentials are not of the broker's kind; do not try again."""


class LedgerMismatchError(BrokerError):
    """The paper ledger was made by other migrations than these; do not try again."""


class InvalidPriceError(BrokerError):
    """A price set by hand is none; trying again does not help."""
