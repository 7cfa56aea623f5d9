"""Trying an account: its venue is asked by the user's worker, while the caller waits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
from litestar import Request, post

from bus.values import AccountId
from edge.door.guards import needs
from edge.errors import not_found
from edge.given import Caller, IdInPath, PortsGiven
from edge.language import language_of
from handlers.asking.account_probe import probe_account

if TYPE_CHECKING:
    from handlers.asking.replies import Reply


class BalanceBody(msgspec.Struct, frozen=True, kw_only=True):
    """Money of one currency, as the venue shows it."""

    currency: str
    total: str
    available: str


class HoldingBody(msgspec.Struct, frozen=True, kw_only=True):
    """What the venue shows as held; the quantity is signed. Coins have no average price there."""

    symbol: str
    quantity: str
    average_price: str | None


class AccountProbeBody(msgspec.Struct, frozen=True, kw_only=True):
    """Whether an account answers, in a code and in words; `why` is what its venue said itself."""

    ok: bool
    code: str
    message: str
    why: str | None
    balances: list[BalanceBody]
    positions: list[HoldingBody]


@post(
    "/api/accounts/{account_id:uuid}/test",
    guards=[needs("trade")],
    status_code=200,
    tags=["Accounts"],
    summary="Test an account's connection",
)
async def try_account(
    request: Request[Any, Any, Any], ports: PortsGiven, principal: Caller, account_id: IdInPath
) -> AccountProbeBody:
    """Connect to the account's venue and read what it holds; nothing is traded. Up to 10 s."""
    account = AccountId(account_id)
    accounts = await ports.store.catalogue.accounts(principal.user_id)
    if all(each.id != account for each in accounts):
        raise not_found("account")
    reply = await probe_account(principal.user_id, account, ports.bus, clock=ports.clock)
    language = language_of(request)
    return _body(reply, language)


def _body(reply: Reply, language: str) -> AccountProbeBody:
    return AccountProbeBody(
        ok=reply.is_ok,
        code=reply.code,
        message=reply.said(language),
        why=reply.why,
        balances=[
            BalanceBody(
                currency=each.currency,
                total=format(each.total, "f"),
                available=format(each.available, "f"),
            )
            for each in reply.balances
        ],
        positions=[
            HoldingBody(
                symbol=each.symbol,
                quantity=format(each.quantity, "f"),
                average_price=None
                if each.average_price is None
                else format(each.average_price, "f"),
            )
            for each in reply.positions
        ],
    )


ROUTES = (try_account,)
