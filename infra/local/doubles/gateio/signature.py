"""Checks a request's key, time and signature over the raw path, the query and the exact body."""

from __future__ import annotations

import hashlib
import hmac
from typing import TYPE_CHECKING

from infra.local.doubles.gateio.refusal import Refused

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from infra.local.doubles.gateio.http import Incoming

_FURTHEST_S = 60


def checked_key(request: Incoming, secrets: Mapping[str, str], *, now: datetime) -> str:
    """Return the key that signed a request; raises `Refused`."""
    headers = request.headers
    key, sign, timestamp = (headers.get(name) for name in ("key", "sign", "timestamp"))
    if not key or not sign or not timestamp:
        raise Refused("MISSING_REQUIRED_HEADER")
    secret = secrets.get(key)
    if secret is None:
        raise Refused("INVALID_KEY", "Invalid key provided")
    _check_time(timestamp, now)
    digest = hashlib.sha512(request.body).hexdigest()
    path = request.target.partition("?")[0]
    text = f"{request.method}\n{path}\n{request.raw_query}\n{digest}\n{timestamp}"
    expected = hmac.new(secret.encode(), text.encode(), hashlib.sha512).hexdigest()
    if not hmac.compare_digest(expected, sign):
        raise Refused("INVALID_SIGNATURE", "Signature mismatch")
    return key


def _check_time(timestamp: str, now: datetime) -> None:
    try:
        sent_at = float(timestamp)
    except ValueError as error:
        raise Refused("INVALID_SIGNATURE", "Timestamp is no number") from error
    if abs(now.timestamp() - sent_at) > _FURTHEST_S:
        message = "gap between request Timestamp and server time exceeds 60"
        raise Refused("REQUEST_EXPIRED", message)
