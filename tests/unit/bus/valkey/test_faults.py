"""Error replies are told apart by whether a later try may go well."""

from __future__ import annotations

import hiredis
import pytest

from bus.errors import RefusedError, TransportUnavailableError
from bus.valkey.faults import Redirect, as_error, is_elsewhere, redirect_of


@pytest.mark.parametrize(
    "text",
    [
        "LOADING Valkey is loading the dataset in memory",
        "CLUSTERDOWN The cluster is down",
        "TRYAGAIN Multiple keys request during rehashing of slot",
        "READONLY You can't write against a read only replica.",
        "OOM command not allowed when used memory > 'maxmemory'.",
        "BUSY Valkey is busy running a script.",
        "ERR max number of clients reached",
    ],
)
def test_a_passing_trouble_is_unavailable(text: str) -> None:
    assert isinstance(as_error(hiredis.ReplyError(text)), TransportUnavailableError)


@pytest.mark.parametrize(
    "text",
    [
        "WRONGTYPE Operation against a key holding the wrong kind of value",
        "ERR unknown command",
        "NOPERM this user has no permissions",
    ],
)
def test_a_refusal_is_refused(text: str) -> None:
    assert isinstance(as_error(hiredis.ReplyError(text)), RefusedError)


def test_a_demoted_server_is_left() -> None:
    assert is_elsewhere(hiredis.ReplyError("READONLY You can't write against a replica."))
    assert not is_elsewhere(hiredis.ReplyError("LOADING"))


@pytest.mark.parametrize(
    ("text", "redirect"),
    [
        ("MOVED 3999 10.0.0.1:6381", Redirect(is_ask=False, slot=3999, host="10.0.0.1", port=6381)),
        ("ASK 3999 a.example:6381", Redirect(is_ask=True, slot=3999, host="a.example", port=6381)),
        ("MOVED 3999 ::1:6381", Redirect(is_ask=False, slot=3999, host="::1", port=6381)),
        ("MOVED 3999 :6381", Redirect(is_ask=False, slot=3999, host="", port=6381)),
        ("MOVED", None),
        ("MOVED x y:z", None),
        ("MOVED 1 host", None),
        ("ERR something else", None),
    ],
)  # fmt: skip
def test_a_redirection_is_read(text: str, redirect: Redirect | None) -> None:
    assert redirect_of(hiredis.ReplyError(text)) == redirect
