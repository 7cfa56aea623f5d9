"""How often a password or a code may be tried, without strangers locking anybody out.

Only wrong attempts count. Who is refused waits for as long as the newest window that is full says;
what is refused counts nothing, so the wait never grows by asking.
"""

from __future__ import annotations

from hashlib import sha256
from math import ceil
from typing import TYPE_CHECKING

import msgspec

from handlers.identity.errors import TooManyAttemptsError
from handlers.throttle.base import Counter, Rule

if TYPE_CHECKING:
    from handlers.throttle.base import Throttle

_BACK_OFF = ((5, 10), (20, 120), (100, 3600), (400, 86_400))
_PAIR = Rule(name="pair", windows=_BACK_OFF)
_DEVICE = Rule(name="device", windows=_BACK_OFF)
_ADDRESS = Rule(name="address", windows=((60, 60), (600, 3600)))
# An account under attack from many places: each place that is not known gets few attempts.
_ACCOUNT = Rule(name="account", windows=((50, 300), (300, 3600)))
_STRICT = Rule(name="strict", windows=((3, 3600),))
_CODE = Rule(name="code", windows=((5, 30), (20, 3600), (60, 86_400)))
_MAIL = Rule(name="mail", windows=((3, 3600), (10, 86_400)))
_MAILS_FROM = Rule(name="mails-from", windows=((20, 3600),))


class Caller(msgspec.Struct, frozen=True, kw_only=True):
    """Who tries.

    Attributes:
        account: The e-mail address that is tried, whether it is known or not.
        address: Where the attempt comes from, as `client_address.place_of` prints it.
        known_as: What tells a browser that signed in before, or a session, from strangers.
    """

    account: str
    address: str
    known_as: str | None = None


async def require_room(throttle: Throttle, caller: Caller) -> None:
    """Refuse a password that comes too soon.

    Raises:
        TooManyAttemptsError: It is not looked at yet.
        ThrottleUnavailableError: Nobody can say; it is not looked at.
    """
    _refuse_after(await _wait(throttle, caller))


async def count_wrong(throttle: Throttle, caller: Caller) -> None:
    """Count a wrong password."""
    if caller.known_as is not None:
        await throttle.count(_of(_DEVICE, caller.known_as))
        return
    await throttle.count(
        _pair(_PAIR, caller),
        _pair(_STRICT, caller),
        _of(_ADDRESS, caller.address),
        _of(_ACCOUNT, caller.account),
    )


async def require_room_for_code(throttle: Throttle, caller: Caller) -> None:
    """Refuse a second factor's code that comes too soon; who tries has the password."""
    _refuse_after(await throttle.wait(_code(caller)))


async def count_wrong_code(throttle: Throttle, caller: Caller) -> None:
    """Count a wrong code."""
    await throttle.count(_code(caller))


async def may_mail(throttle: Throttle, caller: Caller) -> bool:
    """Say whether a mail may be sent to the account's address, and count it.

    Raises:
        TooManyAttemptsError: Too many were asked for from this place.
    """
    place = _of(_MAILS_FROM, caller.address)
    _refuse_after(await throttle.wait(place))
    box = _of(_MAIL, caller.account)
    has_room = not await throttle.wait(box)
    await throttle.count(place, *([box] if has_room else []))
    return has_room


async def _wait(throttle: Throttle, caller: Caller) -> float:
    if caller.known_as is not None:
        return await throttle.wait(_of(_DEVICE, caller.known_as))
    wait = await throttle.wait(_pair(_PAIR, caller), _of(_ADDRESS, caller.address))
    if not wait and await throttle.wait(_of(_ACCOUNT, caller.account)):
        return await throttle.wait(_pair(_STRICT, caller))
    return wait


def _refuse_after(wait: float) -> None:
    if wait > 0:
        raise TooManyAttemptsError(ceil(wait))


def _code(caller: Caller) -> Counter:
    return _of(_CODE, caller.account, caller.known_as or "")


def _pair(rule: Rule, caller: Caller) -> Counter:
    return _of(rule, caller.account, caller.address)


def _of(rule: Rule, *parts: str) -> Counter:
    """Name a counter by a hash: no address stands in Valkey in the clear."""
    return Counter(rule, sha256("\0".join(parts).encode()).hexdigest()[:32])
