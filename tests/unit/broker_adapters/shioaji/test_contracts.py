"""What SinoPac's refusals say of a symbol."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import pytest

from broker_adapters.errors import UnknownSymbolError
from broker_adapters.outcomes import Reason
from broker_adapters.shioaji.contracts import Contracts
from broker_adapters.shioaji.errors import RefusedError
from tests.builders import ManualClock

if TYPE_CHECKING:
    from broker_adapters.shioaji.session import Session

pytestmark = pytest.mark.anyio


class Refusing:
    """A session that is refused each call."""

    def __init__(self, reason: Reason) -> None:
        self._reason = reason

    async def call(self, work: object, *, patience: float) -> object:
        raise RefusedError(self._reason, f"{work} within {patience}")


def contracts(reason: Reason) -> Contracts:
    return Contracts(cast("Session", Refusing(reason)), ManualClock())


@pytest.mark.parametrize(
    "reason", [Reason.RATE_LIMITED, Reason.PERMISSION, Reason.CERTIFICATE_EXPIRED]
)
async def test_refusal_of_whatever_is_asked_makes_no_symbol_unknown(reason: Reason) -> None:
    with pytest.raises(RefusedError):
        await contracts(reason).of("TXFC6")


async def test_refused_symbol_is_unknown() -> None:
    with pytest.raises(UnknownSymbolError):
        await contracts(Reason.INVALID_REQUEST).of("TXFC6")
