"""How the record's roles come by their logins: each with the password that its URL has.

The server is told what it checks passwords with and never the password, so that no log of
statements and no list of running ones can hold it.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from base64 import b64encode
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

import asyncpg

from infra.local.errors import RefusedError
from infra.local.logins import VARIABLES
from infra.local.settings import named_database

if TYPE_CHECKING:
    from collections.abc import Mapping

_CONNECT_SECONDS = 10.0
# RFC 7677: SCRAM-SHA-256; PostgreSQL's own count of rounds and length of salt.
_ROUNDS, _SALT_BYTES = 4096, 16
# Our callers wait 10 s at most, and readers of streams as long for a transaction under way
# (`handlers.store.postgres.horizon`): what a frozen process left open holds neither up for longer.
_LIMITS = {"statement_timeout": "8s", "idle_in_transaction_session_timeout": "5s"}
# Exact, but known to PostgreSQL 17 and later only.
_WHOLE_LIMIT = ("transaction_timeout", "9s")
_KNOWS_WHOLE_LIMIT = "SELECT current_setting('transaction_timeout', true) IS NOT NULL"


def required_logins(environment: Mapping[str, str]) -> dict[str, str]:
    """Return each role's password, as the URLs of all of them say.

    Raises:
        RefusedError: A variable is not set, is somebody else's, or has no password; it is named.
    """
    return {role: _password(environment, variable, role) for role, variable in VARIABLES.items()}


def _password(environment: Mapping[str, str], variable: str, role: str) -> str:
    url = named_database(environment, variable)
    if url is None:
        msg = f"{variable} is not set"
        raise RefusedError(msg)
    parts = urlsplit(url)
    password = unquote(parts.password or "")
    if parts.username != role:
        msg = f"{variable} must be the login of {role}"
        raise RefusedError(msg)
    if not (password.isascii() and password.isprintable() and password):
        msg = f"{variable} needs a password of printable ASCII"
        raise RefusedError(msg)
    return password


async def let_in(database_url: str, passwords: Mapping[str, str]) -> None:
    """Let roles log in with these passwords, and bound what they do there at a time.

    The roles are there, as migrating makes them.

    Args:
        database_url: Whoever made the roles, or the superuser.
        passwords: By role.
    """
    connection = await asyncpg.connect(database_url, timeout=_CONNECT_SECONDS)
    try:
        limits = dict(_LIMITS)
        if await connection.fetchval(_KNOWS_WHOLE_LIMIT):
            limits.update([_WHOLE_LIMIT])
        for role, password in passwords.items():
            # No statement of this kind takes parameters; a role is our own word.
            told = verifier(password, secrets.token_bytes(_SALT_BYTES))
            await connection.execute(f"ALTER ROLE {role} LOGIN PASSWORD '{told}'")
            for limit, value in limits.items():
                await connection.execute(f"ALTER ROLE {role} SET {limit} = '{value}'")
    finally:
        await connection.close()


def verifier(password: str, salt: bytes) -> str:
    """Return what the server keeps of a password: it proves who knows it, and does not tell it."""
    salted = hashlib.pbkdf2_hmac("sha256", password.encode(), salt, _ROUNDS)
    stored = hashlib.sha256(hmac.digest(salted, b"Client Key", "sha256")).digest()
    own = hmac.digest(salted, b"Server Key", "sha256")
    return f"SCRAM-SHA-256${_ROUNDS}:{_text(salt)}${_text(stored)}:{_text(own)}"


def _text(value: bytes) -> str:
    return b64encode(value).decode()
