"""Who may try again, and when: strangers never lock an owner out."""

from __future__ import annotations

from datetime import timedelta

import pytest

from handlers.identity.attempts import (
    Caller,
    count_wrong,
    count_wrong_code,
    may_mail,
    require_room,
    require_room_for_code,
)
from handlers.identity.errors import TooManyAttemptsError
from handlers.throttle.memory import MemoryThrottle
from tests.builders import ManualClock

pytestmark = pytest.mark.anyio
ANN = "ann@example.org"


def stranger(number: int = 0, account: str = ANN) -> Caller:
    return Caller(account=account, address=f"198.51.100.{number}")


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def throttle(clock: ManualClock) -> MemoryThrottle:
    return MemoryThrottle(clock)


async def wait_of(throttle: MemoryThrottle, caller: Caller) -> int:
    try:
        await require_room(throttle, caller)
    except TooManyAttemptsError as error:
        return error.wait_s
    return 0


async def try_wrong(throttle: MemoryThrottle, caller: Caller, times: int) -> int:
    """Try wrong passwords; return how many were looked at."""
    looked_at = 0
    for _ in range(times):
        if not await wait_of(throttle, caller):
            await count_wrong(throttle, caller)
            looked_at += 1
    return looked_at


async def test_sixth_wrong_password_waits_for_seconds(throttle: MemoryThrottle) -> None:
    looked_at = await try_wrong(throttle, stranger(), 6)

    assert looked_at == 5
    assert await wait_of(throttle, stranger()) == 10


async def test_wait_ends_by_itself_and_grows_with_what_is_wrong(
    throttle: MemoryThrottle, clock: ManualClock
) -> None:
    waits: list[int] = []
    for _ in range(4):
        await try_wrong(throttle, stranger(), 5)
        waits.append(await wait_of(throttle, stranger()))
        clock.go_on(timedelta(seconds=11))

    assert waits[:3] == [10, 10, 10]
    assert 70 < waits[3] <= 120


async def test_asking_while_refused_does_not_make_it_longer(
    throttle: MemoryThrottle, clock: ManualClock
) -> None:
    await try_wrong(throttle, stranger(), 5)
    clock.go_on(timedelta(seconds=5))
    await try_wrong(throttle, stranger(), 995)

    clock.go_on(timedelta(seconds=5.1))

    assert await wait_of(throttle, stranger()) == 0


async def test_thousand_wrong_passwords_leave_the_owner_a_way_in(
    throttle: MemoryThrottle,
) -> None:
    looked_at = await try_wrong(throttle, stranger(), 1000)

    assert looked_at == 5
    assert await wait_of(throttle, Caller(account=ANN, address="203.0.113.9")) == 0


async def test_thousand_from_everywhere_leave_the_owner_a_way_in(
    throttle: MemoryThrottle,
) -> None:
    for number in range(250):
        await try_wrong(throttle, stranger(number), 4)

    known = Caller(account=ANN, address="198.51.100.7", known_as="device")
    assert await wait_of(throttle, known) == 0
    assert await wait_of(throttle, Caller(account=ANN, address="203.0.113.9")) == 0


async def test_account_under_attack_gives_each_place_three_attempts(
    throttle: MemoryThrottle,
) -> None:
    for number in range(60):
        await try_wrong(throttle, stranger(number), 1)

    assert await try_wrong(throttle, stranger(100), 10) == 3


async def test_one_place_that_tries_many_accounts_waits(throttle: MemoryThrottle) -> None:
    looked_at = 0
    for number in range(100):
        looked_at += await try_wrong(throttle, stranger(account=f"{number}@example.org"), 1)

    assert looked_at == 60


async def test_wrong_passwords_of_a_known_browser_hold_up_itself_alone(
    throttle: MemoryThrottle,
) -> None:
    known = Caller(account=ANN, address="203.0.113.9", known_as="device")

    await try_wrong(throttle, known, 10)

    assert await wait_of(throttle, known) > 0
    assert await wait_of(throttle, Caller(account=ANN, address="203.0.113.9")) == 0


async def test_codes_are_counted_for_the_account_wherever_they_come_from(
    throttle: MemoryThrottle,
) -> None:
    for number in range(5):
        await count_wrong_code(throttle, stranger(number))

    with pytest.raises(TooManyAttemptsError):
        await require_room_for_code(throttle, stranger(99))
    await require_room_for_code(throttle, Caller(account=ANN, address="x", known_as="device"))


async def test_one_mailbox_gets_three_mails_an_hour(throttle: MemoryThrottle) -> None:
    sent = [await may_mail(throttle, stranger(number)) for number in range(5)]

    assert sent == [True, True, True, False, False]


async def test_one_place_asks_for_twenty_mails_an_hour(throttle: MemoryThrottle) -> None:
    for number in range(20):
        await may_mail(throttle, stranger(account=f"{number}@example.org"))

    with pytest.raises(TooManyAttemptsError):
        await may_mail(throttle, stranger(account="another@example.org"))
