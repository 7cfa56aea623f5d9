"""Holding an account of the house to the account at the venue that it was before."""

from __future__ import annotations

from typing import TYPE_CHECKING

from broker_adapters.errors import BrokerUnavailableError, OtherVenueAccountError
from handlers.errors import StoreUnavailableError

if TYPE_CHECKING:
    from broker_adapters.base import SessionInfo
    from handlers.records.accounts import Account
    from handlers.store.accounts import AccountStore


async def bind_account(accounts: AccountStore, account: Account, info: SessionInfo) -> None:
    """Note whose account a session was opened at, before anything is asked of it or sent.

    Raises:
        OtherVenueAccountError: It is another one's than before, which has something open; the user
            closes that, puts the key back, or says that it shall be so.
        BrokerUnavailableError: The record gave no answer; trying again is safe.
    """
    if account.credentials is None:
        return
    try:
        is_same = await accounts.bind_venue(account.user_id, account.id, info.venue_account)
    except StoreUnavailableError as error:
        msg = f"the record does not tell whose account it was: {error}"
        raise BrokerUnavailableError(msg) from error
    if not is_same:
        msg = "orders or positions of the venue account before are open"
        raise OtherVenueAccountError(msg)
