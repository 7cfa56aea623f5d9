"""A broker's secret goes in over the API, to the worker, and is found nowhere on its way."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import psutil
import pytest

from tests.e2e.profile import Profile, running_profile, until

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(60)]

KEY_ID = "canary0key0id0of0gateio0abcd"
SECRET = "canary0api0secret0of0gateio"
NEW_SECRET = "canary0second0secret0of0gateio"
CANARIES = [KEY_ID.encode(), SECRET.encode(), NEW_SECRET.encode()]
# Where the adapter would go; nobody listens there.
NOWHERE = "http://127.0.0.1:9/api/v4"


@pytest.fixture(scope="module")
def profile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Profile]:
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("FOURPASS_GATEIO_BASE_URL", NOWHERE)
        with running_profile(tmp_path_factory.mktemp("profile")) as running:
            yield running


@pytest.fixture(scope="module")
def account(profile: Profile) -> dict[str, Any]:
    """Make an account, have a worker open its credentials, replace them, have it open the new."""
    body = {
        "name": "Gate",
        "broker": "gateio",
        "mode": "live",
        "credentials": {"api_key": KEY_ID, "api_secret": SECRET},
    }
    profile.protect()
    made = profile.post("/api/accounts", body).json()
    strategy = {"name": "Live", "mode": "live", "accounts": [made["id"]]}
    hook = profile.post("/api/strategies", strategy).json()["webhook_url"]
    alert = {"ticker": "BTCUSDT.P", "action": "buy", "quantity": "1", "price": "100"}
    assert httpx.post(hook, json=alert, timeout=3).status_code == 202
    until(lambda: opened(profile, at_least=1), within=20)
    profile.put(
        f"/api/accounts/{made['id']}/credentials",
        {"api_key": KEY_ID, "api_secret": NEW_SECRET},
    )
    until(lambda: opened(profile, at_least=2), within=20)
    return made


def opened(profile: Profile, *, at_least: int) -> list[dict[str, Any]] | None:
    entries = profile.get("/api/audit")["items"]
    found = [entry for entry in entries if entry["action"] == "account.unseal"]
    return found if len(found) >= at_least else None


def test_every_opening_is_in_the_audit_log(profile: Profile, account: dict[str, Any]) -> None:
    for entry in opened(profile, at_least=2) or []:
        assert entry["actor"].startswith("worker:")
        assert entry["subject"] == f"account:{account['id']}"


def test_no_reply_shows_the_secret(profile: Profile, account: dict[str, Any]) -> None:
    told = [profile.get(path) for path in ("/api/accounts", "/api/audit", "/api/orders")]

    assert "…abcd" in repr(told)
    assert "canary" not in repr([account, *told])


def test_no_file_of_the_profile_holds_the_secret(profile: Profile, account: dict[str, Any]) -> None:
    del account

    assert holding(profile.folder, CANARIES) == []


def test_no_file_of_the_record_holds_the_secret(profile: Profile, account: dict[str, Any]) -> None:
    profile.postgres.run_sql("CHECKPOINT")
    folder = Path(profile.postgres.run_sql("SHOW data_directory").strip())

    assert holding(folder, [account["id"].encode(), bytes.fromhex(account["id"].replace("-", ""))])
    assert holding(folder, CANARIES) == []


def test_no_process_has_the_secret_or_a_key_in_its_environment(
    profile: Profile, account: dict[str, Any]
) -> None:
    del account
    processes = psutil.Process(profile.process.pid).children(recursive=True)
    environments = [repr(process.environ()) for process in processes]

    assert len(environments) > 3
    assert "canary" not in "".join(environments)
    assert "PRIVATE KEY" not in "".join(environments)


def test_the_edge_is_not_told_where_the_private_key_is(profile: Profile) -> None:
    processes = psutil.Process(profile.process.pid).children(recursive=True)
    edges = [process for process in processes if process.cmdline()[-1:] == ["edge"]]

    assert len(edges) == 1
    assert "private" not in repr(edges[0].environ()).lower()
    open_files = [file.path for file in edges[0].open_files()]
    assert not [path for path in open_files if "/keys/" in path]


def holding(folder: Path, wanted: list[bytes]) -> list[str]:
    """Return the files in which some of these bytes are, as they are or in hexadecimal."""
    forms = [*wanted, *(each.hex().encode() for each in wanted)]
    files = [path for path in folder.rglob("*") if path.is_file()]
    return [str(path) for path in files if any(form in path.read_bytes() for form in forms)]
