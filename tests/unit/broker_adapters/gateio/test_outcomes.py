"""What a reply to an order means: exactly four outcomes, and the right one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from broker_adapters.base import NotSent, Reason, Rejected, Unknown
from broker_adapters.gateio.labels import REASONS, refusal_of
from broker_adapters.gateio.outcomes import refused_outcome
from broker_adapters.gateio.port import Reply

NOW = datetime(2026, 3, 2, 14, 30, tzinfo=UTC)


def a_reply(status: int, body: bytes | str, **headers: str) -> Reply:
    written = {name.replace("_", "-"): value for name, value in headers.items()}
    content = body.encode() if isinstance(body, str) else body
    return Reply(status=status, headers=written, body=content)


def a_refusal(label: str, status: int = 400) -> Reply:
    return a_reply(status, msgspec.json.encode({"label": label, "message": "no"}))


REJECTED = [
    ("INVALID_PARAM_VALUE", Reason.INVALID_REQUEST),
    ("CONTRACT_NOT_FOUND", Reason.INVALID_INSTRUMENT),
    ("INVALID_PRECISION", Reason.PRECISION_OR_SIZE),
    ("AMOUNT_TOO_LITTLE", Reason.PRECISION_OR_SIZE),
    ("SIZE_TOO_SMALL", Reason.PRECISION_OR_SIZE),
    ("PRICE_TOO_DEVIATED", Reason.PRICE_BAND),
    ("BALANCE_NOT_ENOUGH", Reason.INSUFFICIENT_FUNDS),
    ("INSUFFICIENT_AVAILABLE", Reason.INSUFFICIENT_FUNDS),
    ("USER_NOT_FOUND", Reason.INSUFFICIENT_FUNDS),
    ("POSITION_EMPTY", Reason.POSITION_RULE),
    ("REDUCE_EXCEEDED", Reason.POSITION_RULE),
    ("POSITION_DUAL_MODE", Reason.POSITION_RULE),
    ("TRADE_RESTRICTED", Reason.MARKET_CLOSED),
    ("CONTRACT_IN_DELISTING", Reason.MARKET_CLOSED),
    ("FOK_NOT_FILL", Reason.NOT_FILLABLE),
    ("INVALID_KEY", Reason.AUTH),
    ("INVALID_SIGNATURE", Reason.AUTH),
    ("IP_FORBIDDEN", Reason.PERMISSION),
    ("READ_ONLY", Reason.PERMISSION),
    ("OF_TOMORROW", Reason.INVALID_REQUEST),
]


@pytest.mark.parametrize(("label", "reason"), REJECTED)
def test_refusal_in_gates_words_is_a_rejection_with_its_reason(label: str, reason: Reason) -> None:
    outcome = refused_outcome(a_refusal(label), now=NOW)

    assert isinstance(outcome, Rejected)
    assert outcome.reason is reason
    assert outcome.message
    assert label in outcome.raw


@pytest.mark.parametrize("status", [401, 403])
def test_label_that_nobody_knows_is_said_by_its_status(status: int) -> None:
    outcome = refused_outcome(a_refusal("OF_TOMORROW", status), now=NOW)

    assert isinstance(outcome, Rejected)
    assert outcome.reason in {Reason.AUTH, Reason.PERMISSION}


@pytest.mark.parametrize("label", ["DUPLICATE_REQUEST", "ORDER_EXISTS", "REPEATED_CREATION"])
def test_duplicate_is_unknown(label: str) -> None:
    assert isinstance(refused_outcome(a_refusal(label), now=NOW), Unknown)


@pytest.mark.parametrize("label", ["BAD_REQUEST", "BALANCE_NOT_ENOUGH", "TOO_MANY_REQUESTS"])
@pytest.mark.parametrize("status", [500, 502, 504])
def test_refusal_with_the_status_of_a_failure_is_unknown(label: str, status: int) -> None:
    assert isinstance(refused_outcome(a_refusal(label, status), now=NOW), Unknown)


@pytest.mark.parametrize("label", ["INTERNAL", "SERVER_ERROR", "TOO_BUSY"])
@pytest.mark.parametrize("status", [400, 500, 503])
def test_failure_of_gates_own_is_unknown_whatever_its_status(label: str, status: int) -> None:
    assert isinstance(refused_outcome(a_refusal(label, status), now=NOW), Unknown)


@pytest.mark.parametrize("status", [301, 307, 400, 403, 404, 408, 409, 500, 502, 503, 504])
@pytest.mark.parametrize("body", ["", "<html>no</html>", "{}", '{"label":""}', '{"label":1}', "[]"])
def test_answer_without_gates_words_is_unknown(status: int, body: str) -> None:
    assert isinstance(refused_outcome(a_reply(status, body), now=NOW), Unknown)


def test_timeout_of_something_between_is_unknown_even_with_a_label() -> None:
    assert isinstance(refused_outcome(a_refusal("BAD_REQUEST", 408), now=NOW), Unknown)


def test_too_many_is_not_sent_and_says_when() -> None:
    until = int((NOW + timedelta(seconds=3)).timestamp())
    reply = a_reply(
        429,
        '{"label":"TOO_MANY_REQUESTS","message":"slow"}',
        x_gate_ratelimit_reset_timestamp=str(until),
    )

    outcome = refused_outcome(reply, now=NOW)

    assert isinstance(outcome, NotSent)
    assert timedelta(seconds=3) <= outcome.retry_after < timedelta(seconds=4)


@pytest.mark.parametrize("reset", ["", "soon", "-1", "99999999999999999999"])
def test_too_many_without_a_sensible_time_waits_a_while(reset: str) -> None:
    reply = a_reply(429, "slow down", x_gate_ratelimit_reset_timestamp=reset)

    outcome = refused_outcome(reply, now=NOW)

    assert isinstance(outcome, NotSent)
    assert timedelta(0) < outcome.retry_after <= timedelta(seconds=60)


def test_clock_apart_is_not_sent() -> None:
    assert isinstance(refused_outcome(a_refusal("REQUEST_EXPIRED", 403), now=NOW), NotSent)


@pytest.mark.parametrize("status", [200, 201])
def test_success_is_no_refusal(status: int) -> None:
    assert refused_outcome(a_reply(status, "{}"), now=NOW) is None


def test_no_label_has_two_reasons() -> None:
    assert len(REASONS) == len(set(REASONS))
    assert all(label == label.upper() for label in REASONS)


def test_long_message_is_cut() -> None:
    body = msgspec.json.encode({"label": "BAD_REQUEST", "message": "x" * 10_000})

    refusal = refusal_of(a_reply(400, body))

    assert refusal is not None
    assert len(refusal.message) == 300
