"""Trying an account through the API: the worker's answer, in the caller's language."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import anyio
import pytest

from broker_adapters.base import Balance, Position
from bus.ids import uuid7
from bus.messages import ProbeAccount
from bus.values import WorkerId
from handlers.asking.account_probe import PROBE_WITHIN
from handlers.asking.replies import Reason, Reply, done, encode_reply, failed

if TYPE_CHECKING:
    from httpx import Response

    from tests.unit.edge.house import House

pytestmark = pytest.mark.anyio


async def answer(house: House, reply: Reply) -> None:
    """Do as the user's worker does."""
    bus = house.ports.bus
    await bus.hints.mark(house.user, WorkerId(uuid7()), ttl=PROBE_WITHIN)
    async with bus.hints.commands(house.user, 1) as commands:
        message = (await anext(commands)).envelope.message
        assert isinstance(message, ProbeAccount)
        assert message.account_id == house.account.id
        await bus.replies.answer(house.user, message.request, encode_reply(reply))


async def tried(house: House, reply: Reply) -> Response:
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(answer, house, reply)
        return await house.post(f"/api/accounts/{house.account.id}/test")
    raise AssertionError


async def test_an_account_that_answers_shows_its_money(house: House) -> None:
    money = Balance(currency="USDT", total=Decimal("1000.10"), available=Decimal("1E+3"))

    told = (await tried(house, done("account_reachable", balances=(money,)))).json()

    assert told == {
        "ok": True,
        "code": "account_reachable",
        "message": "The account answered.",
        "why": None,
        "balances": [{"currency": "USDT", "total": "1000.10", "available": "1000"}],
        "positions": [],
    }


async def test_coins_whose_price_the_venue_does_not_know_are_shown(house: House) -> None:
    coins = Position(
        symbol="BTC_USDT",
        quantity=Decimal("0.010"),
        average_price=None,
        last_price=None,
        unrealised_pnl=Decimal(0),
        updated_at=house.clock.now(),
    )

    told = await tried(house, done("account_reachable", positions=(coins,)))

    assert told.json()["positions"] == [
        {"symbol": "BTC_USDT", "quantity": "0.010", "average_price": None}
    ]


async def test_an_account_that_does_not_answer_says_why(house: House) -> None:
    told = await tried(house, failed(Reason.AUTH, why="INVALID_KEY"))

    assert told.status_code == 200
    assert (told.json()["ok"], told.json()["code"]) == (False, "auth")
    assert told.json()["why"] == "INVALID_KEY"


async def test_an_account_that_is_not_ones_own_is_not_tried(house: House) -> None:
    told = await house.post(f"/api/accounts/{uuid7()}/test")

    assert told.status_code == 404
