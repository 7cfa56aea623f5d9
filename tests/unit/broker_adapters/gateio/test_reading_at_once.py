"""What an account has is read of both markets at once: neither waits for the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

import anyio
import msgspec
import pytest
from typing_extensions import override

from broker_adapters.credentials import GateioCredentials
from broker_adapters.errors import BrokerUnavailableError
from broker_adapters.gateio.adapter import GateioBroker
from broker_adapters.gateio.port import GateClient, Reply, Request
from broker_adapters.opening import BrokerAccount, BrokerMeans
from bus.ids import uuid7
from bus.values import AccountId, Mode, SystemClock, UserId

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

pytestmark = pytest.mark.anyio

_EMPTY = {"/futures/usdt/accounts": b'{"total": "5", "available": "5"}'}


class PairingClient(GateClient):
    """Answers nobody before two have asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.failing = ""
        self.bodies = dict(_EMPTY)
        self._both = anyio.Event()

    @override
    async def exchange(self, request: Request, *, patience: float) -> Reply:
        path = request.target.partition("?")[0].removeprefix("/api/v4")
        self.asked.append(path)
        if len(self.asked) % 2 == 0:
            self._both.set()
            self._both = anyio.Event()
        else:
            await self._both.wait()
        status = 502 if self.failing and self.failing in path else 200
        return Reply(status=status, headers={}, body=self.bodies.get(path, b"[]"))

    @override
    async def aclose(self) -> None:
        return


def a_broker(client: GateClient) -> GateioBroker:
    account = BrokerAccount(
        id=AccountId(uuid7()), owner=UserId(uuid7()), broker="gateio", mode=Mode.LIVE
    )
    secret = GateioCredentials(api_key="k" * 16, api_secret="s" * 16)
    return GateioBroker(client, account, secret, BrokerMeans(clock=SystemClock()))


@pytest.mark.parametrize("what", ["open_orders", "positions", "balances"])
async def test_both_markets_are_asked_before_either_has_answered(what: str) -> None:
    client = PairingClient()
    read: Callable[[], Awaitable[object]] = getattr(a_broker(client), what)

    with anyio.fail_after(5):
        await read()

    assert len({path.split("/")[1] for path in client.asked}) == 2
    assert len(client.asked) == 2


async def test_of_each_kind_one_question_is_under_way_at_a_time() -> None:
    client = PairingClient()

    with anyio.fail_after(5):
        await a_broker(client).positions()

    assert sorted(client.asked) == ["/futures/usdt/positions", "/spot/accounts"]


@pytest.mark.parametrize("failing", ["/spot/", "/futures/"])
async def test_without_one_of_the_answers_there_is_none(failing: str) -> None:
    client = PairingClient()
    client.failing = failing

    with anyio.fail_after(5), pytest.raises(BrokerUnavailableError):
        await a_broker(client).open_orders()


async def test_a_coin_is_a_position_or_declared_as_money_and_never_both() -> None:
    client = PairingClient()
    coins = [{"currency": each, "available": "3", "locked": "1"} for each in ("BTC", "USDC")]
    client.bodies["/spot/accounts"] = msgspec.json.encode(coins)
    broker = a_broker(client)

    positions, balances = await broker.positions(), await broker.balances()

    assert [each.held_as for each in positions] == ["BTC"]
    assert {each.currency for each in balances} == {"USDC", "USDT"}
    assert broker.capabilities.money == {"USDC", "USDT"}
