"""Who has accounts at the venue: keys, certificates, sessions, and what each asks too much of."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any

from infra.local.doubles.shioaji.refusal import Refused, suspended, token_expired

if TYPE_CHECKING:
    from collections.abc import Callable

MOST_SESSIONS = 5
MOST_OPERATIONS = 250
OPERATIONS_WITHIN_S = 10.0
SUSPENDED_FOR_S = 60.0
TOKEN_LIVES_S = 24 * 3600.0
_SHORTEST_KEY = 10


@dataclass
class Certificate:
    """A person's certificate for real orders."""

    password: str
    expires_at: datetime


@dataclass
class Session:
    """One login.

    Attributes:
        told: What its client has yet to be told.
    """

    token: str
    person: Person
    is_simulated: bool
    opened_at: float
    is_alive: bool = True
    is_cut: bool = False
    has_gap: bool = False
    has_certificate: bool = False
    told: SimpleQueue[dict[str, Any] | None] = field(
        default_factory=SimpleQueue[dict[str, Any] | None]
    )


@dataclass
class Person:
    """Somebody with a stock account and a futures account."""

    key: str
    secret: str
    person_id: str
    signed: bool = True
    certificate: Certificate | None = None
    revoked: str | None = None
    suspended_until: float = 0.0
    logins: int = 0
    sessions: list[Session] = field(default_factory=list[Session])
    operations: deque[float] = field(default_factory=deque[float])

    def accounts(self) -> list[dict[str, Any]]:
        """Return the accounts, as a login tells of them."""
        return [self.account("S"), self.account("F")]

    def account(self, kind: str) -> dict[str, Any]:
        """Return the stock account (S) or the futures account (F)."""
        return {
            "account_type": kind,
            "person_id": self.person_id,
            "broker_id": "9A95" if kind == "S" else "F002000",
            "account_id": "1234567" if kind == "S" else "7654321",
            "signed": self.signed,
            "username": "DOUBLE",
        }

    def tell(self, told: dict[str, Any]) -> None:
        """Tell all sessions that can be reached; the others notice a gap."""
        for session in self.sessions:
            if session.is_cut:
                session.has_gap = True
            elif session.is_alive:
                session.told.put(told)


class People:
    """All persons, by API key."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._by_key: dict[str, Person] = {}
        self._by_token: dict[str, Session] = {}
        self._told: dict[str, SimpleQueue[dict[str, Any] | None]] = {}
        self._numbers = 0

    def add(self, person: Person) -> Person:
        """Open a person's accounts."""
        self._by_key[person.key] = person
        return person

    def find(self, key: str) -> Person:
        """Return the person of a key that is known."""
        return self._by_key[key]

    def login(self, key: str, secret: str, *, is_simulated: bool) -> Session:
        """Open a session.

        Raises:
            Refused: As SinoPac does, in its words.
        """
        if len(key) < _SHORTEST_KEY:
            raise Refused("ShioajiValueError", "api_key must be at least 10 characters")
        person = self._by_key.get(key)
        if person is None:
            raise Refused("BadRequestError", f"StatusCode: 400, Detail: key: {key} not exist.")
        now = self._clock()
        person.logins += 1
        if person.suspended_until > now:
            raise suspended()
        if person.secret != secret or person.revoked is not None:
            text = person.revoked or f"key: {key} not match signature."
            raise Refused("TokenError", f"StatusCode: 401, Detail: {text}")
        if len(person.sessions) >= MOST_SESSIONS:
            person.suspended_until = now + SUSPENDED_FOR_S
            raise suspended()
        self._numbers += 1
        session = Session(f"token-{self._numbers}", person, is_simulated, now)
        person.sessions.append(session)
        self._by_token[session.token] = session
        self._told[session.token] = session.told
        return session

    def logout(self, token: str) -> None:
        """Give a session's place back; harmless for one that has ended."""
        session = self._by_token.pop(token, None)
        if session is not None:
            _end(session)

    def end_sessions(self, person: Person, *, is_told: bool = True) -> None:
        """Take a person's tokens away, as when another program pushes the session out."""
        for session in tuple(person.sessions):
            self._by_token.pop(session.token, None)
            if is_told:
                session.told.put({"kind": "down"})
            session.is_alive = False
            person.sessions.remove(session)

    def cut(self, person: Person) -> None:
        """Break the connection of a person's sessions; they say that they are reconnecting."""
        for session in person.sessions:
            session.told.put({"kind": "event", "code": 12, "info": "reconnecting"})
            session.is_cut = True

    def mend(self, person: Person) -> None:
        """Let broken connections come back."""
        for session in person.sessions:
            session.is_cut = False
            session.told.put({"kind": "event", "code": 13, "info": "reconnected"})

    def session(self, token: str | None) -> Session:
        """Return the session of a token.

        Raises:
            Refused: There was no login, or the token is no longer good.
        """
        if token is None:
            raise Refused("AuthError", "Not authenticated")
        session = self._by_token.get(token)
        if session is None or not session.is_alive:
            raise token_expired()
        if session.is_cut:
            raise Refused("ShioajiConnectionError", "connection lost")
        if self._clock() - session.opened_at > TOKEN_LIVES_S:
            raise token_expired()
        return session

    def told(self, token: str) -> SimpleQueue[dict[str, Any] | None]:
        """Return what a session is told, in order, also what it was told as it ended."""
        return self._told[token]

    def spend(self, session: Session) -> None:
        """Count one order operation; too many end the session for a minute.

        Raises:
            Refused: It was one too many.
        """
        person, now = session.person, self._clock()
        while person.operations and person.operations[0] <= now - OPERATIONS_WITHIN_S:
            person.operations.popleft()
        person.operations.append(now)
        if len(person.operations) > MOST_OPERATIONS:
            person.suspended_until = now + SUSPENDED_FOR_S
            self.end_sessions(person)
            raise suspended()

    def activate(self, session: Session, password: str) -> bool:
        """Check a certificate's password and date.

        Raises:
            Refused: It is wrong, too old, or there is none.
        """
        certificate = session.person.certificate
        if certificate is None or certificate.password != password:
            raise Refused("CaPasswordError", "Ca Password Incorrect")
        if certificate.expires_at.timestamp() <= self._clock():
            raise Refused("CaExpiredError", "Ca has expired!")
        session.has_certificate = True
        return True

    def certificate_ends(self, session: Session) -> float:
        """Return when the certificate ends, as a timestamp."""
        certificate = session.person.certificate
        if certificate is None:
            raise Refused("CaError", f"CA not activated for: {session.person.person_id}")
        return certificate.expires_at.timestamp()


def a_certificate(now: float, *, password: str, days: float = 365) -> Certificate:
    """Make a certificate that ends so many days from now."""
    ends = datetime.fromtimestamp(now, UTC) + timedelta(days=days)
    return Certificate(password=password, expires_at=ends)


def _end(session: Session) -> None:
    session.is_alive = False
    session.told.put(None)
    if session in session.person.sessions:
        session.person.sessions.remove(session)
