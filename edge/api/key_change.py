"""Replacing the key of an account with something open: not by another venue account's, unseen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bus.errors import TransportUnavailableError
from edge.alerts.dispatch import tell_of_account
from edge.errors import ApiError
from handlers.asking.account_probe import probe_account
from handlers.asking.replies import Reason
from handlers.records.lifecycle import LIVE
from handlers.records.views import Filter, Span
from handlers.store.accounts import NewCredentials

if TYPE_CHECKING:
    from edge.ports import Ports
    from handlers.records.accounts import Account
    from handlers.records.audit import Deed


async def kept_while_open(ports: Ports, account: Account, deed: Deed) -> NewCredentials | None:
    """Return the credentials to be put back, where something is open that they alone may touch."""
    user, kept = account.user_id, account.credentials
    if kept is None or not await _is_open(ports, account):
        return None
    sealed = await ports.store.accounts.credentials(user, account.id, deed=deed)
    return None if sealed is None else NewCredentials(sealed=sealed, hint=kept.hint)


async def require_same_account(
    ports: Ports, account: Account, old: NewCredentials, deed: Deed
) -> None:
    """Have the worker try the new credentials; put the old ones back if they are another account's.

    Where nobody can tell now, the session's own check decides: it sends nothing before.

    Raises:
        ApiError: 409 `venue_account_changed`; the old credentials are in force again.
    """
    user = account.user_id
    try:
        reply = await probe_account(user, account.id, ports.bus, clock=ports.clock)
    except TransportUnavailableError:
        return
    if reply.code != Reason.VENUE_ACCOUNT_CHANGED:
        return
    await ports.store.accounts.put_credentials(user, account.id, old, deed=deed)
    await tell_of_account(ports, user, account.id)
    hint = "Close what is open first, or send other_account=true. The old key stays."
    raise ApiError(409, reply.code, reply.message, hint=hint)


async def _is_open(ports: Ports, account: Account) -> bool:
    """Say whether the account holds, or may hold, anything: what is in doubt counts too.

    The work store is for who holds the user's lease; the edge reads as the dashboard does.
    """
    held = await ports.store.queries.positions(account.user_id)
    if any(each.quantity for each in held if each.account_id == account.id):
        return True
    for state in LIVE:
        where = Filter(account_id=account.id, state=state.value)
        if await ports.store.queries.orders(account.user_id, where, Span(limit=1)):
            return True
    return False
