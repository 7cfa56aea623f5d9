"""What no adapter sends, whoever let it come this far: an order that is not of its account."""

from __future__ import annotations

from typing import TYPE_CHECKING

from broker_adapters.outcomes import Reason, Rejected

if TYPE_CHECKING:
    from broker_adapters.base import OrderRequest
    from broker_adapters.opening import BrokerAccount


def refuse_foreign(request: OrderRequest, account: BrokerAccount) -> Rejected | None:
    """Refuse an order of another mode or another account: paper and live never cross."""
    if request.mode is not account.mode:
        message = f"This is a {request.mode.value} order, the account is not."
        return Rejected(reason=Reason.PERMISSION, message=message)
    if request.account_id != account.id:
        message = "The order belongs to another account."
        return Rejected(reason=Reason.INVALID_REQUEST, message=message)
    return None
