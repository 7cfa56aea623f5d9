"""Which brokers there are, and what each asks of an account. A new one has its lines in here.

Nothing of a broker is loaded by it but the words of its options; its driver least of all.
"""

from __future__ import annotations

from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from broker_adapters.credentials import Credentials, GateioCredentials, ShioajiCredentials
from broker_adapters.gateio.options import GateioOptions
from broker_adapters.shioaji.options import ShioajiOptions

if TYPE_CHECKING:
    from collections.abc import Mapping

    import msgspec


class BrokerName(StrEnum):
    """The venues that an account may be at."""

    PAPER = "paper"
    GATEIO = "gateio"
    SHIOAJI = "shioaji"


class Form(NamedTuple):
    """What an account at a broker is made of.

    Attributes:
        credentials: What is public of a key is called `api_key`; a certificate is `ca`, in base64,
            beside its `ca_password`. All else is hidden while it is typed.
        options: The adapter's own; what is left open, the account's mode decides.
        practice: The option by which no real money moves.
    """

    credentials: type[Credentials]
    options: type[msgspec.Struct]
    practice: str


# A paper account is asked for nothing.
FORMS: Mapping[BrokerName, Form] = MappingProxyType(
    {
        BrokerName.GATEIO: Form(GateioCredentials, GateioOptions, "testnet"),
        BrokerName.SHIOAJI: Form(ShioajiCredentials, ShioajiOptions, "simulation"),
    }
)
