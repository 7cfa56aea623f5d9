"""Sessions at SinoPac: five a person, ended by others, renewed daily, and never fought for."""

from __future__ import annotations

import threading
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import anyio
import pytest

from broker_adapters.base import Accepted, NotSent, OrderReport, Reason, Rejected, SessionLost
from broker_adapters.errors import (
    AuthFailedError,
    CertificateExpiredError,
    SessionTakenError,
    TooManyLoginsError,
)
from broker_adapters.shioaji.driver import private_home
from infra.local.doubles.shioaji.client import DoubleSdk
from infra.local.doubles.shioaji.desk import Desk
from infra.local.doubles.shioaji.line import NearLine
from infra.local.doubles.shioaji.people import a_certificate
from tests.contract.broker_adapters.grounds.sino import CA_PASSWORD, KEY, SECRET
from tests.integration.broker_adapters.sino import stock_ground

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from broker_adapters.base import Broker
    from tests.contract.broker_adapters.grounds.sino import SinoGround

pytestmark = pytest.mark.anyio

_DAY = timedelta(days=1)
_SECOND = timedelta(seconds=1)


@pytest.fixture
async def ground() -> AsyncGenerator[SinoGround]:
    async with stock_ground() as opened:
        yield opened


async def connect(ground: SinoGround, broker: Broker) -> None:
    await broker.connect(deadline=ground.clock.now() + 10 * _SECOND)


async def until_down(ground: SinoGround) -> None:
    with anyio.fail_after(5):
        while (await ground.broker.health()).is_connected:
            await anyio.lowlevel.checkpoint()


async def push_out(ground: SinoGround) -> None:
    """End the session, as another program's login does, and wait until that is noticed."""
    ground.venue.people.end_sessions(ground.person)
    await until_down(ground)


async def test_session_that_was_ended_is_opened_again_for_the_next_order(
    ground: SinoGround,
) -> None:
    await push_out(ground)

    outcome = await ground.submit(ground.request())

    assert isinstance(outcome, Accepted)
    assert ground.person.logins == 2
    assert len(ground.person.sessions) == 1


async def test_token_that_died_silently_costs_one_order_nothing_but_time(
    ground: SinoGround,
) -> None:
    ground.venue.people.end_sessions(ground.person, is_told=False)

    first = await ground.submit(ground.request())
    second = await ground.submit(ground.request())

    assert isinstance(first, NotSent)
    assert isinstance(second, Accepted)


async def test_session_is_not_fought_for(ground: SinoGround) -> None:
    await push_out(ground)
    await ground.submit(ground.request())
    await push_out(ground)

    outcome = await ground.submit(ground.request())

    assert isinstance(outcome, NotSent)
    assert outcome.reason is Reason.SESSION_TAKEN
    assert ground.person.logins == 2


async def test_session_is_opened_again_when_the_other_program_had_its_time(
    ground: SinoGround,
) -> None:
    await push_out(ground)
    await ground.submit(ground.request())
    await push_out(ground)
    with pytest.raises(SessionTakenError):
        await connect(ground, ground.broker)

    await ground.pass_(301 * _SECOND)

    assert isinstance(await ground.submit(ground.request()), Accepted)


async def test_sixth_session_is_told_and_not_tried_again_within_a_minute(
    ground: SinoGround,
) -> None:
    login = partial(ground.venue.people.login, KEY, SECRET, is_simulated=False)
    for _ in range(4):
        login()
    another = ground.make()
    with pytest.raises(TooManyLoginsError):
        await connect(ground, another)
    logins = ground.person.logins

    for _ in range(3):
        await ground.pass_(19 * _SECOND)
        with pytest.raises(TooManyLoginsError):
            await connect(ground, another)

    assert ground.person.logins == logins


async def test_logins_are_counted_over_all_sessions_of_a_key(ground: SinoGround) -> None:
    for _ in range(19):
        await ground.broker.close()
        await connect(ground, ground.broker)
    await ground.broker.close()

    with pytest.raises(TooManyLoginsError):
        await connect(ground, ground.broker)

    assert ground.person.logins == 20


async def test_session_is_renewed_before_its_token_ends(ground: SinoGround) -> None:
    report = await ground.accepted(ground.limit(below=10))
    await ground.pass_(timedelta(hours=21))

    with anyio.fail_after(8):
        async for event in ground.broker.events():
            if isinstance(event, SessionLost):
                break

    await ground.pass_(timedelta(hours=4))
    assert ground.person.logins == 2
    assert len(ground.person.sessions) == 1
    assert isinstance(await ground.broker.find(ground.ref(report)), OrderReport)


async def test_login_that_nobody_waits_for_gives_its_place_back(ground: SinoGround) -> None:
    await ground.broker.close()
    gate, done = threading.Event(), threading.Event()

    class SlowLine(NearLine):
        def ask(self, question: str, token: str | None, asked: dict[str, Any]) -> Any:
            answer = super().ask(question, token, asked)
            if question == "login":
                gate.wait(10)
            if question == "logout":
                done.set()
            return answer

    ground.sdk = DoubleSdk(SlowLine(Desk(ground.venue)))
    slow = ground.make()
    with anyio.move_on_after(0.1):
        await connect(ground, slow)
    gate.set()

    assert await anyio.to_thread.run_sync(done.wait, 5)
    assert ground.person.sessions == []


async def test_too_many_operations_end_the_session_and_the_orders_wait(
    ground: SinoGround,
) -> None:
    ground.person.operations.extend([ground.venue.now()] * 250)

    outcome = await ground.submit(ground.request())
    again = await ground.submit(ground.request())

    assert isinstance(outcome, NotSent)
    assert outcome.reason is Reason.RATE_LIMITED
    assert isinstance(again, NotSent)
    assert again.reason is Reason.RATE_LIMITED
    assert ground.person.logins == 1


async def test_ended_certificate_opens_no_session(ground: SinoGround) -> None:
    await ground.broker.close()
    now = ground.venue.now()
    ground.person.certificate = a_certificate(now, password=CA_PASSWORD, days=-1)

    with pytest.raises(CertificateExpiredError):
        await connect(ground, ground.broker)

    assert ground.person.sessions == []


async def test_wrong_certificate_password_is_a_refusal_without_the_password(
    ground: SinoGround,
) -> None:
    await ground.broker.close()
    ground.person.certificate = a_certificate(ground.venue.now(), password="another")

    with pytest.raises(AuthFailedError) as caught:
        await connect(ground, ground.broker)

    assert CA_PASSWORD not in str(caught.value)


async def test_certificate_that_ends_soon_is_told(
    ground: SinoGround, caplog: pytest.LogCaptureFixture
) -> None:
    await ground.broker.close()
    certificate = a_certificate(ground.venue.now(), password=CA_PASSWORD, days=20)
    ground.person.certificate = certificate

    await connect(ground, ground.broker)

    ends = (await ground.broker.health()).certificate_ends
    assert ends is not None
    assert ends.date() == certificate.expires_at.date()
    assert "certificate_ends_soon" in caplog.text


async def test_certificate_that_ends_in_mid_session_stops_real_orders(ground: SinoGround) -> None:
    await ground.broker.close()
    now = ground.venue.now()
    ground.person.certificate = a_certificate(now, password=CA_PASSWORD, days=0.5)
    await connect(ground, ground.broker)
    await ground.pass_(_DAY / 2 + _SECOND)
    request = ground.request()

    outcome = await ground.submit(request)

    assert isinstance(outcome, Rejected)
    assert outcome.reason is Reason.CERTIFICATE_EXPIRED
    assert await ground.written(request.client_order_id) == 0


async def test_unsigned_account_sends_no_real_order(ground: SinoGround) -> None:
    await ground.broker.close()
    ground.person.signed = False
    await connect(ground, ground.broker)
    request = ground.request()

    outcome = await ground.submit(request)

    assert isinstance(outcome, Rejected)
    assert outcome.reason is Reason.PERMISSION
    assert await ground.written(request.client_order_id) == 0


async def test_what_the_sdk_writes_is_in_a_private_place(ground: SinoGround) -> None:
    home = private_home()

    assert (home / "token.json").is_file()
    assert home.stat().st_mode & 0o077 == 0
    assert not list(home.glob("*.pfx"))
    assert not (Path.cwd() / "shioaji.log").exists()
    assert (await ground.broker.health()).is_connected
