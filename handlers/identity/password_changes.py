"""Changing a password, by the old one or by a mailed token; both end every session."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from handlers.identity.attempts import Caller, may_mail
from handlers.identity.emails import canonical
from handlers.identity.letters import changed_letter, reset_letter
from handlers.identity.signing_in import bad_credentials, require_password
from handlers.identity.signing_up import invalid_token, require_strong
from handlers.identity.tokens import hash_secret, new_secret
from handlers.records.people import MailedPurpose, SignUp

if TYPE_CHECKING:
    from bus.values import UserId
    from handlers.identity.services import IdentityServices
    from handlers.records.access import Session
    from handlers.records.audit import Deed


class NewPassword(msgspec.Struct, frozen=True, kw_only=True):
    """A password to be set, and the one that is good until now; never printed."""

    old: str
    new: str

    def __repr__(self) -> str:
        return "NewPassword()"


async def change_password(
    services: IdentityServices, session: Session, wish: NewPassword, *, place: str, deed: Deed
) -> None:
    """Set a new password where the old one is right; every session ends, this one too.

    Raises:
        RefusedError: `bad_credentials` or `weak_password`.
    """
    caller = Caller(account=session.email, address=place, known_as=str(session.id))
    found = await services.store.passwords.credentials(session.email, b"")
    await require_password(services, found, wish.old, caller=caller)
    if found is None or found.id != session.user_id:
        raise bad_credentials()
    await require_strong(services, wish.new, email=session.email)
    hashed = await services.passwords.hash(wish.new)
    await services.store.passwords.set_password(session.user_id, hashed, deed=deed)
    services.mail.put(changed_letter(session.email, session.locale, public_url=services.public_url))


async def forgot_password(services: IdentityServices, email: str, *, place: str) -> None:
    """Mail a token that sets a new password, where there is such a user; nobody learns that.

    Raises:
        TooManyAttemptsError: Too many from this place.
    """
    address = canonical(email)
    if address is None:
        return
    has_room = await may_mail(services.throttle, Caller(account=address, address=place))
    found = await services.store.passwords.credentials(address, b"")
    token = new_secret()
    if found is None or not has_room:
        # A write that leads nowhere: without it, unknown addresses would be answered sooner.
        nobody = SignUp(email="", password_hash="", locale="")
        await services.store.passwords.note_sign_up(nobody, token_hash=hash_secret(token))
        return
    await services.store.passwords.give_token(
        found.id, MailedPurpose.RESET, token_hash=hash_secret(token)
    )
    url = services.public_url
    services.mail.put(reset_letter(found.email, found.locale, public_url=url, token=token))


async def reset_password(
    services: IdentityServices, token: str, new: str, *, deed: Deed | None = None
) -> UserId:
    """Set a new password by a mailed token; live accounts become disabled.

    Raises:
        RefusedError: `invalid_token` or `weak_password`, which leaves the token as it is.
    """
    await require_strong(services, new, email="")
    hashed = await services.passwords.hash(new)
    user = await services.store.passwords.reset_password(
        hashed, token_hash=hash_secret(token), deed=deed
    )
    if user is None:
        raise invalid_token()
    return user
