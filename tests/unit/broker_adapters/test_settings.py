"""Where the environment says that venues are."""

from __future__ import annotations

import pytest

from broker_adapters.settings import (
    GATEIO_VARIABLE,
    PAPER_VENUE_VARIABLE,
    SHIOAJI_VARIABLE,
    BrokerSettingsError,
    gateio_address,
    paper_venue_address,
    shioaji_module,
    stand_ins,
)


@pytest.mark.parametrize("environment", [{}, {PAPER_VENUE_VARIABLE: "  "}])
def test_venue_is_beside_the_record_unless_it_is_named(environment: dict[str, str]) -> None:
    assert paper_venue_address(environment) is None


def test_venue_process_is_named_by_its_address() -> None:
    environment = {PAPER_VENUE_VARIABLE: "tcp://127.0.0.1:4000"}

    assert paper_venue_address(environment) == "tcp://127.0.0.1:4000"


@pytest.mark.parametrize(
    "address", ["127.0.0.1:4000", "tcp://127.0.0.1", "http://a:1", "tcp://a:x"]
)
def test_senseless_address_is_refused_by_the_variables_name(address: str) -> None:
    with pytest.raises(BrokerSettingsError, match=PAPER_VENUE_VARIABLE):
        paper_venue_address({PAPER_VENUE_VARIABLE: address})


@pytest.mark.parametrize("environment", [{}, {GATEIO_VARIABLE: "  "}])
def test_gate_is_at_its_own_hosts_unless_another_is_named(environment: dict[str, str]) -> None:
    assert gateio_address(environment) is None


@pytest.mark.parametrize(
    ("address", "read"),
    [
        ("https://gate.example.com", "https://gate.example.com"),
        ("https://gate.example.com:8443/", "https://gate.example.com:8443"),
        ("http://127.0.0.1:8099", "http://127.0.0.1:8099"),
        ("http://localhost:8099/api/v4", "http://localhost:8099"),
        ("http://[::1]:8099", "http://[::1]:8099"),
    ],
)
def test_gate_is_named_by_its_address(address: str, read: str) -> None:
    assert gateio_address({GATEIO_VARIABLE: address}) == read


@pytest.mark.parametrize(
    "address",
    [
        "http://gate.example.com",
        "http://10.0.0.1:80",
        "http://127.0.0.1.example.com",
        "https://",
        "ftp://127.0.0.1",
        "gate.example.com",
        "https://gate.example.com/elsewhere",
        "https://key:secret@gate.example.com",
        "https://gate.example.com:x",
        "https://gate.example.com?a=1",
    ],
)
def test_keys_and_orders_are_not_sent_in_clear_text_or_to_no_place(address: str) -> None:
    with pytest.raises(BrokerSettingsError, match=GATEIO_VARIABLE):
        gateio_address({GATEIO_VARIABLE: address})


@pytest.mark.parametrize("environment", [{}, {SHIOAJI_VARIABLE: "  "}])
def test_sinopac_s_own_sdk_is_used_unless_another_is_named(environment: dict[str, str]) -> None:
    assert shioaji_module(environment) is None


def test_stand_in_is_a_module_s_name() -> None:
    assert shioaji_module({SHIOAJI_VARIABLE: "house.sdk"}) == "house.sdk"


@pytest.mark.parametrize("name", ["a-b", "a..b", "/tmp/a.py", "a b", "import os"])
def test_what_is_no_module_is_refused_by_the_variables_name(name: str) -> None:
    with pytest.raises(BrokerSettingsError, match=SHIOAJI_VARIABLE):
        shioaji_module({SHIOAJI_VARIABLE: name})


def test_nothing_stands_in_for_a_broker_that_is_met_in_earnest() -> None:
    assert stand_ins({}) == {}


def test_stand_ins_are_told_by_their_brokers_names() -> None:
    told = {GATEIO_VARIABLE: "http://127.0.0.1:8099", SHIOAJI_VARIABLE: "house.sdk"}

    assert stand_ins(told) == {"gateio": "http://127.0.0.1:8099", "shioaji": "house.sdk"}
