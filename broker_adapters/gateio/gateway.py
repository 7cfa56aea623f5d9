"""Signs what is sent, tells the time, keeps the budget: every request to Gate goes through here."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

import msgspec

from broker_adapters.base import Reason
from broker_adapters.errors import AuthFailedError, BrokerUnavailableError
from broker_adapters.gateio import wire
from broker_adapters.gateio.budget import Budget
from broker_adapters.gateio.errors import NeverSentError, RefusedError, ReplyLostError
from broker_adapters.gateio.labels import Refusal, refusal_of
from broker_adapters.gateio.port import Reply, Request
from broker_adapters.gateio.signing import signature
from broker_adapters.gateio.venue_clock import VenueClock, milliseconds

if TYPE_CHECKING:
    from broker_adapters.credentials import GateioCredentials
    from broker_adapters.gateio.dialect import Query
    from broker_adapters.gateio.port import GateClient

_PREFIX = "/api/v4"
_READ_S = 4.0
_TIME = wire.decoder(wire.ServerTime)
_CLOSED = "the session is closed"


class Pace(msgspec.Struct, frozen=True, kw_only=True):
    """Seconds.

    Attributes:
        answer: What an order's or a cancel's answer may take before it counts as lost.
        working: Between questions while an order works.
        idle: Between questions while none does.
        failing: After a question that was not answered.
    """

    answer: float = 5.0
    working: float = 1.0
    idle: float = 15.0
    failing: float = 2.0


class Gateway:
    """The way to Gate of one account."""

    def __init__(
        self,
        client: GateClient,
        credentials: GateioCredentials,
        *,
        clock: VenueClock,
        pace: Pace,
    ) -> None:
        self._client = client
        self._credentials = credentials
        self._pace = pace
        self.clock = clock
        self.budget = Budget()
        self.is_open = False

    async def read(self, path: str, query: Query = ()) -> bytes:
        """Ask for what changes nothing; a broken connection or a clock apart costs one repetition.

        Raises:
            RefusedError: Gate refuses this question, in its own words.
            AuthFailedError: Gate refuses the key, whatever is asked.
            BrokerUnavailableError: There is no usable answer.
        """
        reply = await self._read_twice(path, query)
        refusal = refusal_of(reply)
        if refusal is not None and refusal.reason is Reason.CLOCK_SKEW:
            await self.measure_clock()
            reply = await self._read_twice(path, query)
            refusal = refusal_of(reply)
        if refusal is not None:
            raise _refused(refusal)
        if reply.status != 200:
            msg = f"Gate answered {reply.status}"
            raise BrokerUnavailableError(msg)
        return reply.body

    async def write(
        self,
        method: str,
        path: str,
        query: Query = (),
        *,
        body: dict[str, Any] | None = None,
        send_by: datetime | None = None,
    ) -> Reply:
        """Send what changes something, exactly once.

        Args:
            method: `POST` or `DELETE`.
            path: Without `/api/v4`.
            query: Names and values, in order.
            body: Sent as JSON.
            send_by: Told to Gate, which refuses what arrives later; on our clock.

        Raises:
            NeverSentError: No byte left.
            ReplyLostError: Some may have.
        """
        if not self.is_open:
            raise NeverSentError(_CLOSED)
        headers = {"X-Gate-Size-Decimal": "1"}
        if send_by is not None:
            headers["x-gate-exptime"] = str(milliseconds(self.clock.theirs(send_by)))
        content = b"" if body is None else msgspec.json.encode(body)
        request = self._signed(method, path, query, content, headers)
        reply = await self._client.exchange(request, patience=self._pace.answer)
        self._note(kind_of(method, path), reply)
        return reply

    async def measure_clock(self) -> None:
        """Ask Gate for its time.

        Raises:
            BrokerUnavailableError: It did not tell.
        """
        asked_at = self.clock.begun()
        request = Request(method="GET", target=f"{_PREFIX}/spot/time", headers={})
        try:
            reply = await self._client.exchange(request, patience=_READ_S)
        except (NeverSentError, ReplyLostError) as error:
            raise BrokerUnavailableError(str(error)) from error
        if reply.status != 200:
            msg = f"Gate does not tell the time: {reply.status}"
            raise BrokerUnavailableError(msg)
        read = read_body(reply.body)
        server_time = datetime.fromtimestamp(read.server_time / 1000, UTC)
        self.clock.measured(server_time, asked_at=asked_at)

    def wait_for(self, method: str, path: str) -> timedelta | None:
        """Return how long such a request has to wait for its allowance; `None` if it need not."""
        return self.budget.wait(kind_of(method, path), now=self.clock.now())

    async def aclose(self) -> None:
        """Close the connections; never raises."""
        self.is_open = False
        await self._client.aclose()

    async def _read_twice(self, path: str, query: Query) -> Reply:
        kind = kind_of("GET", path)
        wait = self.budget.wait(kind, now=self.clock.now())
        if wait is not None:
            why = f"wait {wait.total_seconds():.1f} s"
            raise RefusedError("TOO_MANY_REQUESTS", why, reason=Reason.RATE_LIMITED)
        try:
            reply = await self._ask(path, query)
        except (NeverSentError, ReplyLostError):
            try:
                reply = await self._ask(path, query)
            except (NeverSentError, ReplyLostError) as error:
                raise BrokerUnavailableError(str(error)) from error
        self._note(kind, reply)
        return reply

    async def _ask(self, path: str, query: Query) -> Reply:
        request = self._signed("GET", path, query, b"", {"X-Gate-Size-Decimal": "1"})
        return await self._client.exchange(request, patience=_READ_S)

    def _note(self, kind: str, reply: Reply) -> None:
        self.budget.note(kind, reply.headers, is_refusal=reply.status == 429)

    def _signed(
        self, method: str, path: str, query: Query, body: bytes, headers: dict[str, str]
    ) -> Request:
        path = _PREFIX + quote(path)
        bare = "&".join(f"{name}={value}" for name, value in query)
        timestamp = str(milliseconds(self.clock.now()) // 1000)
        sign = signature(
            self._credentials.api_secret,
            method=method,
            target=f"{path}?{bare}",
            body=body,
            timestamp=timestamp,
        )
        return Request(
            method=method,
            target=f"{path}?{urlencode(query)}" if query else path,
            headers={
                **headers,
                "KEY": self._credentials.api_key,
                "Timestamp": timestamp,
                "SIGN": sign,
                "Accept": "application/json",
                "Content-Type": "application/json",
            },
            body=body,
        )


def read_body(body: bytes) -> wire.ServerTime:
    """Read Gate's time; `BrokerUnavailableError` if it is none."""
    try:
        return wire.decoded(body, _TIME)
    except ValueError as error:
        msg = f"Gate does not tell the time: {error}"
        raise BrokerUnavailableError(msg) from error


def kind_of(method: str, path: str) -> str:
    """Return which allowance a request counts against: an order's own, or its list's."""
    room = path.rsplit("/", 1)[0] if path.count("/orders/") else path
    return f"{method} {room}"


def _refused(refusal: Refusal) -> BrokerUnavailableError | AuthFailedError:
    if refusal.reason is Reason.AUTH:
        return AuthFailedError(f"{refusal.label}: {refusal.message}")
    return RefusedError(refusal.label, refusal.message, reason=refusal.reason)
