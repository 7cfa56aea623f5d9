"""Trying an account: asked for at the edge, done where its session is, in the user's worker."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from broker_adapters.errors import (
    AuthFailedError,
    BrokerError,
    CertificateExpiredError,
    InvalidOptionsError,
    MaintenanceError,
    OtherVenueAccountError,
    SessionTakenError,
    TooManyLoginsError,
    UnknownBrokerError,
)
from bus.ids import uuid7
from bus.messages import ProbeAccount
from handlers.asking.ask import ask_worker
from handlers.asking.replies import Reason, Reply, done, failed

if TYPE_CHECKING:
    from broker_adapters.base import Broker
    from bus.bundle import Bus
    from bus.values import AccountId, Clock, UserId

PROBE_WITHIN = timedelta(seconds=10)
# The first that fits counts: an ended certificate is a refusal of a kind of its own.
_NAMES: tuple[tuple[type[BrokerError], Reason], ...] = (
    (CertificateExpiredError, Reason.CERTIFICATE_EXPIRED),
    (AuthFailedError, Reason.AUTH),
    (SessionTakenError, Reason.SESSION_TAKEN),
    (TooManyLoginsError, Reason.RATE_LIMITED),
    (MaintenanceError, Reason.MAINTENANCE),
    (OtherVenueAccountError, Reason.VENUE_ACCOUNT_CHANGED),
    (InvalidOptionsError, Reason.INVALID_OPTIONS),
    (UnknownBrokerError, Reason.UNSUPPORTED),
)


async def probe_account(user: UserId, account: AccountId, bus: Bus, *, clock: Clock) -> Reply:
    """Have the user's worker connect to an account, and return what it found, within 10 s.

    Raises:
        TransportUnavailableError: The bus is away; asking again is safe.
    """
    request = uuid7()
    command = ProbeAccount(user_id=user, account_id=account, request=request)
    return await ask_worker(command, request, bus, clock=clock, within=PROBE_WITHIN)


async def look_at_account(broker: Broker) -> Reply:
    """Say what an account holds, over a session that is open."""
    try:
        balances = tuple(await broker.balances())
        positions = tuple(await broker.positions())
    except (BrokerError, OSError) as error:
        return failed(code_of(error), why=str(error))
    ends = (await broker.health()).certificate_ends
    if ends is None:
        return done("account_reachable", balances=balances, positions=positions)
    until = ends.date().isoformat()
    return done("certificate_ends", balances=balances, positions=positions, until=until)


def code_of(error: Exception) -> Reason:
    """Name what kept a session from being opened or used."""
    named = (reason for kind, reason in _NAMES if isinstance(error, kind))
    return next(named, Reason.BROKER_UNAVAILABLE)
