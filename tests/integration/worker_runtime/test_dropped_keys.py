"""A worker lets go of an account's credentials with the account's session."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING

import anyio
import pytest

from broker_adapters.credentials import GateioCredentials
from bus.envelope import seal
from bus.ids import uuid7
from bus.messages import ReloadAccount
from bus.values import AccountId, Mode, UserId
from handlers.records.accounts import Account
from handlers.store.accounts import NewCredentials
from handlers.vault.base import SealContext
from handlers.vault.open import open_sealer
from handlers.vault.settings import read_sealer_settings
from tests.integration.worker_runtime.hosts import CLOCK, Trader, frozen
from tests.integration.worker_runtime.test_worker_process import a_worker
from tests.memory import living_copies
from tests.servers.gateio import KEY, SECRET, running_gate

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from tests.integration.worker_runtime.hosts import Running, World

pytestmark = [pytest.mark.anyio, pytest.mark.postgres, pytest.mark.valkey]

SECRETS = (SECRET.encode(), KEY.encode())


async def sealed_for(
    world: World, user: UserId, account: AccountId, secret: GateioCredentials
) -> NewCredentials:
    async with open_sealer(read_sealer_settings(world.environment)) as sealer:
        context = SealContext(user=user, account=account, broker="gateio")
        return NewCredentials(sealed=await sealer.seal(secret, context), hint="c592")


@pytest.fixture
async def trader(world: World) -> AsyncGenerator[Trader]:
    """A user with an account at Gate's double."""
    with running_gate() as gate:
        world.environment["FOURPASS_GATEIO_BASE_URL"] = f"{gate.address}/api/v4"
        user, account = UserId(uuid7()), AccountId(uuid7())
        await world.store.identity.add_user(user, email=f"{user}@example.org", password_hash="-")
        secret = GateioCredentials(api_key=KEY, api_secret=SECRET)
        given = await sealed_for(world, user, account, secret)
        await world.store.catalogue.add_account(
            Account(id=account, user_id=user, name="Gate", broker="gateio", mode=Mode.PAPER), given
        )
        yield Trader(user=user, account=account)


async def opened(world: World, trader: Trader, worker: Running) -> None:
    """Have the worker open the account's session, and see that its credentials can be seen."""
    await world.until(trader, await world.alert(trader, symbol="BTC_USDT.P"))
    assert [living_copies(worker.process.pid, secret) for secret in SECRETS] != [0, 0]


async def let_go(worker: Running) -> None:
    """Wait until nothing in the worker is the secret, or the key, any more."""
    with anyio.fail_after(20):
        while any(living_copies(worker.process.pid, secret) for secret in SECRETS):  # noqa: ASYNC110 - nobody announces it
            await anyio.sleep(0.1)


async def tell_of(world: World, trader: Trader) -> None:
    message = ReloadAccount(user_id=trader.user, account_id=trader.account)
    await world.bus.hints.hint(trader.user, seal(message, clock=CLOCK, dedup_id=uuid7().hex))


async def test_the_credentials_go_with_the_account(world: World, trader: Trader) -> None:
    with a_worker(world, trader) as worker:
        await opened(world, trader, worker)

        assert await world.store.accounts.delete(trader.user, trader.account)
        await tell_of(world, trader)

        await let_go(worker)


async def test_a_key_that_was_replaced_goes_with_its_session(world: World, trader: Trader) -> None:
    with a_worker(world, trader) as worker:
        await opened(world, trader, worker)
        other = GateioCredentials(api_key="another-key", api_secret="another-secret")
        given = await sealed_for(world, trader.user, trader.account, other)

        await world.store.accounts.put_credentials(trader.user, trader.account, given)
        await tell_of(world, trader)

        await let_go(worker)


async def test_a_worker_that_lost_its_lease_ends_and_keeps_nothing(
    world: World, trader: Trader
) -> None:
    with a_worker(world, trader) as worker:
        await opened(world, trader, worker)

        with ExitStack() as other:
            # One that runs may renew its lease before anybody else finds it free.
            with frozen(worker.process.pid):
                await world.let_lease_run_out(trader.user)
                other.enter_context(a_worker(world, trader))
                await world.worker_of(trader.user, other_than=worker.process.pid)

            assert worker.process.wait(15) == 0
