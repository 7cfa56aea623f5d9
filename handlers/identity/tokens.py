"""Secrets that the house draws: 256 random bits each, shown once, kept as their hash."""

from __future__ import annotations

import hmac
import secrets
from base64 import urlsafe_b64encode
from hashlib import sha256

KEY_PREFIX = "fp_"
_ENTROPY_BYTES = 32


def new_secret(prefix: str = "") -> str:
    """Draw a secret that is safe in a URL and in a cookie."""
    return prefix + secrets.token_urlsafe(_ENTROPY_BYTES)


def hash_secret(secret: str) -> bytes:
    """Return what is kept of a secret. It is random, so one round of SHA-256 is enough."""
    return sha256(secret.encode("utf-8", "surrogatepass")).digest()


def csrf_token(session_token: str) -> str:
    """Return what a page must send beside the session's cookie, and only that page can know.

    It follows from the session's token, so nothing is kept, and a new session has a new one.
    """
    digest = hmac.digest(session_token.encode("utf-8", "surrogatepass"), b"4pass csrf 1", "sha256")
    return urlsafe_b64encode(digest).rstrip(b"=").decode("ascii")


def is_same(given: str, wanted: str) -> bool:
    """Compare two secrets in a time that tells nothing of either."""
    return hmac.compare_digest(given.encode("utf-8", "surrogatepass"), wanted.encode())
