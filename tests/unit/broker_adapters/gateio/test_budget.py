"""What may still be sent, as the last replies said."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from broker_adapters.gateio.budget import Budget
from broker_adapters.gateio.gateway import kind_of

NOW = datetime(2026, 3, 2, 14, 30, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def said(remaining: int, until: datetime) -> dict[str, str]:
    return {
        "x-gate-ratelimit-requests-remain": str(remaining),
        "x-gate-ratelimit-reset-timestamp": str(int(until.timestamp())),
    }


def test_request_waits_when_nothing_is_left_until_there_is() -> None:
    budget = Budget()
    budget.note("POST /spot/orders", said(0, NOW + 2 * SECOND), is_refusal=False)

    wait = budget.wait("POST /spot/orders", now=NOW)

    assert wait is not None
    assert 2 * SECOND <= wait < 3 * SECOND
    assert budget.wait("POST /spot/orders", now=NOW + 2 * SECOND) is None


def test_request_does_not_wait_while_something_is_left() -> None:
    budget = Budget()
    budget.note("POST /spot/orders", said(1, NOW + SECOND), is_refusal=False)

    assert budget.wait("POST /spot/orders", now=NOW) is None


def test_refusal_leaves_nothing_whatever_it_says() -> None:
    budget = Budget()
    budget.note("POST /spot/orders", said(9, NOW + SECOND), is_refusal=True)

    assert budget.wait("POST /spot/orders", now=NOW) is not None


def test_orders_use_up_nothing_that_cancels_or_reads_need() -> None:
    budget = Budget()
    budget.note(kind_of("POST", "/spot/orders"), said(0, NOW + SECOND), is_refusal=True)

    for method, path in (("DELETE", "/spot/orders/1"), ("GET", "/spot/orders/1")):
        assert budget.wait(kind_of(method, path), now=NOW) is None


def test_reply_that_says_nothing_changes_nothing() -> None:
    budget = Budget()
    budget.note("x", said(0, NOW + SECOND), is_refusal=False)
    budget.note("x", {}, is_refusal=False)

    assert budget.wait("x", now=NOW) is not None


def test_wait_is_never_longer_than_a_minute() -> None:
    budget = Budget()
    budget.note("x", said(0, NOW + timedelta(days=9)), is_refusal=False)

    assert budget.wait("x", now=NOW) == 60 * SECOND


def test_questions_about_any_one_order_are_one_kind() -> None:
    assert kind_of("GET", "/spot/orders/1") == kind_of("GET", "/spot/orders/t-2")
    assert kind_of("GET", "/spot/orders/1") != kind_of("GET", "/futures/usdt/orders/1")
