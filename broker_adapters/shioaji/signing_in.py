"""Signing in, in a thread: the login, and the certificate that real orders need."""

from __future__ import annotations

import base64
import os
import tempfile
import threading
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from broker_adapters.shioaji.driver import private_home

if TYPE_CHECKING:
    from collections.abc import Callable

    from broker_adapters.credentials import ShioajiCredentials
    from broker_adapters.shioaji.budget import Logins
    from broker_adapters.shioaji.port import Client, Sdk

TAIPEI = timezone(timedelta(hours=8))


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """With what somebody signs in.

    Attributes:
        logins: How often this key did, over all sessions of this process.
    """

    sdk: Sdk
    credentials: ShioajiCredentials
    is_simulated: bool
    logins: Logins


class SignedIn(msgspec.Struct, frozen=True, kw_only=True):
    """What a login opened.

    Attributes:
        stock: The stock account; `None` where the person has none. `futures` likewise.
        certificate_until: When the certificate ends; `None` where none was given.
    """

    client: Any
    stock: Any | None
    futures: Any | None
    certificate_until: datetime | None = None

    @property
    def accounts(self) -> tuple[Any, ...]:
        """The accounts that there are."""
        return tuple(each for each in (self.stock, self.futures) if each is not None)


class Attempt:
    """One try to sign in, which may still succeed when nobody waits for it any more.

    Then it gives its place back at once: SinoPac counts five of them, and shuts out the sixth.
    """

    def __init__(self, access: Access) -> None:
        self._access = access
        self._lock = threading.Lock()
        self._is_given_up = False
        self._client: Client | None = None

    def run(self, listen: Callable[[Client], None]) -> SignedIn:
        """Sign in; blocks, and raises what the SDK raises."""
        keys, is_simulated = self._access.credentials, self._access.is_simulated
        client = self._access.sdk.Shioaji(simulation=is_simulated)
        client.login(keys.api_key, keys.secret_key)
        try:
            until = None if is_simulated else _activated(client, keys)
            listen(client)
        except BaseException:
            client.logout()
            raise
        with self._lock:
            self._client, is_given_up = client, self._is_given_up
        if is_given_up:
            client.logout()
        return SignedIn(
            client=client,
            stock=client.stock_account,
            futures=client.futopt_account,
            certificate_until=until,
        )

    def give_up(self) -> None:
        """Let go of it: what is open already is closed here, what opens later closes itself."""
        with self._lock:
            self._is_given_up, client = True, self._client
        if client is not None:
            with suppress(Exception):
                client.logout()


def _activated(client: Client, credentials: ShioajiCredentials) -> datetime | None:
    """Hand the certificate over, by a file that is gone again at once; returns when it ends."""
    if credentials.ca is None or credentials.ca_password is None:
        return None
    handle, name = tempfile.mkstemp(dir=private_home(), suffix=".pfx")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(base64.b64decode(credentials.ca))
        client.activate_ca(name, credentials.ca_password, credentials.person_id)
    finally:
        Path(name).unlink()
    account = client.stock_account or client.futopt_account
    person = credentials.person_id or getattr(account, "person_id", "")
    until: datetime = client.get_ca_expiretime(person)
    return (until if until.tzinfo else until.replace(tzinfo=TAIPEI)).astimezone(UTC)
