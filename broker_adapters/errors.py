"""What can go wrong with a broker outside of a submit, which never raises."""

from __future__ import annotations


class BrokerError(Exception):
    """The base of this folder's errors."""


class AuthFailedError(BrokerError):
    """The venue refuses the credentials; trying again does not help."""


class BrokerUnavailableError(BrokerError):
    """The venue gives no usable answer; trying again is safe."""


class UnknownSymbolError(BrokerError):
    """The venue does not trade this symbol; trying again does not help."""


class UnknownBrokerError(BrokerError):
    """No adapter of this name is registered."""
