"""What becomes of a message whose handler failed."""

from __future__ import annotations

import pytest

from broker_adapters.errors import AuthFailedError, BrokerUnavailableError
from bus.errors import TransportUnavailableError, UndecodableError, UnroutableError
from bus.verdicts import Ack, DeadLetter, Postpone, Retry
from handlers.control.workers import WorkerNotStartedError
from handlers.errors import (
    AlreadyExistsError,
    NotFoundError,
    RecordRefusedError,
    RefusedError,
    StoreUnavailableError,
)
from handlers.launcher.base import LauncherUnavailableError
from handlers.verdicts import judge


@pytest.mark.parametrize(
    "error",
    [
        BrokerUnavailableError(),
        TimeoutError(),
    ],
)
def test_what_may_pass_is_tried_again(error: Exception) -> None:
    assert isinstance(judge(error), Retry)


@pytest.mark.parametrize(
    "error", [StoreUnavailableError(), TransportUnavailableError(), LauncherUnavailableError()]
)
def test_what_is_away_is_no_fault_of_the_messages(error: Exception) -> None:
    assert isinstance(judge(error), Postpone)


@pytest.mark.parametrize(
    "error",
    [
        NotFoundError(),
        RefusedError("account_disabled"),
        RecordRefusedError(),
        WorkerNotStartedError(),
        AuthFailedError(),
        UndecodableError(),
        UnroutableError(),
    ],
)
def test_what_repeating_cannot_mend_is_set_aside(error: Exception) -> None:
    assert isinstance(judge(error), DeadLetter)


def test_what_is_there_already_is_done() -> None:
    assert judge(AlreadyExistsError()) == Ack()


def test_a_fault_of_ours_is_tried_again_until_its_attempts_are_used_up() -> None:
    assert isinstance(judge(ZeroDivisionError()), Retry)


def test_the_reason_says_what_went_wrong() -> None:
    assert judge(RefusedError("account_disabled", "It is disabled.")) == DeadLetter(
        reason="RefusedError: It is disabled."
    )
