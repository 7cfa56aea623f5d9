"""The headers that every reply carries, whatever made it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from litestar.types import Message, Scope

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; font-src 'self'; manifest-src 'self'; worker-src 'self'; "
    "base-uri 'none'; frame-ancestors 'none'; form-action 'self'"
)

SECURITY_HEADERS: tuple[tuple[bytes, bytes], ...] = (
    (b"strict-transport-security", b"max-age=31536000; includeSubDomains"),
    (b"content-security-policy", CONTENT_SECURITY_POLICY.encode("ascii")),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
)
_NO_CONTENT = 204
NO_STORE = (b"cache-control", b"no-store")


async def add_headers(message: Message, _scope: Scope) -> None:
    """Put the headers on a reply that is about to be sent, errors included.

    Nothing that this server answers may be kept by a cache unless the handler itself says so.
    """
    if message["type"] != "http.response.start":
        return
    sent = list(message.get("headers", ()))
    if message["status"] == _NO_CONTENT:
        # What is not there has no type (RFC 9110, 8.3); programs would read it by that.
        sent = [(name, value) for name, value in sent if name.lower() != b"content-type"]
    sent.extend(SECURITY_HEADERS)
    if not any(name.lower() == NO_STORE[0] for name, _ in sent):
        sent.append(NO_STORE)
    message["headers"] = sent
