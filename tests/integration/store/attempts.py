"""Every method of every port, asked by one user about what is another's."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import msgspec

from bus.ids import uuid7
from bus.values import Mode, OrderState, StrategyId, UserId, WorkerId
from handlers.records.accounts import Account, Strategy, StrategyState
from handlers.records.audit import NewAuditEntry
from handlers.records.people import MailedPurpose, NewKey, NewSession, Opening, SignUp
from handlers.records.views import Filter, Span
from handlers.store.accounts import NewCredentials, SealedRow
from handlers.store.reviews import ReviewOutcome
from handlers.vault.base import SealContext, Sealed
from tests.contract.store.house import TRACE_ID, TRACEPARENT, House
from tests.contract.store.test_control_hops import a_look

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from bus.values import AccountId
    from handlers.records.orders import Lease
    from handlers.store.base import Store
    from tests.integration.store.lives import Life

    Attempt = Callable[[Store], Awaitable[Any]]

_SPAN = Span(limit=200)
_SEALED = Sealed(record=b"x" * 40, key_version=1)

# These look at everybody's by their nature (a sweep, a secret that is shown instead of a name), so
# what they are held to is who may call them at all.
EVERYBODYS = frozenset({
    "signals.mark_hinted", "orders.load", "relay.due", "relay.expire_overdue", "relay.unattended",
    "identity.recognise", "identity.principal", "identity.add_user", "identity.has_users",
    "accounts.sealed_before", "accounts.rewrap", "accounts.key_versions", "leases.end",
    "workers.drop", "workers.drop_others", "passwords.credentials", "passwords.note_sign_up",
    "passwords.verify_sign_up", "passwords.use_link", "passwords.reset_password", "sessions.find",
    "upkeep.due_checks", "upkeep.note_check", "upkeep.note_hop", "upkeep.order_findings",
    "upkeep.expire", "upkeep.leases", "upkeep.lost_workers", "audit.users", "watch.trails",
    "watch.trail", "watch.census", "watch.alerts", "comparisons.due",
})  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Asking:
    """Who asks, as whom, under which lease, about whose.

    Attributes:
        user: As whom: the asker's own name, or a lie.
    """

    house: House
    user: UserId
    lease: Lease
    other: Life

    @property
    def account(self) -> AccountId:
        return self.other.trader.account.id

    def all(self) -> Mapping[str, Attempt]:
        """Return the attempts by port and method."""
        return (
            self._of_orders() | self._of_workers() | self._of_owners() | self._of_reading()
            | self._of_people() | self._of_doors() | self._of_control() | self._of_comparisons()
        )  # fmt: skip

    def _of_orders(self) -> dict[str, Attempt]:
        house, other, user, lease = self.house, self.other, self.user, self.lease
        claim = msgspec.structs.replace(house.claim(other.trader, other.queued), lease=lease)
        alert = msgspec.structs.replace(
            house.signal(other.trader, house.order(other.trader)), user_id=user
        )
        asked: dict[str, Any] = {
            "key": secrets.token_hex(4),
            "body_hash": secrets.token_bytes(32),
            "trace": (TRACE_ID, TRACEPARENT),
        }
        said = house.settlement(other.working, OrderState.CANCELLED)
        client_id, denied = other.filled.client_order_id, other.queued.id
        switch: dict[str, Any] = {"engaged": True, "cancel_working": True, "allow_exits": False}
        return {
            "signals.record": lambda s: s.signals.record(alert),
            "signals.record_manual": lambda s: s.signals.record_manual(
                user, house.order(other.trader), **asked
            ),
            "signals.mark_hinted": lambda s: s.signals.mark_hinted([other.queued.id]),
            "orders.load": lambda s: s.orders.load(other.filled.id),
            "orders.by_client_id": lambda s: s.orders.by_client_id(self.account, client_id),
            "orders.claim": lambda s: s.orders.claim(claim),
            "orders.settle": lambda s: s.orders.settle(said),
            "orders.load_some": lambda s: s.orders.load_some([other.filled.id]),
            "orders.settle_and_claim": lambda s: s.orders.settle_and_claim(said, claim),
            "orders.deny": lambda s: s.orders.deny(denied, code="x", message="x", lease=lease),
            "orders.note_cancel_sent": lambda s: s.orders.note_cancel_sent(other.working.id, lease),
            "orders.request_cancel": lambda s: s.orders.request_cancel(user, other.working.id),
            "reviews.resolve": lambda s: s.reviews.resolve(
                user, other.working.id, ReviewOutcome.PLACED
            ),
            "switches.change": lambda s: s.switches.change(user, **switch),
            "switches.read": lambda s: s.switches.read(user),
            "switches.in_flight": lambda s: s.switches.in_flight(user),
        }

    def _of_workers(self) -> dict[str, Attempt]:
        other, user, lease = self.other, self.user, self.lease
        lie = msgspec.structs.replace(other.worker, user_id=user, state="stolen")
        pair = (other.queued.id, other.working.id)
        return {
            "work.take_over": lambda s: s.work.take_over(lease),
            "work.sweep": lambda s: s.work.sweep(lease),
            "work.oldest_queued": lambda s: s.work.oldest_queued(user, limit=100),
            "work.wanted_cancels": lambda s: s.work.wanted_cancels(user, limit=100),
            "work.working": lambda s: s.work.working(user),
            "work.untold": lambda s: s.work.untold(user),
            "work.pass_sibling": lambda s: s.work.pass_sibling(*pair, lease),
            "work.contracts": lambda s: s.work.contracts(lease, self.account, "BTCUSDT"),
            "work.has_work": lambda s: s.work.has_work(user),
            "leases.take": lambda s: s.leases.take(other.trader.user, WorkerId(uuid7())),
            "leases.renew": lambda s: s.leases.renew(other.trader.lease),
            "leases.release": lambda s: s.leases.release(other.trader.lease),
            "leases.end": lambda s: s.leases.end(other.trader.lease),
            "leases.holder": lambda s: s.leases.holder(user),
            "workers.put": lambda s: s.workers.put(lie),
            "workers.drop": lambda s: s.workers.drop(other.worker.id),
            "workers.drop_others": lambda s: s.workers.drop_others(
                "here", alive=(), started_before=other.worker.started_at + timedelta(days=1)
            ),
        }

    def _of_owners(self) -> dict[str, Attempt]:
        other, user = self.other, self.user
        given = NewCredentials(sealed=_SEALED, hint="evil")
        made = Account(
            id=self.account, user_id=user, name="x", broker="paper", mode=Mode.PAPER
        )  # fmt: skip
        strategy = Strategy(
            id=StrategyId(uuid7()),
            user_id=user,
            name="x",
            state=StrategyState.ACTIVE,
            mode=Mode.PAPER,
            accounts=(self.account,),
        )
        theirs, drawn = other.trader.strategy.id, secrets.token_bytes(32)
        until = self.house.clock.now()
        lie = msgspec.structs.replace(
            other.override, id=uuid7(), user_id=user, symbol="EVIL", ticker="EVIL"
        )
        entry = NewAuditEntry(user_id=user, actor="user", action="x", subject=f"x:{uuid7()}")
        context = SealContext(user=other.trader.user, account=self.account, broker="paper")
        row = SealedRow(context=context, sealed=_SEALED)
        return {
            "catalogue.add_account": lambda s: s.catalogue.add_account(made, given),
            "catalogue.accounts": lambda s: s.catalogue.accounts(user),
            "catalogue.set_account_state": lambda s: s.catalogue.set_account_state(
                user, self.account, "disabled"
            ),
            "catalogue.add_strategy": lambda s: s.catalogue.add_strategy(
                strategy, token_hash=drawn
            ),
            "catalogue.strategies": lambda s: s.catalogue.strategies(user),
            "catalogue.set_strategy_state": lambda s: s.catalogue.set_strategy_state(
                user, theirs, "paused"
            ),
            "catalogue.change_strategy": lambda s: s.catalogue.change_strategy(
                msgspec.structs.replace(other.trader.strategy, user_id=user, name="evil")
            ),
            "catalogue.rotate_token": lambda s: s.catalogue.rotate_token(
                user, theirs, token_hash=drawn, old_until=until
            ),
            "accounts.put_credentials": lambda s: s.accounts.put_credentials(
                user, self.account, given
            ),
            "accounts.credentials": lambda s: s.accounts.credentials(user, self.account),
            "accounts.bind_venue": lambda s: s.accounts.bind_venue(user, self.account, "evil"),
            "symbols.overrides": lambda s: s.symbols.overrides(user),
            "symbols.put": lambda s: s.symbols.put(lie),
            "symbols.drop": lambda s: s.symbols.drop(user, other.override.id),
            "answers.find": lambda s: s.answers.find(user, key="once", body_hash=drawn),
            "answers.keep": lambda s: s.answers.keep(
                user, key=f"{uuid7()}", body_hash=drawn, answer={}, entry=entry
            ),
            "answers.finish": lambda s: s.answers.finish(user, "once"),
            "accounts.delete": lambda s: s.accounts.delete(user, self.account),
            "accounts.sealed_before": lambda s: s.accounts.sealed_before(9, after=None, limit=9),
            "accounts.rewrap": lambda s: s.accounts.rewrap(row, _SEALED),
            "accounts.key_versions": lambda s: s.accounts.key_versions(),
        }

    def _of_reading(self) -> dict[str, Attempt]:
        other, user = self.other, self.user
        where = Filter(account_id=self.account)
        entry = NewAuditEntry(
            user_id=user, actor="worker:x", action="x", subject=f"account:{uuid7()}"
        )  # fmt: skip
        return {
            "queries.orders": lambda s: s.queries.orders(user, where, _SPAN),
            "queries.order": lambda s: s.queries.order(user, other.filled.id),
            "queries.signals": lambda s: s.queries.signals(user, where, _SPAN),
            "queries.fills": lambda s: s.queries.fills(user, where, _SPAN),
            "queries.positions": lambda s: s.queries.positions(user),
            "queries.workers": lambda s: s.queries.workers(user),
            "queries.stream_after": lambda s: s.queries.stream_after(user, 0, limit=200),
            "streams.position": lambda s: s.streams.position(user),
            "streams.fill": lambda s: s.streams.fill(user, other.filled.id),
            "audit.append": lambda s: s.audit.append(entry),
            "audit.page": lambda s: s.audit.page(user, _SPAN),
            "audit.after": lambda s: s.audit.after(user, 0, limit=200),
            "audit.end": lambda s: s.audit.end(user),
            "audit.users": lambda s: s.audit.users(),
        }

    def _of_people(self) -> dict[str, Attempt]:
        other, user, drawn = self.other, self.user, secrets.token_bytes(32)
        key = NewKey(id=other.key, name="x", scopes=("admin",))
        session = NewSession(id=other.session, user_id=user, address="x", user_agent="x")
        return {
            "sessions.open": lambda s: s.sessions.open(Opening(session=session, token_hash=drawn)),
            "sessions.find": lambda s: s.sessions.find(other.session_hash),
            "sessions.sessions": lambda s: s.sessions.sessions(user),
            "sessions.end": lambda s: s.sessions.end(user, other.session),
            "sessions.end_all": lambda s: s.sessions.end_all(user),
            "sessions.know_device": lambda s: s.sessions.know_device(user, device_hash=drawn),
            "totp.read": lambda s: s.totp.read(user),
            "totp.enroll": lambda s: s.totp.enroll(user, b"x"),
            "totp.confirm": lambda s: s.totp.confirm(user, step=9, code_hashes=[]),
            "totp.use_step": lambda s: s.totp.use_step(user, 99),
            "totp.use_recovery_code": lambda s: s.totp.use_recovery_code(user, drawn),
            "totp.disable": lambda s: s.totp.disable(user),
            "keys.add": lambda s: s.keys.add(user, key, key_hash=drawn),
            "keys.keys": lambda s: s.keys.keys(user),
            "keys.drop": lambda s: s.keys.drop(user, other.key),
        }

    def _of_doors(self) -> dict[str, Attempt]:
        user, drawn, email = self.user, secrets.token_bytes(32), f"{uuid7()}@example.com"
        asked = SignUp(email=email, password_hash="-", locale="en")
        reset = MailedPurpose.RESET
        return {
            "identity.recognise": lambda s: s.identity.recognise(self.other.trader.token_hash),
            "identity.principal": lambda s: s.identity.principal(drawn),
            "identity.add_user": lambda s: s.identity.add_user(
                UserId(uuid7()), email=email, password_hash="-"
            ),
            "identity.has_users": lambda s: s.identity.has_users(),
            "passwords.credentials": lambda s: s.passwords.credentials(email, drawn),
            "passwords.note_sign_up": lambda s: s.passwords.note_sign_up(asked, token_hash=drawn),
            "passwords.verify_sign_up": lambda s: s.passwords.verify_sign_up(
                UserId(uuid7()), token_hash=drawn
            ),
            "passwords.give_token": lambda s: s.passwords.give_token(user, reset, token_hash=drawn),
            "passwords.use_link": lambda s: s.passwords.use_link(drawn, has_code=True),
            "passwords.set_password": lambda s: s.passwords.set_password(user, "evil"),
            "passwords.reset_password": lambda s: s.passwords.reset_password(
                "evil", token_hash=drawn
            ),
        }

    def _of_control(self) -> dict[str, Attempt]:
        order, now = self.other.working.id, self.house.clock.now()
        return {
            "watch.trails": lambda s: s.watch.trails(after=now, waiting=[order], limit=9),
            "watch.trail": lambda s: s.watch.trail(order),
            "watch.census": lambda s: s.watch.census(),
            "watch.operations": lambda s: s.watch.operations(
                self.user, after=now - timedelta(hours=1), orders=100, workers=100
            ),
            "watch.alerts": lambda s: s.watch.alerts(after=now, until=now),
            "relay.due": lambda s: s.relay.due(limit=9),
            "relay.expire_overdue": lambda s: s.relay.expire_overdue(limit=9),
            "relay.unattended": lambda s: s.relay.unattended(limit=9),
            "upkeep.due_checks": lambda s: s.upkeep.due_checks(limit=9),
            "upkeep.note_check": lambda s: s.upkeep.note_check(order, 7),
            "upkeep.note_hop": lambda s: s.upkeep.note_hop(self.user, order, a_look(self.house)),
            "upkeep.order_findings": lambda s: s.upkeep.order_findings(limit=9),
            "upkeep.expire": lambda s: s.upkeep.expire(order),
            "upkeep.leases": lambda s: s.upkeep.leases(limit=9),
            "upkeep.lost_workers": lambda s: s.upkeep.lost_workers(limit=9),
            "comparisons.due": lambda s: s.comparisons.due(limit=9),
        }

    def _of_comparisons(self) -> dict[str, Attempt]:
        lease, found = self.lease, self.other.comparison
        return {
            "comparisons.ledger": lambda s: s.comparisons.ledger(lease, self.account),
            "comparisons.holdings": lambda s: s.comparisons.holdings(lease, self.account),
            "comparisons.keep": lambda s: s.comparisons.keep(lease, found),
            "comparisons.latest": lambda s: s.comparisons.latest(self.user),
            "comparisons.acknowledge": lambda s: s.comparisons.acknowledge(
                self.user, self.account, found.at
            ),
        }
