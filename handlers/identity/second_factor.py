"""Second factors in use: enrolling one, showing a code, doing without it again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from handlers.errors import RefusedError
from handlers.identity.attempts import count_wrong_code, require_room_for_code
from handlers.identity.tokens import hash_secret
from handlers.identity.totp import (
    canonical_recovery_code,
    is_recovery_code,
    new_recovery_codes,
    new_seed,
    step_of,
    uri_of,
)
from handlers.vault.base import BoxContext

if TYPE_CHECKING:
    from bus.values import UserId
    from handlers.identity.attempts import Caller
    from handlers.identity.services import IdentityServices
    from handlers.records.audit import Deed
    from handlers.records.people import Opening, SealedTotp

_PURPOSE = "totp_seed"


class Enrolment(msgspec.Struct, frozen=True, kw_only=True):
    """A seed that is to be confirmed; shown once.

    Attributes:
        uri: What a QR code shows an authenticator app.
    """

    secret: str
    uri: str

    def __repr__(self) -> str:
        return "Enrolment()"


async def enroll(services: IdentityServices, user: UserId, *, email: str) -> Enrolment:
    """Draw a seed; it counts once a code of it was shown.

    Raises:
        RefusedError: `totp_already_enabled`.
    """
    seed = new_seed()
    sealed = services.box.encrypt(seed.encode("ascii"), _context(user))
    if not await services.store.totp.enroll(user, sealed):
        raise _already_enabled()
    return Enrolment(secret=seed, uri=uri_of(seed, email=email))


async def confirm(
    services: IdentityServices, opening: Opening, code: str, *, caller: Caller, deed: Deed
) -> list[str]:
    """Put the seed in force, and begin a session; return recovery codes, which are shown once.

    Raises:
        RefusedError: `bad_code`, `totp_already_enabled`, or `totp_not_enrolled`.
    """
    user = opening.session.user_id
    kept = await services.store.totp.read(user)
    if kept is None:
        raise _not_enrolled()
    if kept.is_confirmed:
        raise _already_enabled()
    await require_room_for_code(services.throttle, caller)
    step = step_of(_seed(services, user, kept), code, services.clock.now())
    codes = new_recovery_codes()
    hashes = [hash_secret(canonical_recovery_code(each)) for each in codes]
    if step is None or not await services.store.totp.confirm(
        user, step=step, code_hashes=hashes, opening=opening, deed=deed
    ):
        await count_wrong_code(services.throttle, caller)
        raise bad_code()
    return codes


async def is_right_code(
    services: IdentityServices, user: UserId, code: str, *, caller: Caller
) -> bool:
    """Use a code of the app, or a recovery code, up; each is right once.

    Raises:
        TooManyAttemptsError: Too many were wrong; this one was not looked at.
    """
    await require_room_for_code(services.throttle, caller)
    if await _use(services, user, code):
        return True
    await count_wrong_code(services.throttle, caller)
    return False


def bad_code() -> RefusedError:
    """Return the refusal of a code that is wrong, used, or too old."""
    return RefusedError("bad_code", "The code is wrong, or was used already.")


async def _use(services: IdentityServices, user: UserId, code: str) -> bool:
    if is_recovery_code(code):
        typed = hash_secret(canonical_recovery_code(code))
        return await services.store.totp.use_recovery_code(user, typed)
    kept = await services.store.totp.read(user)
    if kept is None or not kept.is_confirmed:
        return False
    step = step_of(_seed(services, user, kept), code, services.clock.now())
    return step is not None and await services.store.totp.use_step(user, step)


def _seed(services: IdentityServices, user: UserId, kept: SealedTotp) -> str:
    return services.box.decrypt(kept.sealed_seed, _context(user)).decode("ascii")


def _context(user: UserId) -> BoxContext:
    return BoxContext(user=user, purpose=_PURPOSE)


def _already_enabled() -> RefusedError:
    return RefusedError("totp_already_enabled", "A second factor is in force already.")


def _not_enrolled() -> RefusedError:
    return RefusedError("totp_not_enrolled", "There is no second factor to confirm.")
