"""What each broker asks of an account is taken strictly; what is refused is never repeated."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.unit.edge.house import a_house

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.unit.edge.house import House

pytestmark = pytest.mark.anyio

KEY_ID = "canarykey00001234"
GATE = {"api_key": KEY_ID, "api_secret": "canary-gate-secret"}
SINO = {"api_key": KEY_ID, "secret_key": "canary-sino-secret"}


@pytest.fixture
async def house() -> AsyncIterator[House]:
    async with a_house() as opened:
        await opened.protect()
        yield opened


def asked(broker: str = "gateio", **fields: Any) -> dict[str, Any]:
    credentials = {"gateio": GATE, "shioaji": SINO}.get(broker)
    return {"name": "Real", "broker": broker, "mode": "live", "credentials": credentials} | fields


@pytest.mark.parametrize(
    ("broker", "mode", "given", "kept_as"),
    [
        ("gateio", "paper", {}, {"testnet": True}),
        ("gateio", "live", {}, {"testnet": False}),
        ("gateio", "live", {"testnet": True}, {"testnet": True}),
        ("gateio", "paper", {"testnet": True}, {"testnet": True}),
        ("shioaji", "paper", {}, {"simulation": True}),
        ("shioaji", "live", {}, {"simulation": False}),
        ("shioaji", "live", {"simulation": True}, {"simulation": True}),
    ],
)
async def test_paper_at_a_real_broker_is_its_play_money(
    house: House, broker: str, mode: str, given: dict[str, Any], kept_as: dict[str, Any]
) -> None:
    answer = await house.post("/api/accounts", asked(broker, mode=mode, options=given))

    assert answer.json()["options"] == kept_as


REFUSED: dict[str, tuple[dict[str, Any], str, str]] = {
    "unknown broker": ({"broker": "ftx"}, "invalid_field", "broker"),
    "paper, live": ({"broker": "paper"}, "invalid_mode", "mode"),
    "paper with credentials": (
        {"broker": "paper", "mode": "paper", "credentials": GATE}, "invalid_field", "credentials",
    ),
    "paper with options": (
        {"broker": "paper", "mode": "paper", "options": {"testnet": True}},
        "invalid_field", "options",
    ),
    "no credentials": ({"credentials": None}, "missing_field", "credentials"),
    "half of them": (
        {"credentials": {"api_key": KEY_ID}}, "missing_field", "credentials.api_secret",
    ),
    "another broker's": ({"credentials": SINO}, "invalid_field", "credentials"),
    "a broker's name in them": (
        {"credentials": GATE | {"broker": "shioaji"}}, "invalid_field", "credentials",
    ),
    "a number": (
        {"credentials": GATE | {"api_key": 7}}, "invalid_field", "credentials.api_key",
    ),
    "null": (
        {"credentials": GATE | {"api_key": None}}, "invalid_field", "credentials.api_key",
    ),
    "nothing but blanks": (
        {"credentials": GATE | {"api_key": "  "}}, "invalid_field", "credentials.api_key",
    ),
    "a control character": (
        {"credentials": GATE | {"api_secret": "canary\0"}},
        "invalid_field", "credentials.api_secret",
    ),
    "too long": (
        {"credentials": GATE | {"api_secret": "s" * 513}},
        "invalid_field", "credentials.api_secret",
    ),
    "a list": ({"credentials": [KEY_ID]}, "invalid_field", "credentials"),
    "unknown option": ({"options": {"leverage": 100}}, "invalid_field", "options"),
    "option of another kind": (
        {"options": {"testnet": "yes"}}, "invalid_field", "options.testnet",
    ),
    "another broker's option": ({"options": {"simulation": True}}, "invalid_field", "options"),
    "paper with real money": (
        {"mode": "paper", "options": {"testnet": False}}, "invalid_mode", "options.testnet",
    ),
    "a certificate without its password": (
        {"broker": "shioaji", "credentials": SINO | {"ca": "Y2E="}},
        "missing_field", "credentials.ca_password",
    ),
    "a password without its certificate": (
        {"broker": "shioaji", "credentials": SINO | {"ca_password": "p"}},
        "missing_field", "credentials.ca",
    ),
    "a certificate that is no base64": (
        {"broker": "shioaji", "credentials": SINO | {"ca": "kein!", "ca_password": "p"}},
        "invalid_field", "credentials.ca",
    ),
    "sealed by the sender": (
        {"credentials": None, "sealed_credentials": "AAAA"}, "unsupported", "sealed_credentials",
    ),
    "no name": ({"name": " "}, "invalid_field", "name"),
    "an unknown field": ({"user_id": "x"}, "invalid_field", "user_id"),
}  # fmt: skip


@pytest.mark.parametrize(("fields", "code", "field"), REFUSED.values(), ids=REFUSED)
async def test_an_account_that_makes_no_sense_is_refused_by_its_field(
    house: House, fields: dict[str, Any], code: str, field: str
) -> None:
    answer = await house.post("/api/accounts", asked(fields.get("broker", "gateio")) | fields)

    said = answer.json()
    assert (answer.status_code, said["code"], said["field"]) == (400, code, field)
    assert "canary" not in answer.text
    assert len(await house.items("/api/accounts")) == 1


async def test_a_secret_in_the_wrong_place_is_not_repeated(house: House) -> None:
    wrong = GATE | {"canary-gate-secret": "x"}

    answer = await house.post("/api/accounts", asked(credentials=wrong))

    assert answer.status_code == 400
    assert "canary" not in answer.text
