"""Trying an account: what is found there, or what keeps it from being reached."""

from __future__ import annotations

import pytest

from broker_adapters.errors import (
    AuthFailedError,
    BrokerUnavailableError,
    CertificateExpiredError,
    InvalidOptionsError,
    MaintenanceError,
    SessionTakenError,
    TooManyLoginsError,
    UnknownBrokerError,
)
from handlers.asking.account_probe import code_of, look_at_account
from tests.unit.handlers.orders.order_desks import a_bench

pytestmark = pytest.mark.anyio


async def test_an_account_that_answers_shows_what_it_holds() -> None:
    bench = await a_bench()
    bench.broker.hold("BTCUSDT", "1.5")

    reply = await look_at_account(bench.broker)

    assert (reply.is_ok, reply.code) == (True, "account_reachable")
    assert [(each.symbol, str(each.quantity)) for each in reply.positions] == [("BTCUSDT", "1.5")]
    assert [each.currency for each in reply.balances] == ["USDT"]


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (AuthFailedError("the key was revoked"), "auth"),
        (BrokerUnavailableError("503"), "broker_unavailable"),
        (OSError("refused"), "broker_unavailable"),
    ],
)
async def test_an_account_that_does_not_answer_says_why(error: Exception, code: str) -> None:
    bench = await a_bench()
    bench.broker.trouble = error

    reply = await look_at_account(bench.broker)

    assert (reply.is_ok, reply.code, reply.why) == (False, code, str(error))


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (InvalidOptionsError("no key"), "invalid_options"),
        (UnknownBrokerError("x"), "unsupported"),
        (TimeoutError(), "broker_unavailable"),
        (CertificateExpiredError("2026-01-01"), "certificate_expired"),
        (SessionTakenError("another program"), "session_taken"),
        (TooManyLoginsError("the sixth"), "rate_limited"),
        (MaintenanceError("until nine"), "maintenance"),
    ],
)
def test_whatever_keeps_a_session_closed_has_a_code(error: Exception, code: str) -> None:
    assert code_of(error) == code
