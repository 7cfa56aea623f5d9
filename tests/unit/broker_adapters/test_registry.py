"""Opening brokers by name."""

from __future__ import annotations

from datetime import timedelta

import pytest

from broker_adapters.errors import InvalidOptionsError, UnknownBrokerError
from broker_adapters.opening import BrokerAccount, BrokerMeans
from broker_adapters.registry import BROKERS, open_broker, open_paper_venue
from bus.ids import uuid7
from bus.values import AccountId, Mode, SystemClock, UserId

pytestmark = pytest.mark.anyio


def an_account(broker: str) -> BrokerAccount:
    return BrokerAccount(
        id=AccountId(uuid7()), owner=UserId(uuid7()), broker=broker, mode=Mode.PAPER
    )


async def test_paper_account_is_opened_and_closed() -> None:
    clock = SystemClock()
    async with open_paper_venue("memory:", clock=clock) as venue:
        means = BrokerMeans(clock=clock, paper=venue)
        async with open_broker(an_account("paper"), None, means) as broker:
            session = await broker.connect(deadline=clock.now() + timedelta(seconds=5))
            is_connected = (await broker.health()).is_connected

    assert session.mode is Mode.PAPER
    assert is_connected
    assert not (await broker.health()).is_connected


async def test_unknown_broker_is_named_with_those_that_are_known() -> None:
    means = BrokerMeans(clock=SystemClock())

    with pytest.raises(UnknownBrokerError, match=f"'mt4'.*{min(BROKERS)}"):
        async with open_broker(an_account("mt4"), None, means):
            pass


async def test_paper_account_needs_a_venue() -> None:
    with pytest.raises(InvalidOptionsError):
        async with open_broker(an_account("paper"), None, BrokerMeans(clock=SystemClock())):
            pass
