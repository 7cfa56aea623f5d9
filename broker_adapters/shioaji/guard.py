"""What has to be in order before a real order leaves: papers signed, certificate good. Pure."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from broker_adapters.base import Reason, Rejected

if TYPE_CHECKING:
    from datetime import datetime

    from broker_adapters.shioaji.signing_in import SignedIn

_WARNED = timedelta(days=30)


def refusal_of_account(
    signed_in: SignedIn | None, *, is_stock: bool, now: datetime
) -> Rejected | None:
    """Say why a real order must not be sent; `None` if it may."""
    if signed_in is None:
        return None
    account = signed_in.stock if is_stock else signed_in.futures
    if account is None:
        kind = "stock" if is_stock else "futures"
        return _no(Reason.PERMISSION, f"This person has no {kind} account at SinoPac.")
    if not account.signed:
        message = "SinoPac's papers for orders by program are not signed for this account."
        return _no(Reason.PERMISSION, message)
    if signed_in.certificate_until is None:
        message = "A real order needs the certificate: add `ca` and `ca_password` to the account."
        return _no(Reason.PERMISSION, message)
    if signed_in.certificate_until <= now:
        until = signed_in.certificate_until.date().isoformat()
        return _no(Reason.CERTIFICATE_EXPIRED, f"The certificate ended on {until}.")
    return None


def certificate_ends(signed_in: SignedIn | None, *, now: datetime) -> datetime | None:
    """Return when the certificate ends, where that is so soon that the trader has to act."""
    until = None if signed_in is None else signed_in.certificate_until
    return None if until is None or until - now > _WARNED else until


def venue_account_of(signed_in: SignedIn | None) -> str | None:
    """Return the numbers of a person's accounts, whichever key opened them."""
    accounts = () if signed_in is None else signed_in.accounts
    return " ".join(f"{each.broker_id}-{each.account_id}" for each in accounts) or None


def _no(reason: Reason, message: str) -> Rejected:
    return Rejected(reason=reason, message=message)
