from __future__ import annotations

import socket

import pytest

from infra.local.errors import AddressInUseError
from infra.local.listening import base_url, listening


def test_connection_waits_in_the_queue_before_anybody_accepts() -> None:
    with listening("127.0.0.1", 0) as bound, socket.create_connection(bound.getsockname()):
        assert base_url(bound) == f"http://127.0.0.1:{bound.getsockname()[1]}"


def test_port_that_is_taken_is_told_with_what_to_do() -> None:
    with (
        listening("127.0.0.1", 0) as bound,
        pytest.raises(AddressInUseError, match="choose another with --port"),
        listening("127.0.0.1", bound.getsockname()[1]),
    ):
        pass


def test_host_that_is_not_ours_is_told() -> None:
    with (
        pytest.raises(AddressInUseError, match="no address of this machine"),
        listening("no.such.host.invalid", 0),
    ):
        pass


def test_everywhere_is_shown_as_the_loopback() -> None:
    with listening("0.0.0.0", 0) as bound:
        assert base_url(bound).startswith("http://127.0.0.1:")
