"""Compares accounts with their venues when asked to: one at a time, beside all lanes."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import anyio

from broker_adapters.errors import BrokerError
from handlers.asking.account_probe import code_of
from handlers.asking.replies import Reason
from handlers.errors import StoreUnavailableError
from handlers.orders.compare import compare
from handlers.orders.taking_in import SeenSoFar
from handlers.records.comparison import NotCompared
from worker_runtime.errors import SessionUnavailableError

if TYPE_CHECKING:
    from collections.abc import Callable

    from bus.values import AccountId, Clock
    from handlers.records.comparison import Comparison
    from handlers.records.orders import Lease
    from handlers.store.comparing import ComparisonStore
    from worker_runtime.sessions import Sessions

# Maintenance asks again after half an hour.
_PATIENCE = 600.0
# Until its owner changes the account, asking again brings nothing but another refusal.
_HOPELESS = frozenset(
    {
        Reason.AUTH,
        Reason.CERTIFICATE_EXPIRED,
        Reason.INVALID_OPTIONS,
        Reason.UNSUPPORTED,
        Reason.VENUE_ACCOUNT_CHANGED,
    }
)

_log = logging.getLogger(__name__)


class Comparing:
    """The comparisons of one user's accounts; nobody waits for any of them."""

    def __init__(
        self,
        lease: Lease,
        store: ComparisonStore,
        sessions: Sessions,
        *,
        clock: Clock,
        on_change: Callable[[], None],
    ) -> None:
        self._lease = lease
        self._store = store
        self._sessions = sessions
        self._clock = clock
        self._on_change = on_change
        self._turn = anyio.Lock()
        self._seen: dict[AccountId, SeenSoFar] = {}

    async def run(self, account: AccountId) -> None:
        """Compare an account, and write down what came of it; the record knows what is done."""
        try:
            async with self._turn:
                await self._compare(account)
        except StoreUnavailableError:
            _log.info("account_not_compared", extra=_about(account, code=Reason.UNAVAILABLE))
        except Exception:  # noqa: BLE001 - one account's fault must not end the worker
            _log.exception("comparison_failed", extra=_about(account))

    async def _compare(self, account: AccountId) -> None:
        # What was taken in is found by no later attempt: it is remembered until that is kept.
        seen = self._seen.setdefault(account, SeenSoFar())
        try:
            with anyio.fail_after(_PATIENCE):
                found = await self._look(account, seen)
        except SessionUnavailableError as error:
            await self._give_up(account, error.code, str(error))
        except (BrokerError, OSError) as error:
            await self._give_up(account, code_of(error), f"{type(error).__name__}: {error}")
        else:
            if found is not None and await self._store.keep(self._lease, found):
                _tell(found)
            self._on_change()
        self._seen.pop(account)

    async def _look(self, account: AccountId, seen: SeenSoFar) -> Comparison | None:
        """Compare at the account's desk; a session that is opened anew ends the attempt.

        Raises:
            SessionUnavailableError: There is none, or it closed meanwhile.
        """
        async with self._sessions.use(account):
            pass
        async with self._sessions.watch(account) as desk:
            return await compare(desk, self._store, seen)
        raise SessionUnavailableError(
            "the session was closed meanwhile", code=Reason.BROKER_UNAVAILABLE, retry_after=0.0
        )

    async def _give_up(self, account: AccountId, code: Reason, why: str) -> None:
        ledger = await self._store.ledger(self._lease, account)
        if ledger is None:
            return
        failure = NotCompared(
            account_id=account,
            begins_at=ledger.begins_at,
            at=self._clock.now(),
            code=code.value,
            why=why,
            is_hopeless=code in _HOPELESS,
            found_fills=ledger.found_fills + len(self._seen[account].found_fills),
            settled_orders=ledger.settled_orders + len(self._seen[account].settled),
        )
        await self._store.keep(self._lease, failure)
        _log.warning("account_not_compared", extra=_about(account, code=code))


def _tell(found: Comparison) -> None:
    """Write a line of what was compared; that anything differs is a warning."""
    said = {
        "differences": len(found.differences),
        "unsettled": len(found.unsettled),
        "found_fills": found.found_fills,
        "settled_orders": found.settled_orders,
        "orders": found.orders,
        "other_orders": found.other_orders,
    }
    extra = {"account_id": str(found.account_id), **said}
    if found.differences:
        _log.warning("account_differs", extra=extra)
    else:
        _log.info("account_compared", extra=extra)


def _about(account: AccountId, *, code: Reason | None = None) -> dict[str, str]:
    named = {"account_id": str(account)}
    return named if code is None else {**named, "code": code.value}
