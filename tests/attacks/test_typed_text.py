"""What people type is data: never SQL, a header, a line of the log or an order to a terminal."""

from __future__ import annotations

import io
import json
import logging
from typing import TYPE_CHECKING, Any

import pytest

from telemetry.logs import configure
from telemetry.settings import LogFormat, TelemetrySettings
from tests.attacks.grounds import BY_KEY, BY_SESSION, Owner, seen_by
from tests.attacks.lines import LINES, by_key, with_own_ids
from tests.unit.edge.house import an_alert

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.attacks.lines import Line
    from tests.attacks.routes import Route
    from tests.unit.edge.house import House

pytestmark = [pytest.mark.anyio, pytest.mark.timeout(120)]

SQL = (
    "'; DROP TABLE orders; --",
    "' OR '1'='1",
    "1); DELETE FROM users; --",
    "\\'; SELECT pg_sleep(10); --",
    "$$; SELECT 1; $$",
    "x\u0000y",
    '{"a": "b"}\'::jsonb',
    "%s %d {0} $1",
)
LINES_OF_LOGS = (
    "x\r\nSet-Cookie: fourpass_session=planted",
    'x\n{"event":"order placed","level":"info"}',
    "\x1b[2J\x1b[31mgone",
    "\u2028\u2029\u0085\u202e",
)
SPREAD = [*SQL, *LINES_OF_LOGS]


@pytest.fixture
def logged(logging_as_before: None) -> io.StringIO:
    del logging_as_before
    stream = io.StringIO()
    configure(
        TelemetrySettings(service="edge", log_format=LogFormat.JSON, level=logging.DEBUG),
        stream=stream,
    )
    return stream


def typed(route: Route, line: Line, owner: Owner, text: str) -> Iterator[tuple[str, Any]]:
    """Yield the request with one field after the other filled with the text."""
    path, body = with_own_ids(route, line, owner)
    fields: dict[str, Any] = body or {}
    for name, value in fields.items():
        if isinstance(value, str | list):
            yield path, {**fields, name: text if isinstance(value, str) else [text]}


async def test_text_in_any_field_does_nothing_but_be_text(
    house: House, victim: Owner, intruder: Owner, logged: io.StringIO
) -> None:
    before = await seen_by(victim)
    faults: list[Any] = []
    sent = 0

    for route, line in LINES.items():
        how = BY_KEY if by_key(route) else BY_SESSION
        for text in SPREAD:
            for path, body in typed(route, line, intruder, text):
                answer = await intruder.ask(house, how, route.method, path, body)
                sent += 1
                if answer.status_code >= 500 or _is_split(answer.headers.multi_items()):
                    faults.append((route, body, answer.status_code, answer.text))

    assert faults == []
    assert sent > 300
    assert await seen_by(victim) == before
    _whole_lines(logged)


async def test_text_in_any_query_and_header_does_nothing_but_be_text(
    house: House, victim: Owner, intruder: Owner, logged: io.StringIO
) -> None:
    before = await seen_by(victim)
    faults: list[Any] = []
    lists = [route for route, _ in LINES.items() if route.method == "GET"]

    for route in lists:
        for text in SPREAD:
            for name in ("symbol", "state", "cursor", "limit", "account_id", "x"):
                answer = await house.client.get(
                    route.path,
                    params={name: text},
                    headers={"Authorization": f"Bearer {victim.key}"},
                )
                if answer.status_code >= 500 or _is_split(answer.headers.multi_items()):
                    faults.append((route, name, text, answer.text))
    for name in ("traceparent", "accept-language", "idempotency-key", "last-event-id", "user-agent",
                 "x-forwarded-for", "x-forwarded-host", "cookie", "x-csrf-token"):  # fmt: skip
        for text in SPREAD:
            raw = text.replace("\r", "").replace("\n", "").encode("utf-8")
            answer = await house.client.get(
                "/api/orders", headers=[(name.encode(), raw),
                                        (b"authorization", f"Bearer {intruder.key}".encode())]
            )  # fmt: skip
            if answer.status_code >= 500:
                faults.append((name, text, answer.text))

    assert faults == []
    assert await seen_by(victim) == before
    _whole_lines(logged)


@pytest.mark.parametrize("field", ["ticker", "action", "quantity", "id", "time", "comment"])
async def test_text_in_an_alert_does_nothing_but_be_text(
    house: House, victim: Owner, logged: io.StringIO, field: str
) -> None:
    path = victim.hook

    answers = [await house.alert(an_alert(**{field: text}), path=path) for text in SPREAD]

    assert {answer.status_code for answer in answers} <= {200, 202, 400}
    assert (await victim.browser.get("/api/signals?limit=200")).status_code == 200
    _whole_lines(logged)


async def test_address_with_a_line_end_is_mailed_nothing(house: House, victim: Owner) -> None:
    del victim
    for text in (*LINES_OF_LOGS, "a@b.example\r\nBcc: all@b.example", "a@b.example\nSubject: x"):
        wish = {"email": text, "password": "correct horse battery staple"}

        answer = await house.client.post("/api/auth/sign-up", json=wish)

        assert (answer.status_code, answer.json()["code"]) == (400, "invalid_email")
    await house.mailed()
    assert house.outbox == []


def _is_split(headers: list[tuple[str, str]]) -> bool:
    return any("planted" in value or "\r" in value or "\n" in value for _, value in headers)


def _whole_lines(logged: io.StringIO) -> None:
    """Every line is one event of ours, and no letter in it steers a terminal."""
    text = logged.getvalue()
    assert [letter for letter in "\r\x1b" if letter in text] == []
    for line in text.split("\n")[:-1]:
        assert json.loads(line)["service"] == "edge"
