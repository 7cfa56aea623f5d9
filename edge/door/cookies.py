"""The two cookies: who is signed in, and which browser has been here before.

Behind TLS they carry the `__Host-` prefix, which a browser takes only with Secure, for this very
host and the whole of it (RFC 6265bis, 4.1.3.2). In the clear they exist on the loopback alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from litestar.datastructures import Cookie

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from edge.settings import EdgeSettings

_SESSION = "fourpass_session"
_DEVICE = "fourpass_device"
_DEVICE_SECONDS = 365 * 24 * 60 * 60
_LONGEST = 200


def session_cookie(settings: EdgeSettings) -> str:
    """Return the name of the session's cookie."""
    return _named(settings, _SESSION)


def device_cookie(settings: EdgeSettings) -> str:
    """Return the name of the device's cookie."""
    return _named(settings, _DEVICE)


def set_session(settings: EdgeSettings, token: str) -> Cookie:
    """Return the cookie that signs a browser in; the cookie ends with the browser."""
    return _cookie(settings, session_cookie(settings), token)


def set_device(settings: EdgeSettings, token: str) -> Cookie:
    """Return the cookie that makes a browser known for a year."""
    return _cookie(settings, device_cookie(settings), token, max_age=_DEVICE_SECONDS)


def clear_session(settings: EdgeSettings) -> Cookie:
    """Return the cookie that signs a browser out."""
    return _cookie(settings, session_cookie(settings), "", max_age=0)


def read_cookie(scope: Mapping[str, Any], name: str) -> str | None:
    """Return a cookie's value; of two with one name, neither is believed."""
    headers: Iterable[tuple[bytes, bytes]] = scope["headers"]
    found = [
        value
        for header, line in headers
        if header == b"cookie"
        for value in _values(line.decode("latin-1"), name)
    ]
    return found[0] if len(found) == 1 and 0 < len(found[0]) <= _LONGEST else None


def _values(line: str, name: str) -> list[str]:
    pairs = (pair.strip().partition("=") for pair in line.split(";"))
    return [value for key, _, value in pairs if key == name]


def _named(settings: EdgeSettings, name: str) -> str:
    return f"__Host-{name}" if settings.is_tls else name


def _cookie(settings: EdgeSettings, name: str, value: str, *, max_age: int | None = None) -> Cookie:
    return Cookie(
        key=name,
        value=value,
        path="/",
        max_age=max_age,
        httponly=True,
        secure=True if settings.is_tls else None,
        samesite="lax",
    )
