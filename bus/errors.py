"""What can go wrong in the post."""

from __future__ import annotations


class BusError(Exception):
    """The base of this folder's errors."""


class TransportUnavailableError(BusError):
    """The server cannot be reached or gave no answer; repeating is safe."""


class UndecodableError(BusError):
    """The bytes are no envelope of ours; repeating does not help."""


class UnroutableError(BusError):
    """No destination is set for this message type; repeating does not help."""
