"""What a trader can choose for a Gate account, and where Gate is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from broker_adapters.errors import InvalidOptionsError
from broker_adapters.settings import is_loopback
from bus.values import Mode

if TYPE_CHECKING:
    from broker_adapters.opening import BrokerAccount

LIVE_URL = "https://api.gateio.ws"
TESTNET_URL = "https://fx-api-testnet.gateio.ws"


class GateioOptions(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The options of one account; without a word, a paper account is at Gate's testnet."""

    testnet: bool | None = None


def options_of(account: BrokerAccount) -> GateioOptions:
    """Return an account's options; `InvalidOptionsError` if they are not of this broker's kind."""
    try:
        return msgspec.convert(dict(account.options), GateioOptions)
    except msgspec.ValidationError as error:
        raise InvalidOptionsError(str(error)) from error


def base_url(account: BrokerAccount, override: str | None) -> str:
    """Return where an account is, without path.

    Raises:
        InvalidOptionsError: A paper account would trade real money.
    """
    options = options_of(account)
    is_testnet = account.mode is Mode.PAPER if options.testnet is None else options.testnet
    url = override or (TESTNET_URL if is_testnet else LIVE_URL)
    if account.mode is Mode.PAPER and url != TESTNET_URL and not is_loopback(url):
        raise InvalidOptionsError("a paper account at Gate needs the option `testnet`")
    return url
