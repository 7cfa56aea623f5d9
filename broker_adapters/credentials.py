"""Secrets of broker accounts: types whose text never shows what they hold.

The vault encodes and decodes them; whoever logs one, or lets one stand in an error, shows stars.
"""

from __future__ import annotations

from typing import Any

import msgspec

_HIDDEN = "********"


class Credentials(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="broker"
):
    """What all credentials share: they hide themselves."""

    def __repr__(self) -> str:
        return f"{type(self).__name__}({_HIDDEN})"

    def __str__(self) -> str:
        return repr(self)

    def __rich_repr__(self) -> list[tuple[str, Any]]:
        """Hide from pretty printers too, which look at fields themselves."""
        return [(name, _HIDDEN) for name in self.__struct_fields__]


class PaperCredentials(Credentials, frozen=True, kw_only=True, tag="paper"):
    """A paper account has no secret."""


class GateioCredentials(Credentials, frozen=True, kw_only=True, tag="gateio"):
    """An API key of Gate, for spot and perpetual alike."""

    api_key: str
    api_secret: str


class ShioajiCredentials(Credentials, frozen=True, kw_only=True, tag="shioaji"):
    """An API key of SinoPac; the certificate (PKCS #12, base64) is needed for real orders."""

    api_key: str
    secret_key: str
    person_id: str | None = None
    ca: str | None = None
    ca_password: str | None = None


AnyCredentials = PaperCredentials | GateioCredentials | ShioajiCredentials
