"""Where record and hints are, read from a secret: a function's own variables are no place for them.

One signed request a cold start, over the standard library, which is loaded where a secret is named.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import msgspec

from bus.errors import SettingsError
from bus.sqs_settings import read_endpoint, read_region
from bus.values import SystemClock
from lambda_entry._signing import signed, signer_of

if TYPE_CHECKING:
    from collections.abc import Mapping

SECRET_VARIABLE = "FOURPASS_ADDRESSES_SECRET"  # noqa: S105 - it names the secret
_OURS = "FOURPASS_"
_SERVICE = "secretsmanager"
_PATIENCE_S = 3.0
_OK = 200
_HEADERS = {
    "Content-Type": "application/x-amz-json-1.1",
    "X-Amz-Target": "secretsmanager.GetSecretValue",
}


class _Answer(msgspec.Struct, frozen=True, rename="pascal"):
    secret_string: str


class AddressesUnavailableError(Exception):
    """Secrets Manager gave no answer; the next event asks again."""


def with_addresses(environment: Mapping[str, str]) -> Mapping[str, str]:
    """Return the environment and the variables that the secret tells, if one is named.

    What else it holds, such as user and password for a proxy, is not for us.

    Raises:
        SettingsError: The secret is not what it should be.
        AddressesUnavailableError: It was not to be had.
    """
    secret = environment.get(SECRET_VARIABLE, "").strip()
    if not secret:
        return environment
    try:
        told = msgspec.json.decode(_fetch(secret, environment), type=dict[str, str])
    except msgspec.MsgspecError:
        # Whatever it says must not be repeated.
        raise SettingsError(SECRET_VARIABLE, "names a secret that is no JSON object") from None
    ours = {name: value for name, value in told.items() if name.startswith(_OURS)}
    return {**environment, **ours}


def _fetch(secret: str, environment: Mapping[str, str]) -> str:
    from http.client import HTTPException  # noqa: PLC0415 - loads when a secret is named

    try:
        status, answer = _asked(secret, environment)
    except (OSError, HTTPException) as error:
        raise _not_to_be_had(type(error).__name__) from None
    if status != _OK:
        raise _not_to_be_had("HTTP", status)
    return msgspec.json.decode(answer, type=_Answer).secret_string


def _not_to_be_had(*why: object) -> AddressesUnavailableError:
    told = " ".join(map(str, why))
    return AddressesUnavailableError(f"the secret of {SECRET_VARIABLE} is not to be had: {told}")


def _asked(secret: str, environment: Mapping[str, str]) -> tuple[int, bytes]:
    """Ask GetSecretValue once; return status and body."""
    from http.client import HTTPConnection, HTTPSConnection  # noqa: PLC0415 - as above

    region = read_region(environment)
    url = urlsplit(read_endpoint(environment) or f"https://{_SERVICE}.{region}.amazonaws.com")
    body = msgspec.json.encode({"SecretId": secret})
    signer = signer_of(environment, region=region, service=_SERVICE)
    headers = signed(_HEADERS, body, host=url.netloc, signer=signer, now=SystemClock().now())
    speak = HTTPSConnection if url.scheme == "https" else HTTPConnection
    connection = speak(url.hostname or "", url.port, timeout=_PATIENCE_S)
    try:
        connection.request("POST", "/", body, headers)
        reply = connection.getresponse()
        return reply.status, reply.read()
    finally:
        connection.close()
