"""The control routes: for tests that run the double as a process, and for whoever tries it out.

GET  /control/ledger                        every order there ever was, and how often each was sent
POST /control/market   {"market","pair","price","size"?}
POST /control/fault    {"fault"}            for the next order
POST /control/hostility {"swallow_share"…}  for all of them
POST /control/account  {"key","secret","spot"?,"perpetual"?}
POST /control/clock    {"skew_s"}
"""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import msgspec

from infra.local.doubles.gateio.faults import Fault, Hostility

if TYPE_CHECKING:
    from collections.abc import Callable

    from infra.local.doubles.gateio.http import Incoming
    from infra.local.doubles.gateio.records import Order
    from infra.local.doubles.gateio.venue import GateVenue

PREFIX = "/control/"


class SetMarket(msgspec.Struct, frozen=True):
    """Let a market stand at a price."""

    market: str
    pair: str
    price: Decimal
    size: Decimal | None = None


class NextFault(msgspec.Struct, frozen=True):
    """What is to become of the next order."""

    fault: Fault


class NewAccount(msgspec.Struct, frozen=True):
    """A key that may trade."""

    key: str
    secret: str
    spot: Decimal = Decimal(1_000_000)
    perpetual: Decimal = Decimal(1_000_000)


class SetClock(msgspec.Struct, frozen=True):
    """How far the double's clock is ahead."""

    skew_s: float


class KeptOrder(msgspec.Struct, frozen=True):
    """An order as the double's own ledger has it."""

    id: int
    key: str
    market: str
    pair: str
    text: str
    buys: bool
    size: Decimal
    filled: Decimal
    finish_as: str


class Told(msgspec.Struct, frozen=True):
    """The whole ledger."""

    orders: list[KeptOrder]
    posts: dict[str, int]


def obey(venue: GateVenue, request: Incoming) -> bytes:
    """Do what a control route asks for, and return the answer's body."""
    name = request.path.removeprefix(PREFIX)
    act = _ACTS.get(name)
    if act is None:
        return b'{"error":"no such control"}'
    try:
        return msgspec.json.encode(act(venue, request.body) or {"done": True})
    except (msgspec.DecodeError, ValueError) as error:
        return msgspec.json.encode({"error": str(error)})


def told(venue: GateVenue) -> Told:
    """Return the whole ledger."""
    markets = (("spot", venue.spot.ledger), ("perpetual", venue.perpetual.ledger))
    return Told(
        orders=[_kept(order, name) for name, ledger in markets for order in ledger.all()],
        posts={text: n for _, ledger in markets for text, n in ledger.posts.items()},
    )


def _kept(order: Order, market: str) -> KeptOrder:
    return KeptOrder(
        id=order.id,
        key=order.key,
        market=market,
        pair=order.pair,
        text=order.text,
        buys=order.buys,
        size=order.size,
        filled=order.filled,
        finish_as=order.finish_as,
    )


def _set_market(venue: GateVenue, body: bytes) -> None:
    said = msgspec.json.decode(body, type=SetMarket)
    market = venue.spot if said.market == "spot" else venue.perpetual
    market.stand(said.pair, said.price, said.size)


def _set_fault(venue: GateVenue, body: bytes) -> None:
    venue.faults.add(msgspec.json.decode(body, type=NextFault).fault)


def _set_hostility(venue: GateVenue, body: bytes) -> None:
    venue.faults.hostility = msgspec.json.decode(body, type=Hostility)


def _open_account(venue: GateVenue, body: bytes) -> None:
    said = msgspec.json.decode(body, type=NewAccount)
    venue.open_account(said.key, said.secret, spot=said.spot, perpetual=said.perpetual)


def _set_clock(venue: GateVenue, body: bytes) -> None:
    said = msgspec.json.decode(body, type=SetClock)
    venue.clock.skew = timedelta(seconds=said.skew_s)


def _tell(venue: GateVenue, body: bytes) -> Any:  # noqa: ANN401 - one of several answers
    del body
    return told(venue)


_ACTS: dict[str, Callable[[GateVenue, bytes], Any]] = {
    "ledger": _tell,
    "market": _set_market,
    "fault": _set_fault,
    "hostility": _set_hostility,
    "account": _open_account,
    "clock": _set_clock,
}
