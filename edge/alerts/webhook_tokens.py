"""The secrets the edge makes: shown once, kept as their hash."""

from __future__ import annotations

import secrets

TOKEN_PREFIX = "wh_"  # noqa: S105 - the prefix, which is public
MASKED_TOKEN = "wh_***"  # noqa: S105 - what stands where a token was

_ENTROPY_BYTES = 32


def new_webhook_token() -> str:
    """Make a webhook token: 256 random bits, safe in a URL."""
    return TOKEN_PREFIX + secrets.token_urlsafe(_ENTROPY_BYTES)


def webhook_url(public_url: str, token: str = MASKED_TOKEN) -> str:
    """Return the address that is pasted into an alert."""
    return f"{public_url}/webhook/tradingview/{token}"
