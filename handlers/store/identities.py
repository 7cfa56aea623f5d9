"""Who may come in: ports for passwords, mailed tokens, sessions, second factors and keys.

Whatever is shown at the door (a token, a code, a device) is looked up by its SHA-256. What is done
with a `deed` stands in the audit log, in the same transaction.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from bus.values import UserId
    from handlers.records.access import Session
    from handlers.records.audit import Deed
    from handlers.records.people import (
        KeyView,
        MailedPurpose,
        NewKey,
        Opening,
        SealedTotp,
        SessionView,
        SignInCredentials,
        SignUp,
        UsedLink,
    )


class PasswordStore(Protocol):
    """Users' passwords, and the tokens that are handed out in their place: 30 minutes, once."""

    async def credentials(self, email: str, device_hash: bytes) -> SignInCredentials | None:
        """Return what a lower-case address signs in with: a narrow door, one round trip."""
        ...

    async def note_sign_up(self, sign_up: SignUp, *, token_hash: bytes) -> None:
        """Keep a sign-up until its address is confirmed."""
        ...

    async def verify_sign_up(
        self, user: UserId, *, token_hash: bytes, deed: Deed | None = None
    ) -> bool:
        """Make the user; false where the token is used, too old, or the address taken."""
        ...

    async def give_token(self, user: UserId, purpose: MailedPurpose, *, token_hash: bytes) -> None:
        """Keep a token that is good once, for its purpose, within 30 minutes."""
        ...

    async def use_link(self, token_hash: bytes, *, has_code: bool) -> UsedLink | None:
        """Use a sign-in link up; of any number who try at a time, one is told whose it was.

        Without a code at hand, one of a user with a confirmed second factor is left as it is.
        """
        ...

    async def set_password(
        self,
        user: UserId,
        password_hash: str,
        *,
        old_hash: str | None = None,
        deed: Deed | None = None,
    ) -> bool:
        """Set a password and end every session, known device and mailed token of the user.

        With `old_hash` it is the same password, hashed anew: it is replaced only where it still
        stands, and nothing else ends. False where it does not.
        """
        ...

    async def reset_password(
        self, password_hash: str, *, token_hash: bytes, deed: Deed | None = None
    ) -> UserId | None:
        """Set a password by a mailed token, as `set_password`; live accounts become disabled."""
        ...


class SessionStore(Protocol):
    """Who is signed in."""

    async def open(self, opening: Opening) -> None:
        """Open a session; the one of `old_hash` ends, and all but the user's 50 newest."""
        ...

    async def find(self, token_hash: bytes) -> Session | None:
        """Return a session that lives: used within 12 hours, begun within 7 days.

        That it was seen is written down, once a minute at most. A narrow door.
        """
        ...

    async def sessions(self, user: UserId) -> Sequence[SessionView]:
        """Return the user's sessions that live, newest first."""
        ...

    async def end(self, user: UserId, session: UUID, *, deed: Deed | None = None) -> bool:
        """End one; false if it is not the user's."""
        ...

    async def end_all(
        self, user: UserId, *, but: UUID | None = None, deed: Deed | None = None
    ) -> int:
        """End the user's sessions, but one where it is named; return how many."""
        ...

    async def know_device(self, user: UserId, *, device_hash: bytes) -> None:
        """Remember a browser that signed in; the oldest of more than 20 is forgotten."""
        ...


class TotpStore(Protocol):
    """Second factors."""

    async def read(self, user: UserId) -> SealedTotp | None:
        """Return the user's second factor, confirmed or not."""
        ...

    async def enroll(self, user: UserId, sealed_seed: bytes) -> bool:
        """Keep a seed that is to be confirmed; false where a confirmed one stands."""
        ...

    async def confirm(
        self,
        user: UserId,
        *,
        step: int,
        code_hashes: Sequence[bytes],
        opening: Opening | None = None,
        deed: Deed | None = None,
    ) -> bool:
        """Put the seed in force with its recovery codes; false where there is none to confirm.

        The session of `opening` begins in the same transaction: with a seed in force nobody goes on
        in the session from before.
        """
        ...

    async def use_step(self, user: UserId, step: int) -> bool:
        """Use a time step's code up; false where it, or a later one, was used before."""
        ...

    async def use_recovery_code(self, user: UserId, code_hash: bytes) -> bool:
        """Use a recovery code up; false where there is none such."""
        ...

    async def disable(self, user: UserId, *, deed: Deed | None = None) -> bool:
        """Forget the second factor and its recovery codes; false where there was none.

        Raises `RefusedError` (`live_trading_armed`) while a live account is enabled: nothing stays
        armed that nobody could arm; nothing is changed then.
        """
        ...


class KeyStore(Protocol):
    """API keys, as their users manage them; `IdentityStore.principal` is the door."""

    async def add(
        self, user: UserId, key: NewKey, *, key_hash: bytes, deed: Deed | None = None
    ) -> KeyView:
        """Create an API key."""
        ...

    async def keys(self, user: UserId) -> Sequence[KeyView]:
        """Return the user's keys, newest first, those that expired too."""
        ...

    async def drop(self, user: UserId, key: UUID, *, deed: Deed | None = None) -> bool:
        """Forget a key; false if it is not the user's."""
        ...
