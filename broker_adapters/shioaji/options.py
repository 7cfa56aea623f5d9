"""What a trader can choose for an account at SinoPac."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from broker_adapters.errors import InvalidOptionsError
from bus.values import Mode

if TYPE_CHECKING:
    from broker_adapters.opening import BrokerAccount


class ShioajiOptions(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The options of one account; without a word, a paper account is simulated at SinoPac."""

    simulation: bool | None = None


def is_simulated(account: BrokerAccount) -> bool:
    """Tell whether an account trades with play money.

    Raises:
        InvalidOptionsError: The options are not of this broker's kind, or a paper account would
            trade real money.
    """
    try:
        options = msgspec.convert(dict(account.options), ShioajiOptions)
    except msgspec.ValidationError as error:
        raise InvalidOptionsError(str(error)) from error
    if account.mode is Mode.PAPER and options.simulation is False:
        raise InvalidOptionsError("a paper account at SinoPac needs the option `simulation`")
    return account.mode is Mode.PAPER if options.simulation is None else options.simulation
