"""Nothing is armed for live trading by whoever has no second factor, whatever they come with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from bus.values import Mode
from edge.kept.recognition import hash_token
from handlers.records.accounts import AccountState, StrategyState
from tests.builders import a_strategy, an_account
from tests.unit.edge.house import KEY, bearer
from tests.unit.edge.people import a_person, code_of, signed_in, with_second_factor

if TYPE_CHECKING:
    import httpx

    from bus.values import UserId
    from tests.unit.edge.house import House

pytestmark = pytest.mark.anyio
GATE = {"api_key": "k" * 16, "api_secret": "s" * 16}


async def disarmed(house: House, user: UserId) -> tuple[str, str]:
    """Make a disabled live account and a paused live strategy; return their ids."""
    catalogue = house.ports.store.catalogue
    account = await catalogue.add_account(an_account(user, mode=Mode.LIVE, broker="gateio"))
    token_hash = hash_token(f"wh_{user}")
    strategy = await catalogue.add_strategy(a_strategy(account), token_hash=token_hash)
    await catalogue.set_account_state(user, account.id, AccountState.DISABLED)
    await catalogue.set_strategy_state(user, strategy.id, StrategyState.PAUSED)
    return str(account.id), str(strategy.id)


def acts(account: str, strategy: str) -> list[tuple[str, Any]]:
    """Return every act that arms live trading."""
    gate = {"name": "Gate", "broker": "gateio", "mode": "live", "credentials": GATE}
    return [
        ("/api/accounts", gate),
        (f"/api/accounts/{account}/enable", None),
        ("/api/strategies", {"name": "Live", "mode": "live", "accounts": [account]}),
        (f"/api/strategies/{strategy}/resume", None),
    ]


def told(answers: list[httpx.Response]) -> set[tuple[int, str | None]]:
    return {(answer.status_code, answer.json().get("code")) for answer in answers}


async def test_session_without_a_second_factor_arms_nothing(house: House) -> None:
    ann = await a_person(house)
    browser = await signed_in(house, ann)

    answers = [await browser.post(*act) for act in acts(*await disarmed(house, ann.id))]

    assert told(answers) == {(403, "second_factor_required")}
    await nothing_is_armed(house, ann.id)


async def test_key_of_a_user_without_a_second_factor_arms_nothing(house: House) -> None:
    answers = [await house.post(*act) for act in acts(*await disarmed(house, house.user))]

    assert told(answers) == {(403, "second_factor_required")}
    await nothing_is_armed(house, house.user)


async def test_seed_that_nobody_confirmed_is_no_second_factor(house: House) -> None:
    await house.ports.store.totp.enroll(house.user, b"sealed")

    answers = [await house.post(*act) for act in acts(*await disarmed(house, house.user))]

    assert told(answers) == {(403, "second_factor_required")}


async def test_user_with_a_second_factor_arms_in_a_session_and_by_key(house: House) -> None:
    ann = await a_person(house)
    browser = await signed_in(house, ann)
    seed = await with_second_factor(house, browser)
    code = {"totp": code_of(house, seed, steps=1)}
    assert (await browser.post("/api/auth/step-up", code)).status_code == 200
    await house.protect()

    in_session = [await browser.post(*act) for act in acts(*await disarmed(house, ann.id))]
    by_key = [
        (await house.client.post(path, json=body, headers=bearer(KEY))).status_code
        for path, body in acts(*await disarmed(house, house.user))
    ]

    assert [answer.status_code for answer in in_session] == [201, 200, 201, 200]
    assert by_key == [201, 200, 201, 200]


async def test_second_factor_stays_while_a_live_account_is_enabled(house: House) -> None:
    ann = await a_person(house)
    browser = await signed_in(house, ann)
    seed = await with_second_factor(house, browser)
    await browser.post("/api/auth/step-up", {"totp": code_of(house, seed, steps=1)})
    account, _ = await disarmed(house, ann.id)
    await browser.post(f"/api/accounts/{account}/enable")

    refused = await browser.post("/api/auth/totp/disable")

    assert told([refused]) == {(409, "live_trading_armed")}
    assert (await browser.get("/api/auth/session")).json()["user"]["has_totp"]
    assert (await browser.post(f"/api/accounts/{account}/disable")).status_code == 200
    assert (await browser.post("/api/auth/totp/disable")).status_code == 204


async def test_paper_needs_none(house: House) -> None:
    browser = await signed_in(house)

    answer = await browser.post("/api/accounts", {"name": "Paper", "broker": "paper"})

    assert answer.status_code == 201


async def nothing_is_armed(house: House, user: UserId) -> None:
    catalogue = house.ports.store.catalogue
    live = [one for one in await catalogue.accounts(user) if one.mode is Mode.LIVE]
    assert {one.state for one in live} == {AccountState.DISABLED}
    running = [one for one in await catalogue.strategies(user) if one.mode is Mode.LIVE]
    assert {one.state for one in running} == {StrategyState.PAUSED}
