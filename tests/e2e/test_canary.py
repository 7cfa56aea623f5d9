"""Every kind of secret is planted in a running profile, used, and then looked for everywhere.

Where it may not be: in a log, an answer that is not its own, a text of the record, a key of Valkey,
an environment, a command line. A password may be in the edge's memory while it is checked only.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import httpx
import psutil
import pytest
from pyotp.totp import TOTP

from tests.e2e.profile import Profile, running_profile, until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(120)]

PASSWORD = "canary password of the second user"
MISTYPED = "canary password typed by mistake"
NEW_PASSWORD = "canary password after the change"
BROKER = {"api_key": "canary0key0id0abcd", "api_secret": "canary0broker0secret"}
# Where the adapter would go; nobody listens there.
NOWHERE = "http://127.0.0.1:9/api/v4"
TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
# The welcome shows where the demo's alerts are sent, to whoever started it.
WELCOME = "curl"


class Journey:
    """What a person did, the secrets that it took, and every answer."""

    def __init__(self, profile: Profile) -> None:
        self.profile = profile
        self.secrets: dict[str, str] = {
            "password": PASSWORD,
            "mistyped": MISTYPED,
            "new password": NEW_PASSWORD,
            "broker key": BROKER["api_key"],
            "broker secret": BROKER["api_secret"],
            "demo password": profile.demo["password"],
            "demo key": profile.demo["api_key"],
            "demo token": profile.demo["webhook_token"],
        }
        self.answers: list[tuple[str, str]] = []

    def go(self) -> None:
        base = self.profile.demo["base_url"]
        with httpx.Client(base_url=base, timeout=15, event_hooks={"response": [self._heard]}) as me:
            self._sign_up(me)
            own = self._sign_in(me, PASSWORD)
            own, seed = self._second_factor(me, own)
            own = self._step_up(me, own, seed)
            self._trade(me, own)
            self._break_in(me, own)
            wish = {"current_password": PASSWORD, "new_password": NEW_PASSWORD}
            token = me.post("/api/auth/password", json=wish, headers=own).json()["csrf_token"]
            self.secrets["last token"] = token
            self._cookies(me)

    def _heard(self, answer: httpx.Response) -> None:
        answer.read()
        self.answers.append((str(answer.request.url.path), answer.text))

    def _sign_up(self, me: httpx.Client) -> None:
        wish = {"email": "canary@example.org", "password": PASSWORD}
        assert me.post("/api/auth/sign-up", json=wish).status_code == 202
        outbox = self.profile.folder / "data" / "outbox"
        mail = until(lambda: next(iter(outbox.glob("*.eml")), None), within=15)
        text = mail.read_text().replace("=\n", "").replace("=3D", "=")
        found = re.search(r"verify\?token=([\w-]+)", text)
        assert found is not None
        self.secrets["mailed token"] = found[1]
        assert me.post("/api/auth/verify", json={"token": found[1]}).status_code == 200

    def _sign_in(self, me: httpx.Client, password: str) -> dict[str, str]:
        who = {"email": "canary@example.org", "password": password}
        answer = me.post("/api/auth/sign-in", json=who)
        self.secrets["csrf token"] = answer.json()["csrf_token"]
        self._cookies(me)
        return {"X-CSRF-Token": answer.json()["csrf_token"]}

    def _second_factor(self, me: httpx.Client, own: dict[str, str]) -> tuple[dict[str, str], str]:
        seed = str(me.post("/api/auth/totp/enroll", headers=own).json()["secret"])
        code = {"totp": TOTP(seed).now()}
        told = me.post("/api/auth/totp/confirm", json=code, headers=own).json()
        codes = told["recovery_codes"]
        self.secrets |= {"seed": seed, "recovery code": codes[0], "other recovery code": codes[1]}
        self.secrets["confirmed token"] = told["csrf_token"]
        self._cookies(me)
        return {"X-CSRF-Token": told["csrf_token"]}, seed

    def _step_up(self, me: httpx.Client, own: dict[str, str], seed: str) -> dict[str, str]:
        del seed
        used = {"totp": self.secrets["recovery code"]}
        token = me.post("/api/auth/step-up", json=used, headers=own).json()["csrf_token"]
        self.secrets["stepped token"] = token
        self._cookies(me)
        return {"X-CSRF-Token": token}

    def _trade(self, me: httpx.Client, own: dict[str, str]) -> None:
        key = {"name": "canary", "scopes": ["read", "trade"]}
        self.secrets["key"] = me.post("/api/api-keys", json=key, headers=own).json()["key"]
        gate = {"name": "Gate", "broker": "gateio", "mode": "live", "credentials": BROKER}
        account = me.post("/api/accounts", json=gate, headers=own).json()["id"]
        wish = {"name": "Canary", "mode": "live", "accounts": [account]}
        made = me.post("/api/strategies", json=wish, headers=own).json()
        self.secrets["webhook token"] = made["webhook_url"].rpartition("/")[2]
        turned = me.post(f"/api/strategies/{made['id']}/rotate-token", headers=own).json()
        self.secrets["second webhook token"] = turned["webhook_url"].rpartition("/")[2]
        alert = {"ticker": "BTCUSDT.P", "action": "buy", "quantity": "1", "price": "100"}
        assert me.post(turned["webhook_url"], json=alert).status_code == 202
        token = {"token": self.secrets["webhook token"], **alert, "id": "in-the-body"}
        assert me.post("/webhook/tradingview", json=token).status_code == 202
        me.post(f"/api/accounts/{account}/test", headers=own)
        until(lambda: self._opened(me), within=30)

    def _opened(self, me: httpx.Client) -> Any:
        entries = me.get("/api/audit").json()["items"]
        return next((each for each in entries if each["action"] == "account.unseal"), None)

    def _break_in(self, me: httpx.Client, own: dict[str, str]) -> None:
        """Send each secret where it does not belong: what refuses it must not repeat it."""
        del own
        with httpx.Client(base_url=str(me.base_url), timeout=15) as stranger:
            stranger.event_hooks = {"response": [self._heard]}
            who = {"email": "canary@example.org", "password": MISTYPED}
            stranger.post("/api/auth/sign-in", json=who)
            for secret in list(self.secrets.values()):
                stranger.get("/api/orders", headers={"Authorization": f"Bearer {secret}"})
                stranger.post("/api/auth/verify", json={"token": secret})
                stranger.post(f"/webhook/tradingview/{secret}x", json={"token": secret})

    def _cookies(self, me: httpx.Client) -> None:
        self.secrets |= {f"cookie {value[:4]}": value for value in me.cookies.values()}


@pytest.fixture(scope="module", params=["valkey", pytest.param("sqs", marks=pytest.mark.aws)])
def journey(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Journey]:
    folder: Path = tmp_path_factory.mktemp("profile")
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("FOURPASS_GATEIO_BASE_URL", NOWHERE)
        environment.setenv("FOURPASS_LOG_LEVEL", "debug")
        with running_profile(folder, queues=request.param) as profile:
            journey = Journey(profile)
            journey.go()
            yield journey


def found_in(text: str, secrets: dict[str, str]) -> list[str]:
    return [name for name, secret in secrets.items() if secret in text]


def test_there_are_secrets_of_every_kind(journey: Journey) -> None:
    assert len(journey.secrets) >= 20
    assert min(map(len, journey.secrets.values())) > 8


def test_no_log_holds_a_secret(journey: Journey) -> None:
    files = [journey.profile.folder / "up.log", *journey.profile.folder.rglob("*.log")]
    lines = [line for file in files for line in file.read_text(errors="replace").splitlines()]
    text = "\n".join(line for line in lines if WELCOME not in line)

    assert len(text.splitlines()) > 20
    assert found_in(text, journey.secrets) == []


def test_no_text_of_the_record_holds_a_secret(journey: Journey) -> None:
    record = journey.profile.postgres
    tables = record.run_sql(TABLES).split()
    text = "".join(record.run_sql(f'SELECT to_jsonb(t) FROM "{each}" AS t') for each in tables)

    assert "canary@example.org" in text
    assert found_in(text, journey.secrets) == []


def test_valkey_holds_no_secret(journey: Journey) -> None:
    keys: Any = journey.profile.valkey.ask("KEYS", "*")
    dumped = [journey.profile.valkey.ask("DUMP", key) for key in keys]

    assert found_in(repr([keys, dumped]), journey.secrets) == []


def test_no_refusal_repeats_a_secret(journey: Journey) -> None:
    refused = [text for _, text in journey.answers if '"trace_id"' in text and '"message"' in text]

    assert len(refused) > 50
    assert found_in(json.dumps(refused), journey.secrets) == []


def test_no_process_is_told_a_secret(journey: Journey) -> None:
    processes = psutil.Process(journey.profile.process.pid).children(recursive=True)
    told = repr([(process.environ(), process.cmdline()) for process in processes])

    assert found_in(told, journey.secrets) == []
