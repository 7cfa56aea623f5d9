"""A running `fourpass up` on servers of the test's own, and what a user does with it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from contextlib import contextmanager
from itertools import count
from time import monotonic, sleep
from typing import TYPE_CHECKING, Any, TypeVar

import httpx
import msgspec
from pyotp.totp import TOTP

from tests.servers.keys import lay_key
from tests.servers.postgres import PostgresServer, running_postgres
from tests.servers.roles import let_in, logins_at
from tests.servers.valkey import ValkeyOptions, ValkeyServer, running_valkey

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Mapping
    from pathlib import Path

_READY_SECONDS = 45.0
_T = TypeVar("_T")
_ids = count()


class Profile:
    """The profile, its servers and its demo user."""

    def __init__(
        self,
        folder: Path,
        postgres: PostgresServer,
        valkey: ValkeyServer,
        *,
        options: list[str],
        told: Mapping[str, str],
    ) -> None:
        self.options = options
        self.told = told
        self.postgres = postgres
        self.valkey = valkey
        self.folder = folder
        self.process: subprocess.Popen[bytes]
        self.demo: dict[str, str] = {}

    def start(self) -> None:
        """Start it and wait until it is ready."""
        lay_key(self.folder / "data")
        environment = {
            **os.environ,
            **self.told,
            "FOURPASS_DATABASE_URL": self.postgres.dsn(),
            **logins_at(self.postgres.dsn()),
            "FOURPASS_VALKEY_URL": self.valkey.url,
        }
        command = [sys.executable, "-m", "infra.local.cli", "up", "--port", "0"]
        command += self.options
        with (self.folder / "up.log").open("ab") as log:
            self.process = subprocess.Popen(
                [*command, "--data-dir", str(self.folder / "data")],
                env=environment,
                stdout=log,
                stderr=log,
            )
        until(self._ready_demo, within=_READY_SECONDS)

    def stop(self) -> int:
        """Ask it to stop, as Ctrl-C does, and return the exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(30)

    def is_ready(self) -> bool:
        """Say whether it answers that it is ready."""
        try:
            return httpx.get(f"{self.demo['base_url']}/health/ready", timeout=3).status_code == 200
        except httpx.TransportError:
            return False

    def alert(self, **fields: Any) -> httpx.Response:
        """Send an alert that differs from all others."""
        body = {"ticker": "BTCUSDT", "action": "buy", "quantity": "1", "price": "100", **fields}
        body.setdefault("id", f"e2e-{os.getpid()}-{next(_ids)}")
        return httpx.post(self.demo["webhook_url"], json=body, timeout=3)

    def get(self, path: str, **named: Any) -> Any:
        """Read from the API."""
        reply = httpx.get(self._url(path), headers=self.key(), timeout=5, **named)
        reply.raise_for_status()
        return reply.json()

    def post(self, path: str, body: Any = None, **headers: str) -> httpx.Response:
        """Ask the API for a change."""
        return httpx.post(self._url(path), json=body, headers={**self.key(), **headers}, timeout=10)

    def put(self, path: str, body: Any) -> httpx.Response:
        """Ask the API to replace something."""
        return httpx.put(self._url(path), json=body, headers=self.key(), timeout=10)

    def order(self, reply: httpx.Response, *, until_state: str, within: float = 10) -> Any:
        """Wait until the reply's only order is in a state, and return it."""
        [order] = reply.json()["orders"]
        return self.order_by_id(order["id"], until_state=until_state, within=within)

    def order_by_id(self, order_id: str, *, until_state: str, within: float = 10) -> Any:
        """Wait until an order is in a state, and return it."""

        def look() -> Any:
            try:
                found = self.get(f"/api/orders/{order_id}")
            except httpx.HTTPError:
                return None
            return found if found["state"] == until_state else None

        return until(look, within=within)

    def protect(self) -> str:
        """Give the demo user a second factor, as live trading needs; return its seed."""
        with httpx.Client(base_url=self.demo["base_url"], timeout=10) as browser:
            who = {"email": self.demo["email"], "password": self.demo["password"]}
            token = browser.post("/api/auth/sign-in", json=who).json()["csrf_token"]
            own = {"X-CSRF-Token": token}
            seed = str(browser.post("/api/auth/totp/enroll", headers=own).json()["secret"])
            code = {"totp": TOTP(seed).now()}
            browser.post("/api/auth/totp/confirm", json=code, headers=own).raise_for_status()
        return seed

    def key(self) -> dict[str, str]:
        """Return the header that says who calls."""
        return {"Authorization": f"Bearer {self.demo['api_key']}"}

    def _url(self, path: str) -> str:
        return f"{self.demo['base_url']}{path}"

    def _ready_demo(self) -> dict[str, str] | None:
        """Read the demo's file, whose address is new at every start, until it is ready there."""
        if self.process.poll() is not None:
            raise AssertionError((self.folder / "up.log").read_text()[-2000:])
        file = self.folder / "data" / "demo.json"
        if not file.is_file():
            return None
        self.demo = msgspec.json.decode(file.read_bytes(), type=dict[str, str])
        return self.demo if self.is_ready() else None


def until(look: Callable[[], _T | None], *, within: float) -> _T:
    """Look until there is something to see."""
    ends = monotonic() + within
    while (seen := look()) is None:
        if monotonic() > ends:
            msg = f"nothing came within {within} s"
            raise AssertionError(msg)
        sleep(0.02)
    return seen


@contextmanager
def running_profile(
    folder: Path,
    *,
    queues: str = "valkey",
    with_doubles: bool = False,
    told: Mapping[str, str] | None = None,
) -> Generator[Profile]:
    """Run the profile on a PostgreSQL and a Valkey of its own, its queues on Valkey or on SQS."""
    options = ["--queues", queues, *(["--with-doubles"] if with_doubles else [])]
    with running_postgres() as postgres, running_valkey(ValkeyOptions()) as valkey:
        let_in(postgres)
        profile = Profile(folder, postgres, valkey, options=options, told=told or {})
        try:
            profile.start()
            yield profile
        finally:
            if profile.process.poll() is None:
                profile.stop()
