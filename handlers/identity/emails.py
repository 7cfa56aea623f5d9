"""E-mail addresses as the house keeps them: lower case, in a form that mail servers take."""

from __future__ import annotations

import re

_LONGEST = 254
# RFC 5321 without quoted local parts and address literals, which people do not have.
_ADDRESS = re.compile(
    r"[a-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}"
    r"@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
)


def canonical(address: str) -> str | None:
    """Return an address as it is kept; `None` if it is none."""
    lowered = address.strip().lower()
    is_one = len(lowered) <= _LONGEST and _ADDRESS.fullmatch(lowered)
    return lowered if is_one else None
