"""Where an account at Gate is, and that a paper account never trades real money."""

from __future__ import annotations

from typing import Any

import pytest

from broker_adapters.credentials import GateioCredentials, PaperCredentials
from broker_adapters.errors import InvalidOptionsError
from broker_adapters.gateio.options import LIVE_URL, TESTNET_URL, base_url
from broker_adapters.opening import BrokerAccount, BrokerMeans
from broker_adapters.registry import open_broker
from bus.ids import uuid7
from bus.values import AccountId, Mode, SystemClock, UserId

LOOPBACK = "http://127.0.0.1:8099"


def an_account(mode: Mode = Mode.LIVE, **options: Any) -> BrokerAccount:
    return BrokerAccount(
        id=AccountId(uuid7()), owner=UserId(uuid7()), broker="gateio", mode=mode, options=options
    )


@pytest.mark.parametrize(
    ("options", "override", "url"),
    [
        ({}, None, LIVE_URL),
        ({"testnet": False}, None, LIVE_URL),
        ({"testnet": True}, None, TESTNET_URL),
        ({"testnet": True}, LOOPBACK, LOOPBACK),
        ({}, LOOPBACK, LOOPBACK),
    ],
)
def test_account_is_where_its_options_and_the_house_say(
    options: dict[str, Any], override: str | None, url: str
) -> None:
    assert base_url(an_account(**options), override) == url


@pytest.mark.parametrize(
    ("options", "override"),
    [({"testnet": False}, None), ({}, "https://gate.example.com")],
)
def test_paper_account_is_refused_where_real_money_is(
    options: dict[str, Any], override: str | None
) -> None:
    with pytest.raises(InvalidOptionsError, match="testnet"):
        base_url(an_account(Mode.PAPER, **options), override)


def test_paper_account_that_says_nothing_is_at_the_testnet() -> None:
    assert base_url(an_account(Mode.PAPER), None) == TESTNET_URL


@pytest.mark.parametrize(("options", "override"), [({"testnet": True}, None), ({}, LOOPBACK)])
def test_paper_account_is_taken_where_no_real_money_is(
    options: dict[str, Any], override: str | None
) -> None:
    assert base_url(an_account(Mode.PAPER, **options), override)


@pytest.mark.parametrize("options", [{"testnet": "yes"}, {"test_net": True}, {"simulation": True}])
def test_option_that_gate_does_not_have_is_refused(options: dict[str, Any]) -> None:
    with pytest.raises(InvalidOptionsError):
        base_url(an_account(**options), None)


@pytest.mark.anyio
@pytest.mark.parametrize("credentials", [None, PaperCredentials()])
async def test_account_without_gates_credentials_is_not_opened(
    credentials: PaperCredentials | None,
) -> None:
    means = BrokerMeans(clock=SystemClock(), stand_ins={"gateio": LOOPBACK})

    with pytest.raises(InvalidOptionsError):
        async with open_broker(an_account(), credentials, means):
            pass


@pytest.mark.anyio
async def test_opening_an_account_asks_nobody_anything() -> None:
    credentials = GateioCredentials(api_key="key", api_secret="secret")
    means = BrokerMeans(clock=SystemClock(), stand_ins={"gateio": "http://127.0.0.1:1"})

    async with open_broker(an_account(), credentials, means) as broker:
        assert not (await broker.health()).is_connected
