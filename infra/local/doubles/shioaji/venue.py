"""The venue: takes orders of persons, matches them, and tells of it. Safe to call from threads."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from threading import Event, RLock
from typing import TYPE_CHECKING, Any

from infra.local.doubles.shioaji.checks import form_refusal, price_refusal
from infra.local.doubles.shioaji.contracts import Listed
from infra.local.doubles.shioaji.events import deal_event, order_event
from infra.local.doubles.shioaji.faults import Plan, Telling
from infra.local.doubles.shioaji.ledger import Ledger
from infra.local.doubles.shioaji.matching import Market
from infra.local.doubles.shioaji.people import People, Person
from infra.local.doubles.shioaji.records import VenueOrder
from infra.local.doubles.shioaji.refusal import Refused

if TYPE_CHECKING:
    from bus.values import Clock
    from infra.local.doubles.shioaji.people import Certificate

_LAST_RESORT = Decimal(1)
# Ids are eight hex digits; so many of them a second are room enough for whoever tries it out.
_IDS = 16**8
_IDS_A_SECOND = 16


class SinoVenue:
    """All persons, contracts and markets.

    Attributes:
        keeps_futures_tag: The custom field of a futures order is in what lists show.
        is_closed: Orders are refused, since the market is closed.
        is_reserving: Orders are kept until the market opens, and nothing is told of them.
        hidden_s: How long lists do not show a new order.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.lock = RLock()
        self.listed = Listed()
        self.people = People(self.now)
        self.ledgers: dict[str, Ledger] = defaultdict(Ledger)
        self.markets: dict[str, Market] = {}
        self.faults = Plan()
        self.telling = Telling()
        self.keeps_futures_tag = True
        self.is_closed = False
        self.is_reserving = False
        self.hidden_s = 0.0
        self.gate = Event()
        self._held: list[tuple[Person, VenueOrder]] = []
        self._untold: list[tuple[Person, dict[str, Any]]] = []
        self._numbers = 0
        # A venue gives no id twice: those of an earlier run lie behind these.
        self._ids_from = int(self.now() * _IDS_A_SECOND)
        self._event_ids = 0

    def now(self) -> float:
        """Return the venue's time, as a timestamp."""
        return self._clock.now().timestamp()

    def open_account(
        self,
        key: str,
        secret: str,
        person_id: str = "A123456789",
        *,
        certificate: Certificate | None = None,
        signed: bool = True,
    ) -> Person:
        """Open a person's two accounts."""
        person = Person(key, secret, person_id, signed=signed, certificate=certificate)
        return self.people.add(person)

    def stand(self, code: str, price: Decimal, depth: int | None = None) -> None:
        """Let a market stand at a price, and fill what waits for it."""
        with self.lock:
            contract = self.listed.traded(code)
            if contract is None:
                raise KeyError(code)
            market = self.markets[contract.code] = Market(price, depth)
            for key, ledger in self.ledgers.items():
                for order in ledger.working(contract):
                    if order.status in {"Submitted", "PartFilled"}:
                        self._fill(self.people.find(key), order, market, is_resting=True)

    def write(self, person: Person, asked: dict[str, Any]) -> VenueOrder:
        """Make an order from what was asked, without placing it.

        Raises:
            Refused: There is no such contract.
        """
        contract = self.listed.traded(asked["code"])
        if contract is None:
            raise Refused("BadRequestError", "StatusCode: 400, Detail: 無此商品代碼")
        self._numbers += 1
        number, now = self._numbers, self.now()
        is_stock = contract.security_type == "STK"
        order = VenueOrder(
            id=f"{(self._ids_from + number) % _IDS:08x}",
            seqno=f"{number:06d}",
            ordno="",
            account=person.account("S" if is_stock else "F"),
            contract=contract,
            action=asked["action"],
            price=Decimal(repr(asked["price"])),
            quantity=asked["quantity"],
            price_type=asked["price_type"],
            time_in_force=asked["time_in_force"],
            order_lot=(asked.get("order_lot") or "Common") if is_stock else None,
            order_cond=(asked.get("order_cond") or "Cash") if is_stock else None,
            octype=None if is_stock else (asked.get("octype") or "Auto"),
            custom_field=asked.get("custom_field") or "",
            created_at=now,
            shown_from=now + self.hidden_s,
        )
        self.ledgers[person.key].written.append(order.custom_field)
        return order

    def place(self, person: Person, order: VenueOrder, *, is_silent: bool = False) -> None:
        """Take an order, or refuse it; what comes of it is told."""
        with self.lock:
            ledger = self.ledgers[person.key]
            refusal = self._refusal(ledger, order)
            ledger.orders[order.id] = order
            if is_silent:
                return
            if refusal is not None:
                order.status, (order.status_code, order.message) = "Failed", refusal
                self._tell(person, [order_event(order, self._event_id())])
            elif self.is_reserving:
                order.status = "PreSubmitted"
            else:
                self._match(person, order)

    def cancel(self, person: Person, order: VenueOrder) -> None:
        """Stop working an order.

        Raises:
            Refused: There is nothing left of it.
        """
        with self.lock:
            if not order.is_working:
                text = "StatusCode: 400, Detail: 無法刪單/改量"
                raise Refused("BadRequestError", text)
            order.cancelled, order.status = order.left, "Cancelled"
            self._tell(person, [order_event(order, self._event_id(), op_type="Cancel")])

    def hold(self, person: Person, order: VenueOrder) -> None:
        """Keep an order back until `release`."""
        self._held.append((person, order))

    def release(self) -> None:
        """Place what was held back, and tell what was."""
        with self.lock:
            held, self._held = self._held, []
            for person, order in held:
                self.place(person, order)
            self.telling.held = False
            untold, self._untold = self._untold, []
            for person, told in untold:
                person.tell(told)
            self.gate.set()
            self.gate = Event()

    def last_prices(self) -> dict[str, Decimal]:
        """Return where the markets stand."""
        return {code: market.price for code, market in self.markets.items()}

    def _refusal(self, ledger: Ledger, order: VenueOrder) -> tuple[str, str] | None:
        if self.is_closed or order.contract.is_suspended:
            return "88", "非委託時間" if self.is_closed else "暫停接受委託"
        limit = order.contract.limits[1] if order.price_type == "MKT" else order.price
        market = self.markets.get(order.contract.code)
        worth = market.price if market and order.price_type == "MKT" else limit
        return form_refusal(order) or price_refusal(order) or ledger.refusal_of(order, worth)

    def _match(self, person: Person, order: VenueOrder) -> None:
        market = self.markets.get(order.contract.code) or Market(_LAST_RESORT, 0)
        order.status, order.ordno = "Submitted", f"Y{self._numbers:04d}"
        possible = market.would_take(order)
        is_whole = possible == order.quantity
        if order.time_in_force == "IOC" and order.price_type == "MKT" and not possible:
            order.status, order.status_code, order.message = "Failed", "48", "委託無對手方"
            self._tell(person, [order_event(order, self._event_id())])
            return
        told = [order_event(order, self._event_id())]
        if order.time_in_force != "FOK" or is_whole:
            told += self._filled(person, order, market, is_resting=False)
        if order.time_in_force != "ROD" and order.left:
            order.cancelled, order.status = order.left, "Cancelled"
            told.append(order_event(order, self._event_id(), op_type="Cancel"))
        self._tell(person, told)

    def _fill(self, person: Person, order: VenueOrder, market: Market, *, is_resting: bool) -> None:
        self._tell(person, self._filled(person, order, market, is_resting=is_resting))

    def _filled(
        self, person: Person, order: VenueOrder, market: Market, *, is_resting: bool
    ) -> list[dict[str, Any]]:
        deal = market.take(order, is_resting=is_resting, now=self.now())
        if deal is None:
            return []
        self.ledgers[person.key].book(order, deal.price, deal.quantity)
        order.status = "PartFilled" if order.quantity - order.filled else "Filled"
        return [deal_event(order, deal, self._event_id())]

    def _event_id(self) -> str:
        self._event_ids += 1
        return f"e{self._event_ids}"

    def _tell(self, person: Person, told: list[dict[str, Any]]) -> None:
        if self.telling.lost:
            for session in person.sessions:
                session.has_gap = True
            return
        if self.telling.deals_first:
            told = sorted(told, key=lambda each: not each["state"].endswith("DEAL"))
        for event in told * (2 if self.telling.twice else 1):
            if self.telling.held:
                self._untold.append((person, {"kind": "order", **event}))
            else:
                person.tell({"kind": "order", **event})
