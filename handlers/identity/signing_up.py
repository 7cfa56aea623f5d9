"""Signing up: a user is made when the address is confirmed, and nobody learns who has one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bus.ids import uuid7
from bus.values import UserId
from handlers.errors import RefusedError
from handlers.identity.attempts import Caller, may_mail
from handlers.identity.emails import canonical
from handlers.identity.letters import LOCALES, known_letter, verify_letter
from handlers.identity.tokens import hash_secret, new_secret
from handlers.records.people import SignUp

if TYPE_CHECKING:
    from handlers.identity.services import IdentityServices
    from handlers.records.audit import Deed


async def sign_up(
    services: IdentityServices, email: str, password: str, *, locale: str, place: str
) -> None:
    """Mail a token that makes the user, or a note to whoever is one already.

    Raises:
        RefusedError: `invalid_email` or `weak_password`; whether the address is known is not told.
        TooManyAttemptsError: Too many from this place.
    """
    address = canonical(email)
    if address is None:
        raise RefusedError("invalid_email", "This is no e-mail address.")
    if locale not in LOCALES:
        locale = LOCALES[0]
    await require_strong(services, password, email=address)
    has_room = await may_mail(services.throttle, Caller(account=address, address=place))
    password_hash = await services.passwords.hash(password)
    found = await services.store.passwords.credentials(address, b"")
    token = new_secret()
    # It is kept for a known address too, so that both take the same time; it makes no user.
    await services.store.passwords.note_sign_up(
        SignUp(email=address, password_hash=password_hash, locale=locale),
        token_hash=hash_secret(token),
    )
    if not has_room:
        return
    if found is None:
        url = services.public_url
        services.mail.put(verify_letter(address, locale, public_url=url, token=token))
    else:
        services.mail.put(known_letter(address, found.locale, public_url=services.public_url))


async def verify(services: IdentityServices, token: str, *, deed: Deed | None = None) -> UserId:
    """Make the user whose address a mailed token confirms.

    Raises:
        RefusedError: `invalid_token`.
    """
    user = UserId(uuid7())
    hashed = hash_secret(token)
    if not await services.store.passwords.verify_sign_up(user, token_hash=hashed, deed=deed):
        raise invalid_token()
    return user


async def require_strong(services: IdentityServices, password: str, *, email: str) -> None:
    """Refuse a password that is short or among the first that anybody would guess.

    Raises:
        RefusedError: `weak_password`.
    """
    problem = await services.passwords.problem(password, email=email)
    if problem is not None:
        raise RefusedError("weak_password", problem)


def invalid_token() -> RefusedError:
    """Return the one answer to a mailed token that is wrong, used or too old."""
    return RefusedError("invalid_token", "This link is wrong, was used, or is too old.")
