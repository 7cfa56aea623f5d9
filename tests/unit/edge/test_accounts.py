"""Accounts through the API: credentials go in, and nothing of them comes out again."""

from __future__ import annotations

import traceback
from typing import TYPE_CHECKING, Any
from uuid import UUID

import msgspec
import pytest

from broker_adapters.credentials import GateioCredentials, ShioajiCredentials
from bus.ids import uuid7
from bus.messages import ReloadAccount
from bus.values import AccountId, WorkerId
from edge.api.account_shapes import NewAccount
from handlers.records.views import WorkerView
from handlers.store.memory import MemoryStore
from handlers.vault.base import SealContext
from handlers.vault.errors import VaultUnavailableError
from tests.builders import ManualClock
from tests.unit.edge.house import KEY, UNSEALER, a_house, an_alert, bearer

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.unit.edge.house import House

pytestmark = pytest.mark.anyio

KEY_ID = "canarykey00001234"
GATE = {"api_key": KEY_ID, "api_secret": "canary-gate-secret"}
SINO = {"api_key": KEY_ID, "secret_key": "canary-sino-secret"}
CERTIFICATE = {"person_id": "A123456789", "ca": "Y2FuYXJ5", "ca_password": " canary pass "}


@pytest.fixture
async def house() -> AsyncIterator[House]:
    async with a_house() as opened:
        await opened.protect()
        yield opened


def asked(broker: str = "gateio", **fields: Any) -> dict[str, Any]:
    credentials = {"gateio": GATE, "shioaji": SINO}.get(broker)
    return {"name": "Real", "broker": broker, "mode": "live", "credentials": credentials} | fields


async def made(house: House, **fields: Any) -> dict[str, Any]:
    answer = await house.post("/api/accounts", asked(**fields))
    assert answer.status_code == 201, answer.text
    return answer.json()


async def kept(house: House, account: dict[str, Any]) -> Any:
    """Open what the record keeps, as a worker would."""
    account_id = AccountId(UUID(account["id"]))
    sealed = await house.ports.store.accounts.credentials(house.user, account_id)
    assert sealed is not None
    context = SealContext(user=house.user, account=account_id, broker=account["broker"])
    return await UNSEALER.unseal(sealed, context)


async def test_credentials_of_gateio_are_sealed_for_the_worker(house: House) -> None:
    account = await made(house, credentials=GATE)

    assert await kept(house, account) == GateioCredentials(**GATE)


async def test_credentials_of_shioaji_are_sealed_for_the_worker(house: House) -> None:
    account = await made(house, broker="shioaji", credentials=SINO | CERTIFICATE)

    assert await kept(house, account) == ShioajiCredentials(**SINO, **CERTIFICATE)


async def test_an_account_shows_no_more_than_the_end_of_its_key(house: House) -> None:
    account = await made(house)

    listed = await house.get("/api/accounts")
    read = await house.get(f"/api/accounts/{account['id']}")

    assert account["credentials"] == {
        "key": "…1234", "set_at": house.clock.now().isoformat().replace("+00:00", "Z"),
    }  # fmt: skip
    assert read.json() == account
    assert account in listed.json()["items"]
    assert "canary" not in f"{account}{listed.text}{read.text}"


async def test_a_short_key_shows_nothing_of_itself(house: House) -> None:
    account = await made(house, credentials={"api_key": "12345678901", "api_secret": "s"})

    assert account["credentials"]["key"] == "…"


async def test_a_key_loses_the_blanks_that_were_pasted_with_it(house: House) -> None:
    account = await made(house, credentials={"api_key": f" {KEY_ID}\n", "api_secret": "\ts "})

    assert await kept(house, account) == GateioCredentials(api_key=KEY_ID, api_secret="s")


async def test_a_field_that_is_missing_is_named(house: House) -> None:
    answer = await house.post("/api/accounts", {"broker": "paper"})

    assert (answer.json()["code"], answer.json()["field"]) == ("missing_field", "name")


async def test_account_name_that_is_taken_is_409(house: House) -> None:
    await house.post("/api/accounts", {"name": "Practice", "broker": "paper"})

    answer = await house.post("/api/accounts", {"name": "PRACTICE", "broker": "paper"})

    assert (answer.status_code, answer.json()["code"]) == (409, "already_exists")


async def test_account_is_made_listed_disabled_and_enabled(house: House) -> None:
    made = await house.post("/api/accounts", {"name": "Practice", "broker": "paper"})
    account = made.json()

    disabled = await house.post(f"/api/accounts/{account['id']}/disable")
    enabled = await house.post(f"/api/accounts/{account['id']}/enable")

    listed = [one["name"] for one in await house.items("/api/accounts")]
    assert made.status_code == 201
    assert (account["broker"], account["mode"], account["state"]) == ("paper", "paper", "enabled")
    assert account["credentials"] is None
    assert set(listed) == {"Paper", "Practice"}
    assert (disabled.json()["state"], enabled.json()["state"]) == ("disabled", "enabled")


async def test_credentials_are_replaced(house: House) -> None:
    account = await made(house)
    new = {"api_key": "canarykey00009999", "api_secret": "canary-new"}

    answer = await house.client.put(
        f"/api/accounts/{account['id']}/credentials",
        content=msgspec.json.encode(new),
        headers=bearer(KEY),
    )

    assert (answer.status_code, answer.json()["credentials"]["key"]) == (200, "…9999")
    assert "canary" not in answer.text
    assert await kept(house, account) == GateioCredentials(**new)


@pytest.mark.parametrize("body", [{}, SINO, GATE | {"x": "y"}, [], "text", None])
async def test_credentials_that_are_none_replace_nothing(house: House, body: Any) -> None:
    account = await made(house)

    answer = await house.client.put(
        f"/api/accounts/{account['id']}/credentials",
        content=msgspec.json.encode(body),
        headers=bearer(KEY),
    )

    assert answer.status_code == 400
    assert "canary" not in answer.text
    assert await kept(house, account) == GateioCredentials(**GATE)


async def test_a_paper_account_takes_no_credentials(house: House) -> None:
    answer = await house.client.put(
        f"/api/accounts/{house.account.id}/credentials",
        content=msgspec.json.encode(GATE),
        headers=bearer(KEY),
    )

    assert (answer.status_code, answer.json()["field"]) == (400, "credentials")


async def test_an_account_is_deleted(house: House) -> None:
    account = await made(house)
    path = f"/api/accounts/{account['id']}"

    answer = await house.client.delete(path, headers=bearer(KEY))

    assert (answer.status_code, answer.content) == (204, b"")
    assert (await house.get(path)).status_code == 404
    again = await house.client.delete(path, headers=bearer(KEY))
    assert (again.status_code, again.json()["code"]) == (404, "not_found")
    assert (await made(house))["name"] == account["name"]


async def test_an_account_with_an_order_that_is_not_over_is_not_deleted(house: House) -> None:
    await house.alert(an_alert())

    answer = await house.client.delete(f"/api/accounts/{house.account.id}", headers=bearer(KEY))

    assert (answer.status_code, answer.json()["code"]) == (409, "orders_working")
    assert (await house.get(f"/api/accounts/{house.account.id}")).status_code == 200


async def test_alerts_for_a_deleted_account_are_refused_visibly(house: House) -> None:
    await house.client.delete(f"/api/accounts/{house.account.id}", headers=bearer(KEY))

    answer = await house.alert(an_alert())

    assert (answer.status_code, answer.json()["code"]) == (403, "account_disabled")


async def test_a_vault_that_gives_no_answer_is_503_and_nothing_is_made(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def seal(*_: object) -> None:
        raise VaultUnavailableError("no answer")

    monkeypatch.setattr(type(house.ports.sealer), "seal", seal)

    answer = await house.post("/api/accounts", asked())

    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
    assert len(await house.items("/api/accounts")) == 1


def test_a_wish_hides_its_credentials_from_whoever_prints_it() -> None:
    wish = msgspec.convert(asked(), NewAccount)

    written = traceback.format_exception(ValueError(wish))

    assert "canary" not in f"{wish!r}{wish}{[wish]}{written}"


@pytest.mark.parametrize("change", ["put", "disable", "delete"])
async def test_the_users_worker_is_told_of_a_change(change: str) -> None:
    clock = ManualClock()
    store = MemoryStore(clock)
    async with a_house(store=store, clock=clock) as house:
        await house.protect()
        account = await made(house)
        await store.workers.put(a_worker_of(house))

        await change_account(house, account["id"], change)

        async with house.ports.bus.hints.commands(house.user, 1) as commands:
            delivery = await anext(aiter(commands))
    told = ReloadAccount(user_id=house.user, account_id=AccountId(UUID(account["id"])))
    assert delivery.envelope.message == told


async def test_a_change_claims_no_worker_where_none_runs(house: House) -> None:
    account = await made(house)

    await change_account(house, account["id"], "disable")

    assert (await house.ports.bus.hints.hint(house.user)).should_claim


async def change_account(house: House, account: str, change: str) -> None:
    path = f"/api/accounts/{account}"
    if change == "put":
        body = msgspec.json.encode(GATE)
        await house.client.put(f"{path}/credentials", content=body, headers=bearer(KEY))
    elif change == "disable":
        await house.post(f"{path}/disable")
    else:
        await house.client.delete(path, headers=bearer(KEY))


def a_worker_of(house: House) -> WorkerView:
    now = house.clock.now()
    return WorkerView(
        id=WorkerId(uuid7()),
        user_id=house.user,
        state="serving",
        epoch=1,
        pid=1,
        host="test",
        started_at=now,
        last_seen_at=now,
    )
