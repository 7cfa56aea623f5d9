"""Whether an account at SinoPac trades real money, and what opens it."""

from __future__ import annotations

from typing import Any

import pytest

from broker_adapters.credentials import GateioCredentials, ShioajiCredentials
from broker_adapters.errors import InvalidOptionsError
from broker_adapters.opening import BrokerAccount, BrokerMeans
from broker_adapters.registry import open_broker
from broker_adapters.shioaji.options import is_simulated
from bus.ids import uuid7
from bus.values import AccountId, Mode, SystemClock, UserId


def an_account(mode: Mode = Mode.LIVE, **options: Any) -> BrokerAccount:
    return BrokerAccount(
        id=AccountId(uuid7()), owner=UserId(uuid7()), broker="shioaji", mode=mode, options=options
    )


@pytest.mark.parametrize(
    ("mode", "options", "expected"),
    [
        (Mode.PAPER, {}, True),
        (Mode.PAPER, {"simulation": True}, True),
        (Mode.LIVE, {}, False),
        (Mode.LIVE, {"simulation": True}, True),
    ],
)
def test_paper_is_simulated_and_live_is_real(
    mode: Mode, options: dict[str, Any], *, expected: bool
) -> None:
    assert is_simulated(an_account(mode, **options)) is expected


@pytest.mark.parametrize("options", [{"simulation": "yes"}, {"testnet": True}])
def test_options_of_another_kind_are_refused(options: dict[str, Any]) -> None:
    with pytest.raises(InvalidOptionsError):
        is_simulated(an_account(**options))


def test_paper_never_trades_real_money() -> None:
    with pytest.raises(InvalidOptionsError, match="simulation"):
        is_simulated(an_account(Mode.PAPER, simulation=False))


@pytest.mark.anyio
async def test_credentials_of_another_broker_open_nothing() -> None:
    means, wrong = BrokerMeans(clock=SystemClock()), GateioCredentials(api_key="a", api_secret="b")

    with pytest.raises(InvalidOptionsError):
        async with open_broker(an_account(), wrong, means):
            pass


@pytest.mark.anyio
async def test_account_without_the_sdk_says_what_to_install() -> None:
    means = BrokerMeans(clock=SystemClock(), stand_ins={"shioaji": "no_such_sdk"})
    keys = ShioajiCredentials(api_key="canary-key-012345", secret_key="canary-secret")

    with pytest.raises(InvalidOptionsError, match="make setup"):
        async with open_broker(an_account(), keys, means):
            pass

    assert "canary" not in repr(means)
