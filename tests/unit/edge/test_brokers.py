"""The brokers' forms, as a page draws them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from broker_adapters.credentials import AnyCredentials
from tests.unit.edge.house import KEY, bearer

if TYPE_CHECKING:
    from tests.unit.edge.house import House

pytestmark = pytest.mark.anyio

OPEN = {"api_key", "person_id", "ca"}


async def forms(house: House) -> dict[str, dict[str, Any]]:
    answer = await house.client.get("/api/brokers", headers=bearer(KEY))
    assert answer.status_code == 200
    return {form["broker"]: form for form in answer.json()["items"]}


async def test_paper_account_asks_for_nothing(house: House) -> None:
    assert (await forms(house))["paper"] == {
        "broker": "paper",
        "modes": ["paper"],
        "practice": None,
        "credentials": [],
    }


async def test_gate_asks_for_a_key_and_its_secret(house: House) -> None:
    gate = (await forms(house))["gateio"]

    assert (gate["modes"], gate["practice"]) == (["paper", "live"], "testnet")
    assert gate["credentials"] == [
        {"name": "api_key", "kind": "text", "required": True},
        {"name": "api_secret", "kind": "secret", "required": True},
    ]


async def test_certificate_is_a_file_and_may_be_left_out(house: House) -> None:
    fields = {field["name"]: field for field in (await forms(house))["shioaji"]["credentials"]}

    assert fields["ca"] == {"name": "ca", "kind": "certificate", "required": False}


async def test_every_field_of_every_broker_is_asked_for_and_secrets_are_hidden(
    house: House,
) -> None:
    told = await forms(house)

    for credentials in AnyCredentials.__args__:
        fields = told[credentials.__struct_config__.tag]["credentials"]
        assert [field["name"] for field in fields] == list(credentials.__struct_fields__)
        assert {field["name"] for field in fields if field["kind"] != "secret"} <= OPEN
