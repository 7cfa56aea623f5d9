"""What a client may ask the venue: plain words in, plain data out, so that it fits any line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from infra.local.doubles.shioaji.faults import Fault
from infra.local.doubles.shioaji.refusal import Refused

if TYPE_CHECKING:
    from infra.local.doubles.shioaji.people import Session
    from infra.local.doubles.shioaji.venue import SinoVenue

_AFTER = {
    Fault.TIMEOUT_AFTER: Refused("ShioajiTimeoutError", "Timeout Topic: order, Timeout: ms"),
    Fault.OUTCOME_UNKNOWN: Refused("OrderOutcomeUnknownError", "the order may or may not exist"),
    Fault.UNREADABLE_AFTER: Refused("DecodeError", "unexpected end of input"),
}
_PENDING: dict[str, Any] = {
    "status": "PendingSubmit",
    "deal_quantity": 0,
    "cancel_quantity": 0,
    "deals": [],
}


class Desk:
    """Answers one question after another; each carries the token of its login."""

    def __init__(self, venue: SinoVenue) -> None:
        self.venue = venue

    def answer(self, question: str, token: str | None, asked: dict[str, Any]) -> Any:  # noqa: ANN401 - plain data of many kinds
        """Answer a question.

        Raises:
            Refused: As SinoPac would, in its words.
        """
        if question == "login":
            return self._login(**asked)
        if question == "logout":
            self.venue.people.logout(token or "")
            return None
        session = self.venue.people.session(token)
        return getattr(self, f"_{question}")(session, **asked)

    def next_told(self, token: str) -> dict[str, Any] | None:
        """Wait for what a session is told next, whatever becomes of its calls; `None`: it ended."""
        return self.venue.people.told(token).get()

    def _login(self, key: str, secret: str, *, simulation: bool) -> dict[str, Any]:
        with self.venue.lock:
            session = self.venue.people.login(key, secret, is_simulated=simulation)
            return {"token": session.token, "accounts": session.person.accounts()}

    def _activate_ca(self, session: Session, password: str) -> bool:
        return self.venue.people.activate(session, password)

    def _ca_expires(self, session: Session) -> float:
        return self.venue.people.certificate_ends(session)

    def _contract(self, session: Session, code: str) -> dict[str, Any] | None:
        del session
        contract = self.venue.listed.by_code.get(code)
        return None if contract is None else contract.base()

    def _info(self, session: Session, code: str) -> dict[str, Any] | None:
        del session
        contract = self.venue.listed.by_code.get(code)
        return None if contract is None else contract.info()

    def _place(self, session: Session, timeout_ms: int, order: dict[str, Any]) -> dict[str, Any]:
        venue, person = self.venue, session.person
        with venue.lock:
            venue.people.spend(session)
            self._require_signature(session)
            fault = venue.faults.take()
            written = venue.write(person, order)
            gate = venue.gate
            if fault is Fault.HOLD:
                venue.hold(person, written)
            elif fault is not Fault.TIMEOUT_BEFORE:
                venue.place(person, written, is_silent=fault is Fault.NEVER_ACKNOWLEDGED)
        if fault is Fault.HOLD:
            gate.wait(timeout_ms / 1000)
        if fault in {Fault.HOLD, Fault.TIMEOUT_BEFORE}:
            raise _AFTER[Fault.TIMEOUT_AFTER]
        if fault is not None and fault in _AFTER:
            raise _AFTER[fault]
        return self._answered(written.shown(), fault)

    @staticmethod
    def _answered(shown: dict[str, Any], fault: Fault | None) -> dict[str, Any]:
        """Return what `place_order` answers: never more than that it was taken to be sent."""
        status = shown["status"]
        if fault is Fault.PLEASE_CHECK:
            status |= _PENDING | {"status": "Failed", "msg": "連線逾時,請再確認委託狀態"}
        elif fault is Fault.NEW_WORDS:
            status |= _PENDING | {"status": "Resting", "status_code": "ZZ"}
        elif status["status"] != "Failed":
            shown["order"]["ordno"] = ""
            status |= _PENDING
        return shown

    def _cancel(self, session: Session, order_id: str) -> dict[str, Any]:
        venue, ledger = self.venue, self.venue.ledgers[session.person.key]
        with venue.lock:
            venue.people.spend(session)
            order = ledger.orders.get(order_id)
            if order is None:
                raise Refused("BadRequestError", "StatusCode: 400, Detail: 無原委託內容")
            venue.cancel(session.person, order)
            return order.shown()

    def _trades(self, session: Session, kind: str) -> list[dict[str, Any]]:
        venue = self.venue
        with venue.lock:
            venue.people.spend(session)
            session.has_gap = False
            now = venue.now()
            return [
                order.shown(keeps_tag=kind == "S" or venue.keeps_futures_tag)
                for order in venue.ledgers[session.person.key].orders.values()
                if order.account["account_type"] == kind and order.shown_from <= now
            ]

    def _gap(self, session: Session) -> bool:
        return session.has_gap

    def _positions(self, session: Session, kind: str) -> list[dict[str, Any]]:
        with self.venue.lock:
            ledger = self.venue.ledgers[session.person.key]
            return ledger.positions(kind, self.venue.last_prices())

    def _money(self, session: Session) -> float:
        with self.venue.lock:
            return 0.0 if session.is_simulated else float(self._ledger(session).money)

    def _margin(self, session: Session) -> dict[str, float]:
        with self.venue.lock:
            if session.is_simulated:
                return {"equity": 0.0, "available_margin": 0.0}
            ledger = self._ledger(session)
            used = ledger.margin_used(self.venue.listed.by_code)
            available = float(ledger.equity - used)
            return {"equity": float(ledger.equity), "available_margin": available}

    def _ledger(self, session: Session) -> Any:  # noqa: ANN401 - the ledger's own type
        return self.venue.ledgers[session.person.key]

    def _require_signature(self, session: Session) -> None:
        if session.is_simulated:
            return
        if not session.person.signed:
            raise Refused("ServerError", "StatusCode: 406, Detail: Account Not Acceptable.")
        if not session.has_certificate:
            raise Refused("BadRequestError", "StatusCode: 400, Detail: Ca is empty")
