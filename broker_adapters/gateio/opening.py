"""Opens accounts at Gate; the HTTP driver is loaded here, and only when one is opened."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from broker_adapters.credentials import GateioCredentials
from broker_adapters.errors import InvalidOptionsError
from broker_adapters.gateio.adapter import GateioBroker
from broker_adapters.gateio.options import base_url

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from broker_adapters.credentials import Credentials
    from broker_adapters.opening import BrokerAccount, BrokerMeans


@asynccontextmanager
async def open_broker(
    account: BrokerAccount, credentials: Credentials | None, means: BrokerMeans
) -> AsyncGenerator[GateioBroker]:
    """Make an account's adapter; leaving closes it.

    Raises:
        InvalidOptionsError: The options or the credentials are not Gate's.
    """
    if not isinstance(credentials, GateioCredentials):
        raise InvalidOptionsError("an account at Gate needs its API key and secret")
    url = base_url(account, means.stand_ins.get(account.broker))
    from broker_adapters.gateio.client import AiohttpClient  # noqa: PLC0415 - loaded when opened

    broker = GateioBroker(AiohttpClient(url), account, credentials, means)
    try:
        yield broker
    finally:
        await broker.close()
