"""Gate's HTTP API over aiohttp: the only file that sees the driver."""

from __future__ import annotations

from functools import cache

import aiohttp
from typing_extensions import override
from yarl import URL

from broker_adapters.gateio.errors import NeverSentError, ReplyLostError
from broker_adapters.gateio.port import GateClient, Reply, Request

# Shorter than Gate keeps an idle connection, so that no order meets one that is just being closed.
_KEPT_ALIVE_S = 15.0
_CONNECT_S = 2.0
_CONNECTIONS = 8
_LARGEST_BYTES = 8 * 2**20
_CHUNK = 2**16
_CODED = "Content-Encoding"


class AiohttpClient(GateClient):
    """One account's connections; opened with the first request, in the loop that makes it."""

    def __init__(self, base_url: str) -> None:
        self._base = base_url.rstrip("/")
        self._session: aiohttp.ClientSession | None = None

    @override
    async def exchange(self, request: Request, *, patience: float) -> Reply:
        url = URL(self._base + request.target, encoded=True)
        try:
            async with self._open().request(
                request.method,
                url,
                data=request.body or None,
                headers=request.headers,
                timeout=_within(patience),
                allow_redirects=False,
            ) as response:
                body = await _whole(response)
                return Reply(status=response.status, headers=response.headers, body=body)
        except _NEVER_SENT as error:
            raise NeverSentError(_words(error)) from error
        except _MAYBE_SENT as error:
            raise ReplyLostError(_words(error)) from error

    @override
    async def aclose(self) -> None:
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(
                    limit=_CONNECTIONS, keepalive_timeout=_KEPT_ALIVE_S, ttl_dns_cache=60
                ),
                cookie_jar=aiohttp.DummyCookieJar(),
                trust_env=False,
                auto_decompress=True,
            )
            # It would repeat a DELETE whose connection broke; there is no public switch.
            session._retry_connection = False  # noqa: SLF001  # pyright: ignore[reportPrivateUsage] - as said
            self._session = session
        return self._session


# No connection was made: refused, no such host, no trust, or none became free in time.
_NEVER_SENT = (
    aiohttp.ClientConnectorError,
    aiohttp.ClientConnectorCertificateError,
    aiohttp.ConnectionTimeoutError,
    aiohttp.InvalidURL,
)
# `RuntimeError` is what a session says that is being closed.
_MAYBE_SENT = (aiohttp.ClientError, OSError, ValueError, RuntimeError)


@cache
def _within(patience: float) -> aiohttp.ClientTimeout:
    return aiohttp.ClientTimeout(total=patience, sock_connect=min(_CONNECT_S, patience))


async def _whole(response: aiohttp.ClientResponse) -> bytes:
    length = response.content_length
    if length is not None and length <= _LARGEST_BYTES and not response.headers.get(_CODED):
        return await response.read()
    chunks: list[bytes] = []
    size = 0
    async for chunk in response.content.iter_chunked(_CHUNK):
        size += len(chunk)
        if size > _LARGEST_BYTES:
            msg = f"the reply is larger than {_LARGEST_BYTES} bytes"
            raise ReplyLostError(msg)
        chunks.append(chunk)
    return b"".join(chunks)


def _words(error: BaseException) -> str:
    """Say what went wrong; no header and so no key is in any of these."""
    return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
