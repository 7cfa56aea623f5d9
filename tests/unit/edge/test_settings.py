"""What the edge reads from its environment."""

from __future__ import annotations

import pytest

from edge.settings import EdgeSettingsError, read_edge_settings, read_settings


def test_without_anything_set_it_listens_on_loopback_only() -> None:
    settings = read_edge_settings({})

    assert (settings.host, settings.port) == ("127.0.0.1", 8000)
    assert settings.public_url == "http://127.0.0.1:8000"
    assert not settings.shares_port


def test_public_address_follows_host_and_port() -> None:
    settings = read_edge_settings({"FOURPASS_HOST": "::1", "FOURPASS_PORT": "9000"})

    assert settings.public_url == "http://[::1]:9000"


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "10.0.0.7", "4pass.example"])
def test_cookies_in_the_clear_are_refused_where_others_reach_us(host: str) -> None:
    with pytest.raises(EdgeSettingsError, match=r"FOURPASS_PUBLIC_URL.*FOURPASS_HOST"):
        read_edge_settings({"FOURPASS_HOST": host})


def test_public_address_in_the_clear_is_refused() -> None:
    with pytest.raises(EdgeSettingsError, match="FOURPASS_PUBLIC_URL"):
        read_edge_settings({"FOURPASS_PUBLIC_URL": "http://hooks.example.org"})


def test_behind_tls_every_address_may_be_listened_on() -> None:
    told = {"FOURPASS_HOST": "0.0.0.0", "FOURPASS_PUBLIC_URL": "https://hooks.example.org"}

    settings = read_edge_settings(told)

    assert settings.is_tls
    assert not read_edge_settings({}).is_tls


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("FOURPASS_DATABASE_URL", "postgresql://app:changeme@127.0.0.1/x"),
        ("FOURPASS_DATABASE_URL", "postgresql://app:short@db/x"),
        ("FOURPASS_VALKEY_URL", "redis://:password@cache"),
        ("FOURPASS_VALKEY_URL", "redis://:valkey@cache"),
        ("FOURPASS_SMTP_URL", "smtps://app:<password>@mail.example"),
    ],
)
def test_secret_that_is_none_is_refused_by_its_name(variable: str, value: str) -> None:
    whole = {
        "FOURPASS_DATABASE_URL": "memory:",
        "FOURPASS_VALKEY_URL": "redis://127.0.0.1",
        "FOURPASS_SECRET_BOX_KEYS": "/keys",
    }

    with pytest.raises(ValueError, match=variable) as raised:
        read_settings(whole | {variable: value})

    assert value not in str(raised.value)


def test_public_address_that_is_given_wins_and_loses_its_slash() -> None:
    settings = read_edge_settings({"FOURPASS_PUBLIC_URL": "https://hooks.example.org/"})

    assert settings.public_url == "https://hooks.example.org"


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("FOURPASS_PORT", "http"),
        ("FOURPASS_PORT", "70000"),
        ("FOURPASS_PORT", "-1"),
        ("FOURPASS_PORT", "٨"),
        ("FOURPASS_WEBHOOK_RATE", "0"),
        ("FOURPASS_WEBHOOK_BURST", "many"),
        ("FOURPASS_SHARE_PORT", "perhaps"),
        ("FOURPASS_PROXY_HOPS", "-1"),
        ("FOURPASS_PROXY_HOPS", "11"),
        ("FOURPASS_PUBLIC_URL", "hooks.example.org"),
    ],
)
def test_unusable_value_is_refused_by_its_name(variable: str, value: str) -> None:
    with pytest.raises(EdgeSettingsError) as raised:
        read_edge_settings({variable: value})

    assert raised.value.variable == variable
    assert variable in str(raised.value)
