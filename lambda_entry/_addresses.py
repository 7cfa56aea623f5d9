"""Where record and hints are, read from a secret: a function's own variables are no place for them.

One signed request a cold start, over the standard library: an SDK's client takes longer to load
than the request takes.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

import msgspec

from bus.errors import SettingsError
from bus.sqs_settings import read_endpoint, read_region

if TYPE_CHECKING:
    from collections.abc import Mapping

SECRET_VARIABLE = "FOURPASS_ADDRESSES_SECRET"  # noqa: S105 - it names the secret
_OURS = "FOURPASS_"
_SERVICE = "secretsmanager"
_PATIENCE_S = 3.0


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
    request = signed(secret, environment)
    try:
        with urlopen(request, timeout=_PATIENCE_S) as reply:  # noqa: S310 - an endpoint of AWS
            return msgspec.json.decode(reply.read(), type=_Answer).secret_string
    except (URLError, TimeoutError) as error:
        why = f"HTTP {error.code}" if isinstance(error, HTTPError) else type(error).__name__
        msg = f"the secret of {SECRET_VARIABLE} is not to be had: {why}"
        raise AddressesUnavailableError(msg) from None


def signed(secret: str, environment: Mapping[str, str]) -> Request:
    """Write GetSecretValue, signed by the function's role (AWS Signature Version 4)."""
    from botocore.auth import SigV4Auth  # noqa: PLC0415 - loads when a secret is named
    from botocore.awsrequest import AWSRequest  # noqa: PLC0415 - as above
    from botocore.credentials import Credentials  # noqa: PLC0415 - as above

    region = read_region(environment)
    url = read_endpoint(environment) or f"https://{_SERVICE}.{region}.amazonaws.com"
    body = json.dumps({"SecretId": secret}).encode()
    headers = {
        "Content-Type": "application/x-amz-json-1.1",
        "X-Amz-Target": "secretsmanager.GetSecretValue",
    }
    request = AWSRequest("POST", f"{url}/", data=body, headers=headers)
    who = Credentials(
        environment.get("AWS_ACCESS_KEY_ID", ""),
        environment.get("AWS_SECRET_ACCESS_KEY", ""),
        environment.get("AWS_SESSION_TOKEN") or None,
    )
    SigV4Auth(who, _SERVICE, region).add_auth(request)
    return Request(f"{url}/", data=body, headers=dict(request.headers), method="POST")  # noqa: S310 - as above
