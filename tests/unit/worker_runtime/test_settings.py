"""What a worker is told by its environment."""

from __future__ import annotations

import pytest

from bus.errors import SettingsError
from worker_runtime.settings import read_settings

SERVERS = {
    "FOURPASS_DATABASE_URL": "postgresql://somebody@127.0.0.1/record",
    "FOURPASS_VALKEY_URL": "redis://127.0.0.1:6379",
    "FOURPASS_VAULT_PRIVATE_KEYS": "/keys/private",
    "FOURPASS_VAULT_ORIGIN_KEYS": "/keys/origin",
}


def test_a_host_without_a_socket_is_asked_by_nobody() -> None:
    assert read_settings(SERVERS).launcher_socket is None


def test_the_socket_is_where_it_says() -> None:
    told = SERVERS | {"FOURPASS_LAUNCHER_SOCKET": "/run/launcher.sock"}

    assert read_settings(told).launcher_socket == "/run/launcher.sock"


def test_a_missing_record_is_named() -> None:
    with pytest.raises(ValueError, match="FOURPASS_DATABASE_URL"):
        read_settings({})


def test_a_missing_post_is_named() -> None:
    with pytest.raises(SettingsError, match="FOURPASS_VALKEY_URL"):
        read_settings({"FOURPASS_DATABASE_URL": SERVERS["FOURPASS_DATABASE_URL"]})


@pytest.mark.parametrize("variable", ["FOURPASS_VAULT_PRIVATE_KEYS", "FOURPASS_VAULT_ORIGIN_KEYS"])
def test_missing_keys_are_named(variable: str) -> None:
    with pytest.raises(ValueError, match=variable):
        read_settings(SERVERS | {variable: ""})


def test_a_worker_keeps_few_connections_and_none_for_nothing() -> None:
    store = read_settings(SERVERS).store

    assert store.pool_size <= 2
    assert 5 < store.idle_s < 30
