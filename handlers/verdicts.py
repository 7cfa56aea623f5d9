"""What becomes of a message whose handler failed: one table, one row an error."""

from __future__ import annotations

from datetime import timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING

from broker_adapters.errors import BrokerError, BrokerUnavailableError
from bus.errors import BusError, TransportUnavailableError
from bus.verdicts import Ack, DeadLetter, Postpone, Retry, Verdict
from handlers.control.workers import WorkerNotStartedError
from handlers.errors import (
    AlreadyExistsError,
    HandlersError,
    LeaseLostError,
    NotFoundError,
    RefusedError,
    StoreUnavailableError,
)
from handlers.launcher.base import LauncherUnavailableError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    Rule = Callable[[Exception], Verdict]

_FAULT_PAUSE = timedelta(seconds=5)


def judge(error: Exception) -> Verdict:
    """Return the verdict of the row that fits best; what has no row is a fault of ours.

    A fault is tried again: the transport sets it aside, visibly, when its attempts are used up.
    """
    for kind in type(error).__mro__:
        rule = _TABLE.get(kind)
        if rule is not None:
            return rule(error)
    return Retry(after=_FAULT_PAUSE, reason=_reason(error))


def _reason(error: Exception) -> str:
    text = str(error)
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


def _again(seconds: float) -> Rule:
    return lambda error: Retry(after=timedelta(seconds=seconds), reason=_reason(error))


def _later(seconds: float) -> Rule:
    """What it needs is away, which is no fault of the message's."""
    return lambda error: Postpone(after=timedelta(seconds=seconds), reason=_reason(error))


def _never(error: Exception) -> Verdict:
    return DeadLetter(reason=_reason(error))


def _done(_: Exception) -> Verdict:
    return Ack()


_TABLE: Mapping[type[BaseException], Rule] = MappingProxyType(
    {
        StoreUnavailableError: _later(1),
        TransportUnavailableError: _later(1),
        LauncherUnavailableError: _later(2),
        BrokerUnavailableError: _again(5),
        LeaseLostError: _again(1),
        TimeoutError: _again(1),
        AlreadyExistsError: _done,
        NotFoundError: _never,
        RefusedError: _never,
        WorkerNotStartedError: _never,
        HandlersError: _never,
        BrokerError: _never,
        BusError: _never,
    }
)
