"""HTTP/1.1 by hand: the double must see raw bytes, and must be able to break off anywhere."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, unquote

import anyio
import httptools

if TYPE_CHECKING:
    from anyio.abc import ByteStream

_CHUNK = 65536
_LARGEST = 2**20
_PHRASES = {200: "OK", 201: "Created", 502: "Bad Gateway"}


@dataclass(slots=True)
class Incoming:
    """A request as it came over the wire.

    Attributes:
        target: Path and query, raw.
        headers: Names in lower case.
    """

    method: str = ""
    target: str = ""
    headers: dict[str, str] = field(default_factory=dict[str, str])
    body: bytes = b""

    @property
    def path(self) -> str:
        """The path, decoded."""
        return unquote(self.target.partition("?")[0])

    @property
    def raw_query(self) -> str:
        """The query, decoded as a whole: what the signature is over."""
        return unquote(self.target.partition("?")[2].replace("+", " "))

    @property
    def query(self) -> dict[str, str]:
        """The query's values; the last of each name counts."""
        return dict(parse_qsl(self.target.partition("?")[2]))


class _Parsed:
    """Gathers what httptools finds."""

    def __init__(self) -> None:
        self.request = Incoming()
        self.is_whole = False

    def on_url(self, url: bytes) -> None:
        self.request.target += url.decode("latin-1")

    def on_header(self, name: bytes, value: bytes) -> None:
        self.request.headers[name.decode("latin-1").lower()] = value.decode("latin-1")

    def on_body(self, body: bytes) -> None:
        self.request.body += body

    def on_message_complete(self) -> None:
        self.is_whole = True


async def read_request(stream: ByteStream) -> Incoming | None:
    """Read one request; `None` when the other side is done or talks nonsense."""
    parsed = _Parsed()
    parser = httptools.HttpRequestParser(parsed)
    while not parsed.is_whole:
        try:
            parser.feed_data(await stream.receive(_CHUNK))
        except (anyio.EndOfStream, anyio.BrokenResourceError, httptools.HttpParserError):
            return None
        if len(parsed.request.body) > _LARGEST:
            return None
    parsed.request.method = parser.get_method().decode()
    return parsed.request


def rendered(
    status: int, body: bytes, headers: dict[str, str] | None = None, *, length: int | None = None
) -> bytes:
    """Return a reply's bytes; `length` announces more than there is."""
    lines = [f"HTTP/1.1 {status} {_PHRASES.get(status, 'Refused')}"]
    written = {"Content-Type": "application/json", **(headers or {})}
    lines += [f"{name}: {value}" for name, value in written.items()]
    lines.append(f"Content-Length: {len(body) if length is None else length}")
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body
