"""Opens accounts at SinoPac; the SDK is loaded here, and only when one is opened."""

from __future__ import annotations

import hashlib
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from broker_adapters.credentials import ShioajiCredentials
from broker_adapters.errors import InvalidOptionsError
from broker_adapters.shioaji.adapter import ShioajiBroker
from broker_adapters.shioaji.budget import Logins
from broker_adapters.shioaji.driver import load_sdk
from broker_adapters.shioaji.options import is_simulated
from broker_adapters.shioaji.signing_in import Access

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from broker_adapters.credentials import Credentials
    from broker_adapters.opening import BrokerAccount, BrokerMeans


@asynccontextmanager
async def open_broker(
    account: BrokerAccount, credentials: Credentials | None, means: BrokerMeans
) -> AsyncGenerator[ShioajiBroker]:
    """Make an account's adapter; leaving closes it.

    Raises:
        InvalidOptionsError: The options or credentials are not SinoPac's, or the SDK is not here.
    """
    if not isinstance(credentials, ShioajiCredentials):
        raise InvalidOptionsError("an account at SinoPac needs its API key and secret key")
    access = Access(
        is_simulated=is_simulated(account),
        sdk=load_sdk(means.stand_ins.get(account.broker)),
        credentials=credentials,
        # A session that is opened again and again must know how often the last ones were.
        logins=means.kept.setdefault(f"shioaji:{_digest(credentials.api_key)}", Logins()),
    )
    broker = ShioajiBroker(access, account, means.clock)
    try:
        yield broker
    finally:
        await broker.close()


def _digest(key: str) -> str:
    """Name a key without telling it."""
    return hashlib.blake2s(key.encode(), digest_size=16).hexdigest()
