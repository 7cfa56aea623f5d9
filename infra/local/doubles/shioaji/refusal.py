"""How the double refuses: by the name of the SDK's own error, so that it can cross a wire."""

# ruff: noqa: RUF001 - the venue writes with full-width punctuation

from __future__ import annotations


class Refused(Exception):  # noqa: N818 - it is an answer, not a fault of the double
    """Raised on the venue's side; the client raises the SDK's error of this name."""

    def __init__(self, error: str, text: str) -> None:
        super().__init__(error, text)
        self.error = error
        self.text = text


def token_expired() -> Refused:
    """Refuse a token that is too old, or was removed."""
    return Refused("TokenError", "StatusCode: 401, Detail: Token is expired")


def suspended() -> Refused:
    """Refuse a person who asked too much."""
    text = "StatusCode: 503, Detail: 操作異常，請1分鐘後再重新登入"
    return Refused("SystemMaintenance", text)
