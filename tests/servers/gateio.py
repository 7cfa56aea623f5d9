"""Gate's double as a process, for tests that reach it as anybody would."""

from __future__ import annotations

import subprocess
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from urllib.request import Request, urlopen

import msgspec

from infra.local.doubles.gateio.control import Told

if TYPE_CHECKING:
    from collections.abc import Generator

KEY = "f3a1c2d4e5b60718"
SECRET = "5d41402abc4b2a76b9719d911017c592"
_STOP_SECONDS = 10.0


class GateProcess:
    """One process of the double, and its control routes."""

    def __init__(self, address: str) -> None:
        self.address = address

    def control(self, name: str, **said: Any) -> None:
        """Tell the double how to behave."""
        self._ask(name, msgspec.json.encode(said))

    def ledger(self) -> Told:
        """Return every order there ever was, and how often each was written."""
        return msgspec.json.decode(self._ask("ledger", None), type=Told)

    def _ask(self, name: str, body: bytes | None) -> bytes:
        with urlopen(Request(f"{self.address}/control/{name}", data=body)) as reply:
            return reply.read()


@contextmanager
def running_gate(*words: str) -> Generator[GateProcess]:
    """Run the double with one account."""
    command = [sys.executable, "-m", "infra.local.doubles.gateio", "--key", KEY, "--secret", SECRET]
    with subprocess.Popen([*command, *words], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        said = msgspec.json.decode(process.stdout.readline(), type=dict[str, str])
        try:
            yield GateProcess(said["address"])
        finally:
            process.terminate()
            process.wait(_STOP_SECONDS)
