"""Signing in: the same work and the same answer for whoever is not let in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from handlers.errors import RefusedError
from handlers.identity.attempts import Caller, count_wrong, require_room
from handlers.identity.emails import canonical
from handlers.identity.second_factor import is_right_code
from handlers.identity.tokens import hash_secret
from handlers.records.audit import Deed

if TYPE_CHECKING:
    from bus.values import UserId
    from handlers.identity.services import IdentityServices
    from handlers.records.people import SignInCredentials


class Attempt(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody shows at the door; never printed.

    Attributes:
        device: The token of a browser that signed in before, or nothing.
        place: Where it comes from, as the throttle counts it.
        deed: What the audit log says of it where it is refused.
    """

    email: str
    password: str
    totp: str | None
    device: str
    place: str
    deed: Deed

    def __repr__(self) -> str:
        return "Attempt()"


async def sign_in(services: IdentityServices, attempt: Attempt) -> SignInCredentials:
    """Tell who somebody is.

    Raises:
        RefusedError: `bad_credentials`, whatever of it is wrong; `totp_required` where the
            password is right and a code is missing.
        TooManyAttemptsError, ThrottleUnavailableError, TooBusyError: It was not looked at.
    """
    email = canonical(attempt.email) or ""
    found = await services.store.passwords.credentials(email, hash_secret(attempt.device))
    is_known = found is not None and found.is_known_device
    known_as = hash_secret(attempt.device).hex() if is_known else None
    caller = Caller(account=email, address=attempt.place, known_as=known_as)
    try:
        await require_password(services, found, attempt.password, caller=caller)
    except RefusedError as refusal:
        if found is not None:
            services.refused.note(found.id, refusal.code, attempt.deed)
        raise
    if found is None:
        raise bad_credentials()
    if found.has_totp:
        await require_code(services, found.id, attempt.totp, caller=caller, deed=attempt.deed)
    await _hash_anew(services, found, attempt.password)
    return found


async def require_password(
    services: IdentityServices, found: SignInCredentials | None, password: str, *, caller: Caller
) -> None:
    """Refuse a wrong password; it costs the same where there is no user.

    Raises:
        RefusedError: `bad_credentials`.
    """
    await require_room(services.throttle, caller)
    kept = None if found is None else found.password_hash
    async with services.passwords.turn() as turn:
        # Others may have used the room up while this one waited for its turn.
        await require_room(services.throttle, caller)
        if await turn.verify(kept, password):
            return
        await count_wrong(services.throttle, caller)
    raise bad_credentials()


async def require_code(
    services: IdentityServices, user: UserId, code: str | None, *, caller: Caller, deed: Deed
) -> None:
    """Refuse a missing or wrong code of somebody whose password, or link, was right.

    Raises:
        RefusedError: `totp_required` or `bad_credentials`; the audit log tells of the second.
        TooManyAttemptsError: It was not looked at.
    """
    if not code:
        raise code_required()
    try:
        is_right = await is_right_code(services, user, code, caller=caller)
    except RefusedError as refusal:
        services.refused.note(user, refusal.code, deed)
        raise
    if not is_right:
        services.refused.note(user, "bad_code", deed)
        raise bad_credentials()


def code_required() -> RefusedError:
    """Return what somebody with a second factor is told, once all else proved right."""
    return RefusedError("totp_required", "A code of your second factor is needed.")


def bad_credentials() -> RefusedError:
    """Return the one answer to whatever is wrong."""
    return RefusedError("bad_credentials", "The address, the password or the code is wrong.")


async def _hash_anew(services: IdentityServices, found: SignInCredentials, password: str) -> None:
    """Replace a hash that was made with older parameters, while the password is at hand."""
    if services.passwords.is_outdated(found.password_hash):
        await services.store.passwords.set_password(
            found.id, await services.passwords.hash(password), old_hash=found.password_hash
        )
