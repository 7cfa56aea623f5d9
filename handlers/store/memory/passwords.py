"""Passwords and the tokens that stand in for them, in memory."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import msgspec
from anyio.lowlevel import checkpoint
from typing_extensions import override

from handlers.records.accounts import AccountState
from handlers.records.audit import told
from handlers.records.people import MailedPurpose, SignInCredentials, UsedLink
from handlers.store.identities import PasswordStore
from handlers.store.memory.audit import tell
from handlers.store.memory.rows import MailedToken, PendingSignUp

if TYPE_CHECKING:
    from bus.values import UserId
    from handlers.records.audit import Deed
    from handlers.records.people import SignUp
    from handlers.store.memory.tables import Tables

_GOOD_FOR = timedelta(minutes=30)


class MemoryPasswords(PasswordStore):
    """Passwords, sign-ups and mailed tokens."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    @override
    async def credentials(self, email: str, device_hash: bytes) -> SignInCredentials | None:
        await checkpoint()
        for user_id, user in self._tables.users.items():
            if user.email == email:
                return SignInCredentials(
                    id=user_id,
                    email=user.email,
                    password_hash=user.password_hash,
                    roles=user.roles,
                    locale=user.locale,
                    has_totp=self._tables.has_totp(user_id),
                    is_known_device=device_hash in self._tables.devices.get(user_id, ()),
                )
        return None

    @override
    async def note_sign_up(self, sign_up: SignUp, *, token_hash: bytes) -> None:
        await checkpoint()
        ends_at = self._tables.clock.now() + _GOOD_FOR
        self._tables.sign_ups[token_hash] = PendingSignUp(sign_up=sign_up, ends_at=ends_at)

    @override
    async def verify_sign_up(
        self, user: UserId, *, token_hash: bytes, deed: Deed | None = None
    ) -> bool:
        await checkpoint()
        tables = self._tables
        asked = tables.sign_ups.pop(token_hash, None)
        if asked is None or asked.ends_at <= tables.clock.now():
            return False
        email = asked.sign_up.email
        if any(known.email == email for known in tables.users.values()):
            return False
        made = tables.add_user(user, email=email, password_hash=asked.sign_up.password_hash)
        made.locale = asked.sign_up.locale
        tables.sign_ups = {
            key: other for key, other in tables.sign_ups.items() if other.sign_up.email != email
        }
        tell(tables, told(deed, user, f"user:{user}"))
        return True

    @override
    async def give_token(self, user: UserId, purpose: MailedPurpose, *, token_hash: bytes) -> None:
        await checkpoint()
        ends_at = self._tables.clock.now() + _GOOD_FOR
        self._tables.mailed[token_hash] = MailedToken(user=user, purpose=purpose, ends_at=ends_at)

    @override
    async def use_link(self, token_hash: bytes, *, has_code: bool) -> UsedLink | None:
        await checkpoint()
        token = self._tables.mailed.get(token_hash)
        if token is not None and not has_code and self._tables.has_totp(token.user):
            is_good = token.purpose is MailedPurpose.LINK and self._is_in_time(token)
            return UsedLink(user=token.user, is_used=False) if is_good else None
        user = self._use(token_hash, MailedPurpose.LINK)
        return None if user is None else UsedLink(user=user, is_used=True)

    @override
    async def set_password(
        self,
        user: UserId,
        password_hash: str,
        *,
        old_hash: str | None = None,
        deed: Deed | None = None,
    ) -> bool:
        await checkpoint()
        known = self._tables.user(user)
        if old_hash is None:
            self._set(user, password_hash)
            tell(self._tables, told(deed, user, f"user:{user}"))
            return True
        if known.password_hash != old_hash:
            return False
        known.password_hash = password_hash
        return True

    @override
    async def reset_password(
        self, password_hash: str, *, token_hash: bytes, deed: Deed | None = None
    ) -> UserId | None:
        await checkpoint()
        user = self._use(token_hash, MailedPurpose.RESET)
        if user is None:
            return None
        self._set(user, password_hash)
        for account in self._tables.accounts.values():
            if account.user_id == user and account.mode == "live":
                self._tables.accounts[account.id] = msgspec.structs.replace(
                    account, state=AccountState.DISABLED
                )
        tell(self._tables, told(deed, user, f"user:{user}"))
        return user

    def _use(self, token_hash: bytes, purpose: MailedPurpose) -> UserId | None:
        token = self._tables.mailed.get(token_hash)
        if token is None or token.purpose is not purpose:
            return None
        del self._tables.mailed[token_hash]
        return token.user if self._is_in_time(token) else None

    def _is_in_time(self, token: MailedToken) -> bool:
        return token.ends_at > self._tables.clock.now()

    def _set(self, user: UserId, password_hash: str) -> None:
        tables = self._tables
        tables.user(user).password_hash = password_hash
        tables.sessions = {
            key: kept for key, kept in tables.sessions.items() if kept.user_id != user
        }
        tables.devices.pop(user, None)
        tables.mailed = {key: kept for key, kept in tables.mailed.items() if kept.user != user}
