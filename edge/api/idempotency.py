"""The header that makes a POST that can lead to an order safe to send twice."""

from __future__ import annotations

from hashlib import sha256
from typing import Annotated

import msgspec
from litestar.params import HeaderParameter

from edge.errors import ApiError

HEADER = "Idempotency-Key"
_LONGEST = 128
_ENCODER = msgspec.json.Encoder(order="deterministic")

IdempotencyHeader = Annotated[
    str | None,
    HeaderParameter(
        name=HEADER,
        description="Required. The same key with the same body is carried out once, for good.",
    ),
]


def require_key(key: str | None) -> str:
    """Return the key.

    Raises:
        ApiError: 400 where it is missing or unusable.
    """
    if not key:
        raise ApiError(
            400,
            "missing_field",
            f"The header {HEADER} is missing.",
            field=HEADER,
            hint="Send a new random value for each order, and the same one when you try again.",
        )
    if len(key) > _LONGEST or not key.isprintable():
        raise ApiError(
            400, "invalid_field", f"{HEADER} is 1 to {_LONGEST} printable characters.", field=HEADER
        )
    return key


def conflict() -> ApiError:
    """Return the error for a key that was used with another body."""
    return ApiError(
        409,
        "idempotency_conflict",
        "This key was used with another body; nothing was done.",
        field=HEADER,
    )


def hash_body(body: msgspec.Struct) -> bytes:
    """Return what is kept of a body: equal for equal bodies, in whatever order."""
    return sha256(_ENCODER.encode(body)).digest()
