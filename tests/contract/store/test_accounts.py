"""Sealed credentials are kept apart, replaced whole, re-wrapped once, and go with their account."""

from __future__ import annotations

import json
import secrets
from typing import TYPE_CHECKING

import pytest

from bus.ids import uuid7
from bus.values import AccountId, Mode, OrderState
from handlers.errors import NotFoundError, RefusedError
from handlers.records.accounts import Account, AccountState
from handlers.records.alerts import Recorded
from handlers.records.audit import Deed
from handlers.records.lifecycle import FINAL
from handlers.store.accounts import NewCredentials, SealedRow
from handlers.vault.base import SealContext, Sealed

if TYPE_CHECKING:
    from tests.contract.store.house import House, Trader

pytestmark = pytest.mark.anyio

NOT_OVER = sorted(set(OrderState) - FINAL)


def some_credentials(*, version: int = 1, hint: str = "cdef") -> NewCredentials:
    sealed = Sealed(record=secrets.token_bytes(40), key_version=version)
    return NewCredentials(sealed=sealed, hint=hint)


async def rows(house: House, trader: Trader, *, before: int) -> list[SealedRow]:
    """Return a trader's own among the rows of all users; other tests' rows are there too."""
    found = await house.store.accounts.sealed_before(before, after=None, limit=10_000)
    return [row for row in found if row.context.user == trader.user]


async def test_an_account_is_made_with_its_credentials(house: House) -> None:
    user = (await house.trader()).user
    account = Account(
        id=AccountId(uuid7()), user_id=user, name="Gate", broker="gateio", mode=Mode.LIVE
    )
    given = some_credentials()

    added = await house.store.catalogue.add_account(account, given)

    assert added.credentials is not None
    assert added.credentials.hint == "cdef"
    assert added in await house.store.catalogue.accounts(user)
    assert await house.store.accounts.credentials(user, account.id) == given.sealed


async def test_an_account_without_credentials_has_none(house: House) -> None:
    trader = await house.trader()

    assert trader.account.credentials is None
    assert await house.store.accounts.credentials(trader.user, trader.account.id) is None


async def test_credentials_are_replaced_whole(house: House) -> None:
    trader, given = await house.trader(), some_credentials(version=2, hint="9999")
    await house.store.accounts.put_credentials(trader.user, trader.account.id, some_credentials())
    [before] = await house.store.catalogue.accounts(trader.user)
    await house.later(1)

    assert await house.store.accounts.put_credentials(trader.user, trader.account.id, given)

    assert await house.store.accounts.credentials(trader.user, trader.account.id) == given.sealed
    [after] = await house.store.catalogue.accounts(trader.user)
    assert after.credentials is not None
    assert before.credentials is not None
    assert after.credentials.hint == "9999"
    assert after.credentials.set_at > before.credentials.set_at


async def test_nobody_reads_replaces_or_deletes_anothers(house: House) -> None:
    trader, other = await house.trader(), await house.trader()
    given = some_credentials()
    await house.store.accounts.put_credentials(other.user, other.account.id, given)
    accounts = house.store.accounts

    assert await accounts.credentials(trader.user, other.account.id) is None
    assert not await accounts.put_credentials(trader.user, other.account.id, some_credentials())
    assert not await accounts.delete(trader.user, other.account.id)
    assert await accounts.credentials(other.user, other.account.id) == given.sealed


async def test_a_recognised_token_carries_no_more_than_the_hint(house: House) -> None:
    trader = await house.trader()
    given = some_credentials()
    await house.store.accounts.put_credentials(trader.user, trader.account.id, given)

    recognised = await house.store.identity.recognise(trader.token_hash)

    assert recognised is not None
    assert recognised.accounts[0].credentials is not None
    assert given.sealed.record.hex() not in repr(recognised)


async def test_a_deleted_account_is_gone_with_its_credentials(house: House) -> None:
    trader = await house.trader()
    await house.store.accounts.put_credentials(trader.user, trader.account.id, some_credentials())

    assert await house.store.accounts.delete(trader.user, trader.account.id)

    assert await house.store.catalogue.accounts(trader.user) == []
    assert await house.store.accounts.credentials(trader.user, trader.account.id) is None
    assert await rows(house, trader, before=99) == []
    assert not await house.store.accounts.delete(trader.user, trader.account.id)


async def test_a_deleted_account_does_not_come_back(house: House) -> None:
    trader = await house.trader()
    await house.store.accounts.delete(trader.user, trader.account.id)
    enabled = AccountState.ENABLED
    accounts, catalogue = house.store.accounts, house.store.catalogue

    assert not await catalogue.set_account_state(trader.user, trader.account.id, enabled)
    assert not await accounts.put_credentials(trader.user, trader.account.id, some_credentials())
    with pytest.raises(NotFoundError):
        await house.strategy(trader.user, trader.account)


async def test_a_strategy_loses_the_account_that_is_deleted(house: House) -> None:
    trader = await house.trader()
    other = await house.account(trader.user)
    _, token = await house.strategy(trader.user, trader.account, other)

    await house.store.accounts.delete(trader.user, trader.account.id)

    recognised = await house.store.identity.recognise(token)
    assert recognised is not None
    assert recognised.strategy.accounts == (other.id,)
    assert [account.id for account in recognised.accounts] == [other.id]
    listed = await house.store.catalogue.strategies(trader.user)
    assert sorted(len(strategy.accounts) for strategy in listed) == [0, 1]


@pytest.mark.parametrize("state", NOT_OVER)
async def test_an_account_stays_while_an_order_is_not_over(house: House, state: OrderState) -> None:
    trader = await house.trader()
    await house.store.accounts.put_credentials(trader.user, trader.account.id, some_credentials())
    await house.in_state(trader, state)

    with pytest.raises(RefusedError) as refused:
        await house.store.accounts.delete(trader.user, trader.account.id)

    assert refused.value.code == "orders_working"
    assert len(await house.store.catalogue.accounts(trader.user)) == 1
    assert await house.store.accounts.credentials(trader.user, trader.account.id) is not None


@pytest.mark.parametrize("state", sorted(FINAL))
async def test_orders_that_are_over_outlive_their_account(house: House, state: OrderState) -> None:
    trader = await house.trader()
    order = await house.in_state(trader, state)

    assert await house.store.accounts.delete(trader.user, trader.account.id)

    assert (await house.load(order.id)).state is state


async def test_an_alert_on_its_way_loses_the_deleted_accounts_order_alone(house: House) -> None:
    trader = await house.trader()
    other = await house.account(trader.user)
    both, _ = await house.strategy(trader.user, trader.account, other)
    await house.store.accounts.delete(trader.user, trader.account.id)
    orders = [house.order(trader), house.order(trader, account_id=other.id)]

    recorded = await house.store.signals.record(house.signal(trader, *orders, strategy_id=both.id))

    assert isinstance(recorded, Recorded)
    states = [(await house.load(order.id)).state for order in orders]
    assert states == [OrderState.DENIED, OrderState.QUEUED]


async def test_rows_under_older_keys_are_found_page_by_page(house: House) -> None:
    trader = await house.trader()
    accounts = [trader.account, *[await house.account(trader.user) for _ in range(4)]]
    for account, version in zip(accounts, (1, 1, 2, 1, 3), strict=True):
        given = some_credentials(version=version)
        await house.store.accounts.put_credentials(trader.user, account.id, given)

    found = await rows(house, trader, before=3)
    paged = await house.store.accounts.sealed_before(3, after=found[1].account, limit=2)

    assert [row.account for row in found] == sorted(account.id for account in accounts[:4])
    assert [row.account for row in paged] == [row.account for row in found[2:4]]
    assert found[0].context == SealContext(
        user=trader.user, account=found[0].account, broker="paper"
    )


async def test_a_row_is_rewrapped_only_as_it_was_read(house: House) -> None:
    trader = await house.trader()
    await house.store.accounts.put_credentials(trader.user, trader.account.id, some_credentials())
    [row] = await rows(house, trader, before=2)
    newer = some_credentials(version=2).sealed
    [before] = await house.store.catalogue.accounts(trader.user)

    assert await house.store.accounts.rewrap(row, newer)
    assert not await house.store.accounts.rewrap(row, some_credentials(version=3).sealed)

    assert await house.store.accounts.credentials(trader.user, trader.account.id) == newer
    assert await house.store.catalogue.accounts(trader.user) == [before]


async def test_versions_are_counted(house: House) -> None:
    trader = await house.trader()
    given = some_credentials(version=41)
    await house.store.accounts.put_credentials(trader.user, trader.account.id, given)

    assert (await house.store.accounts.key_versions())[41] == 1


async def test_a_change_of_credentials_is_audited_without_them(house: House) -> None:
    trader = await house.trader()
    deed = Deed(actor="api_key:1", action="account.credentials")
    for hint in ("1111", "2222"):
        await house.store.accounts.put_credentials(
            trader.user, trader.account.id, some_credentials(hint=hint), deed=deed
        )

    written = await house.store.audit.after(trader.user, 0, limit=9)

    told = [
        (json.loads(entry.before or "null"), json.loads(entry.after or "")) for entry in written
    ]
    assert told == [(None, {"hint": "1111"}), ({"hint": "1111"}, {"hint": "2222"})]
    assert {entry.subject for entry in written} == {f"account:{trader.account.id}"}


async def test_an_accounts_end_is_audited_once(house: House) -> None:
    trader = await house.trader()
    deed = Deed(actor="api_key:1", action="account.delete")

    for _ in range(2):
        await house.store.accounts.delete(trader.user, trader.account.id, deed=deed)

    [written] = await house.store.audit.after(trader.user, 0, limit=9)
    assert (written.action, written.after) == ("account.delete", None)
    assert json.loads(written.before or "")["name"] == "Paper"


async def test_a_change_that_is_refused_is_not_audited(house: House) -> None:
    trader = await house.trader()
    await house.in_state(trader, OrderState.ACCEPTED)
    deed = Deed(actor="api_key:1", action="account.delete")

    with pytest.raises(RefusedError):
        await house.store.accounts.delete(trader.user, trader.account.id, deed=deed)

    assert await house.store.audit.after(trader.user, 0, limit=9) == []
