"""Addresses are read whole or refused by the name of their variable."""

from __future__ import annotations

import pytest

from bus.base import Destination
from bus.errors import SettingsError
from bus.routing import Carrier
from bus.settings import LANES, Password, ValkeyAddress, parse_address, read_settings
from bus.sqs_settings import SqsSettings


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("redis://cache", ValkeyAddress(host="cache")),
        ("valkey://cache:7000/4", ValkeyAddress(host="cache", port=7000, database=4)),
        ("rediss://cache", ValkeyAddress(host="cache", is_tls=True)),
        ("valkeys://cache", ValkeyAddress(host="cache", is_tls=True)),
        ("redis://[::1]:7000", ValkeyAddress(host="::1", port=7000)),
        ("redis://:s%40fe@cache", ValkeyAddress(host="cache", password=Password("s@fe"))),
        (
            "rediss://edge:safe@cache?cluster=true&ca_file=/etc/ca.pem",
            ValkeyAddress(
                host="cache",
                username="edge",
                password=Password("safe"),
                is_tls=True,
                ca_file="/etc/ca.pem",
                is_cluster=True,
            ),
        ),
        (
            "unix:///run/valkey.sock?db=2",
            ValkeyAddress(socket_path="/run/valkey.sock", database=2),
        ),
    ],
)
def test_an_address_is_read(url: str, address: ValkeyAddress) -> None:
    assert parse_address(url) == address


@pytest.mark.parametrize(
    "url",
    [
        "http://cache",
        "cache:6379",
        "redis://",
        "redis://cache:port",
        "redis://cache:99999",
        "redis://cache/first",
        "redis://cache/1?cluster=true",
        "redis://cache?cluster=perhaps",
        "redis://[::1",
        "unix://",
        "unix:///run/valkey.sock?cluster=true",
    ],
)
def test_a_wrong_address_is_refused_by_its_variable(url: str) -> None:
    with pytest.raises(SettingsError) as caught:
        parse_address(url)

    assert caught.value.variable == "FOURPASS_VALKEY_URL"


def test_a_refused_address_is_not_repeated() -> None:
    with pytest.raises(SettingsError) as caught:
        parse_address("redis://:verysecret@cache/first")

    assert "verysecret" not in str(caught.value)


def test_a_password_is_not_shown() -> None:
    assert "verysecret" not in repr(parse_address("redis://:verysecret@cache"))


def test_a_missing_address_is_named() -> None:
    with pytest.raises(SettingsError, match="FOURPASS_VALKEY_URL"):
        read_settings({})


def test_the_environment_fills_the_settings() -> None:
    settings = read_settings(
        {
            "FOURPASS_VALKEY_URL": "rediss://cache",
            "FOURPASS_VALKEY_CLUSTER": "true",
            "FOURPASS_VALKEY_CA_FILE": "/etc/ca.pem",
            "FOURPASS_QUEUES": "sqs",
            "FOURPASS_AWS_REGION": "ap-northeast-1",
        }
    )

    assert settings.valkey == ValkeyAddress(
        host="cache", is_tls=True, is_cluster=True, ca_file="/etc/ca.pem"
    )
    assert settings.queues is Carrier.SQS
    assert settings.sqs == SqsSettings(region="ap-northeast-1")


def test_queues_are_on_valkey_unless_said_otherwise() -> None:
    assert read_settings({"FOURPASS_VALKEY_URL": "redis://cache"}).queues is Carrier.VALKEY


@pytest.mark.parametrize(
    ("variable", "word"), [("FOURPASS_QUEUES", "kafka"), ("FOURPASS_VALKEY_CLUSTER", "perhaps")]
)
def test_a_wrong_word_is_refused_by_its_variable(variable: str, word: str) -> None:
    with pytest.raises(SettingsError) as caught:
        read_settings({"FOURPASS_VALKEY_URL": "redis://cache", variable: word})

    assert caught.value.variable == variable


def test_every_queue_has_its_rules() -> None:
    assert set(LANES) == set(Destination) - {Destination.ORDERS}
