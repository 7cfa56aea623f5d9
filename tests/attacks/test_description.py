"""What the served description says, schemathesis sends; each answer is one that it promises."""

from __future__ import annotations

from contextlib import asynccontextmanager, suppress
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode, checks
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi import checks as openapi_checks

from edge.application import app_over
from edge.schema import complete
from edge.settings import EdgeSettings
from tests.attacks.grounds import an_owner
from tests.attacks.lines import ENDLESS, LINES, by_key
from tests.attacks.routes import Route, described
from tests.unit.edge.house import a_house

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator

    import httpx

    from edge.ports import Ports
    from tests.attacks.grounds import Owner
    from tests.unit.edge.house import House

pytestmark = [pytest.mark.anyio, pytest.mark.timeout(120)]

EXAMPLES = 8
_NAMES = ("status_code", "content_type", "response_headers", "response_schema")
CHECKS: list[Any] = [
    vars(checks)["not_a_server_error"],
    *(vars(openapi_checks)[f"{name}_conformance"] for name in _NAMES),
]
WEBHOOKS = [
    Route("POST", "/webhook/tradingview"),
    Route("POST", "/webhook/tradingview/{token}"),
    Route("POST", "/webhook/tradingview/{token}/dry-run"),
    Route("POST", "/webhook/{token}/order"),
]
OTHERS = [Route("GET", "/health/live"), Route("GET", "/health/ready")]
ALL = [*LINES, *WEBHOOKS, *OTHERS]
BASE = "http://edge.test"
# What the sender decides, and the keys that are put there instead.
SHOWN = {"authorization", "cookie", "content-length", "host", "x-csrf-token", "transfer-encoding"}
UNLIMITED = EdgeSettings(api_rate=1_000_000, api_rate_per_address=1_000_000)
BOUNDED = settings(
    max_examples=EXAMPLES,
    derandomize=True,
    deadline=None,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)


@pytest.fixture
async def lone() -> AsyncIterator[House]:
    async with a_house(settings=UNLIMITED) as opened:
        yield opened


@pytest.fixture
async def owner(lone: House) -> Owner:
    return await an_owner(lone, "bob")


@cache
def served_schema() -> Any:
    """Return the description as it is served, as schemathesis reads it."""

    @asynccontextmanager
    async def nothing() -> AsyncGenerator[Ports]:
        raise AssertionError
        yield

    return schemathesis.openapi.from_dict(complete(app_over(nothing).openapi_schema.to_schema()))


async def test_every_described_route_is_sent_to(lone: House) -> None:
    document = await described(lone)
    known = {(method.upper(), path) for path, item in document["paths"].items() for method in item}

    assert known - {tuple(ENDLESS)} == {tuple(each) for each in ALL}
    assert served_schema().raw_schema["paths"].keys() == document["paths"].keys()


@pytest.mark.parametrize("route", ALL, ids=" ".join)
async def test_answers_are_those_that_the_description_promises(
    lone: House, owner: Owner, route: Route
) -> None:
    wrong: list[str] = []

    for case in cases(route):
        answer = await sent(lone, owner, route, case)
        try:
            case.validate_response(answer, checks=CHECKS)
        except FailureGroup as failures:
            wrong += [f"{each}: {case.body} {answer.text}" for each in failures.exceptions]

    assert wrong == []


def cases(route: Route) -> list[Any]:
    """Make requests as the description allows them, and such as it forbids: always the same."""
    operation = served_schema()[route.path][route.method]
    made: list[Any] = []
    for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):

        @BOUNDED
        @given(case=operation.as_strategy(generation_mode=mode))
        def keep(case: Any) -> None:
            made.append(case)

        # A route that takes nothing cannot be asked wrongly.
        with suppress(Unsatisfiable):
            keep()
    assert made
    return made


async def sent(house: House, owner: Owner, route: Route, case: Any) -> httpx.Response:
    """Send a case as it was made, with what opens the route."""
    try:
        ready = requests.Request(**case.as_transport_kwargs(base_url=BASE)).prepare()
    except (requests.exceptions.InvalidHeader, requests.exceptions.InvalidURL, UnicodeError):
        pytest.fail("schemathesis made what no client can send")
    told = {name: value for name, value in ready.headers.items() if name.lower() not in SHOWN}
    client = house.client
    if by_key(route):
        told["Authorization"] = f"Bearer {owner.key}"
    else:
        client = owner.browser.client
        told["X-CSRF-Token"] = owner.browser.csrf
    body: Any = ready.body or b""
    return await client.request(
        route.method,
        str(ready.url).replace(BASE, str(client.base_url).rstrip("/")),
        content=body.encode() if isinstance(body, str) else body,
        headers=_bytes(told),
    )


def _bytes(headers: dict[str, Any]) -> list[tuple[bytes, bytes]]:
    return [
        (name.encode("latin-1"), str(value).encode("latin-1", "replace"))
        for name, value in headers.items()
    ]
