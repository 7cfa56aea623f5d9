"""Whether a request that changes something comes from our own page: pure, by its headers.

A browser sends cookies along with whatever any page makes it send; what another page cannot do is
read our replies, set a header of its own, or hide where it is from. So: a token in a header, the
origin, and none of the content types that a plain HTML form can send.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from bus.environment import LOOPBACK
from edge.errors import ApiError
from handlers.identity.tokens import csrf_token, is_same

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from edge.settings import EdgeSettings

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_HEADER = b"x-csrf-token"
_OURS = frozenset({"same-origin", "none"})
_FORMS = frozenset({"application/x-www-form-urlencoded", "multipart/form-data", "text/plain"})


def require_own_page(scope: Mapping[str, Any], settings: EdgeSettings) -> None:
    """Refuse what a foreign page sends. Programs send neither header, and no cookie by accident.

    Raises:
        ApiError: 403 `csrf_failed`, or 415 for a form.
    """
    if scope["method"] in SAFE:
        return
    origins = _all(scope, b"origin")
    if any(not is_own(origin, settings) for origin in origins):
        raise _failed("The request comes from another site.")
    if any(site.lower() not in _OURS for site in _all(scope, b"sec-fetch-site")):
        raise _failed("The request comes from another site.")
    kinds = _all(scope, b"content-type")
    if any(kind.partition(";")[0].strip().lower() in _FORMS for kind in kinds):
        raise ApiError(415, "unsupported_media_type", "Forms are not taken here; send JSON.")


def require_token(scope: Mapping[str, Any], session_token: str) -> None:
    """Refuse a change without the token that belongs to the session.

    Raises:
        ApiError: 403 `csrf_failed`.
    """
    given = _all(scope, _HEADER)
    if scope["method"] in SAFE:
        return
    if len(given) != 1 or not is_same(given[0], csrf_token(session_token)):
        raise _failed("The header X-CSRF-Token is missing or wrong.")


def is_own(origin: str, settings: EdgeSettings) -> bool:
    """Say whether an origin is ours; on the loopback, any of its names is."""
    own = settings.public_url
    if origin == own:
        return True
    try:
        theirs, ours = urlsplit(origin), urlsplit(own)
        is_alike = (theirs.scheme, theirs.port) == (ours.scheme, ours.port)
    except ValueError:
        return False
    is_plain = not (theirs.path or theirs.query or theirs.username)
    return is_alike and is_plain and {theirs.hostname, ours.hostname} <= LOOPBACK


def _all(scope: Mapping[str, Any], name: bytes) -> list[str]:
    headers: Iterable[tuple[bytes, bytes]] = scope["headers"]
    return [value.decode("latin-1") for header, value in headers if header == name]


def _failed(message: str) -> ApiError:
    return ApiError(
        403,
        "csrf_failed",
        message,
        hint="Send the `csrf_token` of GET /api/auth/session as X-CSRF-Token, from our own page.",
    )
