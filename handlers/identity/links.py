"""One-time sign-in links: handed out to somebody who is known by other means."""

from __future__ import annotations

from typing import TYPE_CHECKING

from handlers.identity.attempts import Caller
from handlers.identity.signing_in import code_required, require_code
from handlers.identity.signing_up import invalid_token
from handlers.identity.tokens import hash_secret, new_secret
from handlers.records.people import MailedPurpose

if TYPE_CHECKING:
    from bus.values import UserId
    from handlers.identity.services import IdentityServices
    from handlers.records.audit import Deed
    from handlers.store.identities import PasswordStore


async def new_link(passwords: PasswordStore, user: UserId, *, base_url: str) -> str:
    """Return an address that signs the user in once, within 30 minutes.

    What it names is a page: only what that page sends uses the token up.
    """
    token = new_secret()
    await passwords.give_token(user, MailedPurpose.LINK, token_hash=hash_secret(token))
    return f"{base_url}/sign-in?link={token}"


async def use_link(
    services: IdentityServices, token: str, code: str | None, *, place: str, deed: Deed
) -> tuple[UserId, bool]:
    """Use a link up; return whose it was, and whether a second factor was shown.

    Raises:
        RefusedError: `invalid_token`; or, of a user with a second factor, `totp_required`, which
            leaves the link as it is, and `bad_credentials`, which uses it up.
    """
    link = await services.store.passwords.use_link(hash_secret(token), has_code=bool(code))
    if link is None:
        raise invalid_token()
    if not link.is_used:
        raise code_required()
    user = link.user
    factor = await services.store.totp.read(user)
    if factor is None or not factor.is_confirmed:
        return user, False
    caller = Caller(account=str(user), address=place)
    await require_code(services, user, code, caller=caller, deed=deed)
    return user, True
