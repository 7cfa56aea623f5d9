"""Whatever is sent, the answer is one of the promised ones, and never a fault."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from edge.settings import EdgeSettings
from tests.unit.edge.house import KEY, a_house, bearer

if TYPE_CHECKING:
    from httpx import Response

    from tests.unit.edge.house import House

pytestmark = pytest.mark.anyio

NAMES = ["ticker", "action", "quantity", "price", "time", "order_type", "limitPrice", "token"]
VALUES: st.SearchStrategy[Any] = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=20),
    st.sampled_from(["buy", "sell", "exit", "BTCUSDT", "1", "limit", "2026-11-23T09:30:00Z"]),
    st.lists(st.integers(), max_size=3),
    st.dictionaries(st.text(max_size=5), st.integers(), max_size=3),
)
ALERTS = st.dictionaries(st.one_of(st.sampled_from(NAMES), st.text(max_size=10)), VALUES)
BODIES = st.one_of(
    st.binary(max_size=300),
    ALERTS.map(msgspec.json.encode),
    st.lists(ALERTS, max_size=12).map(msgspec.json.encode),
    st.text(max_size=100).map(lambda text: text.encode("utf-8", "surrogatepass")),
)
PROMISED = {200, 202, 400, 401, 403, 413}
QUIET = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@pytest.fixture
async def answers() -> Any:
    async with a_house(settings=EdgeSettings(webhook_burst=1_000_000)) as house:
        yield house


@QUIET
@given(body=BODIES)
async def test_webhook_answers_any_body_with_a_promised_code(answers: House, body: bytes) -> None:
    _check(await answers.alert(body))


@QUIET
@given(body=BODIES)
async def test_dry_run_and_explain_answer_any_body_with_200(answers: House, body: bytes) -> None:
    dry = await answers.alert(body, path=f"{answers.hook}/dry-run")
    said = await answers.client.post("/api/signals/explain", content=body, headers=bearer(KEY))

    assert (dry.status_code, said.status_code) == (200, 200)
    assert dry.json()["status"] in {"ok", "error"}


@QUIET
@given(body=BODIES, path=st.sampled_from(["orders", "strategies", "accounts", "kill-switch"]))
async def test_api_answers_any_body_with_a_promised_code(
    answers: House, body: bytes, path: str
) -> None:
    answer = await answers.client.post(
        f"/api/{path}", content=body, headers=bearer(KEY) | {"Idempotency-Key": "k"}
    )

    assert answer.status_code < 500
    assert "code" in answer.json() or answer.status_code < 300


@QUIET
@given(query=st.text(max_size=40), header=st.binary(max_size=40))
async def test_lists_answer_any_query_and_header(answers: House, query: str, header: bytes) -> None:
    answer = await answers.client.get(
        "/api/orders",
        params={"cursor": query, "state": query, "account_id": query},
        headers=[(b"Authorization", b"Bearer " + KEY.encode()), (b"traceparent", header)],
    )

    assert answer.status_code == 400


def _check(answer: Response) -> None:
    said = answer.json()
    assert answer.status_code in PROMISED
    if answer.status_code < 300:
        assert said["status"] in {"accepted", "duplicate", "rejected"}
    else:
        assert {"code", "message", "trace_id"} <= set(said)
