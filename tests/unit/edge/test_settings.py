"""What the edge reads from its environment."""

from __future__ import annotations

import pytest

from edge.settings import EdgeSettingsError, read_edge_settings


def test_without_anything_set_it_listens_on_loopback_only() -> None:
    settings = read_edge_settings({})

    assert (settings.host, settings.port) == ("127.0.0.1", 8000)
    assert settings.public_url == "http://127.0.0.1:8000"
    assert not settings.shares_port


def test_public_address_follows_host_and_port() -> None:
    settings = read_edge_settings({"FOURPASS_HOST": "10.0.0.7", "FOURPASS_PORT": "9000"})

    assert settings.public_url == "http://10.0.0.7:9000"


def test_listening_everywhere_is_shown_as_loopback() -> None:
    settings = read_edge_settings({"FOURPASS_HOST": "0.0.0.0", "FOURPASS_PORT": "9000"})

    assert settings.public_url == "http://127.0.0.1:9000"


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
        ("FOURPASS_PUBLIC_URL", "hooks.example.org"),
    ],
)
def test_unusable_value_is_refused_by_its_name(variable: str, value: str) -> None:
    with pytest.raises(EdgeSettingsError) as raised:
        read_edge_settings({variable: value})

    assert raised.value.variable == variable
    assert variable in str(raised.value)
