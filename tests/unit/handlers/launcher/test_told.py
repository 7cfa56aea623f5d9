"""A task reads from its environment what its launcher wrote into it."""

from __future__ import annotations

import pytest

from bus.errors import SettingsError
from bus.ids import uuid7
from bus.values import UserId, WorkerId
from handlers.launcher.told import read_launch, tell
from handlers.launcher.wire import Launch


@pytest.mark.parametrize("user", [None, UserId(uuid7())])
def test_what_is_told_is_read(user: UserId | None) -> None:
    launch = Launch(worker_id=WorkerId(uuid7()), user_id=user)

    assert read_launch(tell(launch)) == launch


def test_a_process_that_is_told_nothing_is_no_worker() -> None:
    assert read_launch({"FOURPASS_WORKER_ID": " "}) is None


@pytest.mark.parametrize("variable", ["FOURPASS_WORKER_ID", "FOURPASS_WORKER_USER_ID"])
def test_an_id_that_is_none_is_named(variable: str) -> None:
    with pytest.raises(SettingsError, match=variable):
        read_launch({"FOURPASS_WORKER_ID": str(uuid7())} | {variable: "seven"})


def test_a_user_without_a_worker_is_refused() -> None:
    with pytest.raises(SettingsError, match="FOURPASS_WORKER_ID"):
        read_launch({"FOURPASS_WORKER_USER_ID": str(uuid7())})
