"""One request to AWS, signed by hand: its SDK takes longer to load than the rest of a cold start.

AWS Signature Version 4, as the IAM user guide has it ("Create a signed AWS API request"), for a
request with a body, without a query, to the root of a service.
"""

from __future__ import annotations

import hmac
from hashlib import sha256
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

_ALGORITHM = "AWS4-HMAC-SHA256"


class Signer(msgspec.Struct, frozen=True, kw_only=True):
    """By whom and for whom a request is signed.

    Attributes:
        key_id: Of the function's role, as are `secret` and `session`; they end with its session.
        region: Where the service is that is asked.
        service: Its name, as its host begins.
    """

    key_id: str
    secret: str
    session: str
    region: str
    service: str

    def __repr__(self) -> str:
        """Show nothing of the role."""
        return f"Signer({self.service}, {self.region})"


def signer_of(environment: Mapping[str, str], *, region: str, service: str) -> Signer:
    """Take the role that Lambda gives its function in the environment."""
    return Signer(
        key_id=environment.get("AWS_ACCESS_KEY_ID", ""),
        secret=environment.get("AWS_SECRET_ACCESS_KEY", ""),
        session=environment.get("AWS_SESSION_TOKEN", ""),
        region=region,
        service=service,
    )


def signed(
    headers: Mapping[str, str], body: bytes, *, host: str, signer: Signer, now: datetime
) -> dict[str, str]:
    """Return the headers of `POST /` with all that AWS asks for beside them.

    Args:
        headers: What else is said; signed with the rest.
        body: What is sent.
        host: The service's host, with its port where that is not the usual one.
        signer: By whom.
        now: When; AWS takes it for five minutes.
    """
    at, digest = now.strftime("%Y%m%dT%H%M%SZ"), sha256(body).hexdigest()
    said = {**headers, "Host": host, "X-Amz-Date": at}
    if signer.session:
        said["X-Amz-Security-Token"] = signer.session
    lowered = sorted((name.lower(), value.strip()) for name, value in said.items())
    names = ";".join(name for name, _ in lowered)
    listed = "".join(f"{name}:{value}\n" for name, value in lowered)
    request = f"POST\n/\n\n{listed}\n{names}\n{digest}"
    within = "/".join((at[:8], signer.region, signer.service, "aws4_request"))
    text = "\n".join((_ALGORITHM, at, within, sha256(request.encode()).hexdigest()))
    signature = _keyed(_key(signer.secret, within), text).hex()
    said["Authorization"] = (
        f"{_ALGORITHM} Credential={signer.key_id}/{within}, "
        f"SignedHeaders={names}, Signature={signature}"
    )
    return said


def _key(secret: str, within: str) -> bytes:
    key = f"AWS4{secret}".encode()
    for part in within.split("/"):
        key = _keyed(key, part)
    return key


def _keyed(key: bytes, text: str) -> bytes:
    return hmac.digest(key, text.encode(), "sha256")
