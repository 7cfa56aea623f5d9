"""Which of a strategy's accounts an alert is for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from handlers.phrases import phrase
from handlers.records.accounts import AccountState
from handlers.records.refusals import Refusal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from handlers.records.accounts import Account
    from handlers.signals import Signal


def addressed(signal: Signal, accounts: Sequence[Account]) -> tuple[Account, ...] | Refusal:
    """Return the accounts that the alert selects by id or name; all where it selects none.

    One that is disabled is among them, since its order is recorded as denied; where all are, the
    alert is refused.
    """
    wanted = signal.accounts
    chosen = tuple(accounts)
    if wanted is not None:
        unknown = [name for name in wanted if not any(_is(account, name) for account in accounts)]
        if unknown or not wanted:
            return Refusal(
                code="invalid_field",
                message=phrase("no_account", names=", ".join(unknown))
                if unknown
                else phrase("no_account_named"),
                field="accounts",
                hint=phrase(
                    "its_accounts", names=", ".join([account.name for account in accounts])
                ),
            )
        if ambiguous := _ambiguous(wanted, accounts):
            return ambiguous
        chosen = tuple(a for a in accounts if any(_is(a, name) for name in wanted))
    if AccountState.ENABLED not in [account.state for account in chosen]:
        return Refusal(
            code="account_disabled",
            message=phrase("none_enabled"),
            hint=phrase("enable_one"),
        )
    return chosen


def _is(account: Account, name: str) -> bool:
    return name.casefold() in {account.name.casefold(), str(account.id)}


def _ambiguous(wanted: Sequence[str], accounts: Sequence[Account]) -> Refusal | None:
    """Refuse a name of two accounts: which of them is to trade is nothing to guess at."""
    for name in wanted:
        named = [account for account in accounts if _is(account, name)]
        if len(named) > 1:
            return Refusal(
                code="invalid_field",
                message=phrase("accounts_named", count=str(len(named)), name=name),
                field="accounts",
                hint=phrase("use_ids", ids=", ".join([str(account.id) for account in named])),
            )
    return None
