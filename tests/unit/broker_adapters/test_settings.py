"""Where the environment says the paper venue is."""

from __future__ import annotations

import pytest

from broker_adapters.settings import (
    PAPER_VENUE_VARIABLE,
    BrokerSettingsError,
    paper_venue_address,
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
