"""Prometheus itself, where this machine has it: it reads our rules and asks our processes.

It is looked for in `FOURPASS_PROMETHEUS` (a folder), in `.tools`, where `make test` unpacks
Debian's package, and on PATH.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import msgspec
import pytest

from infra.local.making.bootstrap import ROOT
from infra.local.making.prometheus import BIN
from tests.servers.postgres import free_port

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence

RULES = ROOT / "infra" / "local" / "observing" / "rules.yml"


class Prometheus:
    """A Prometheus that asks every second."""

    def __init__(self, address: str) -> None:
        self._address = address

    def ask(self, query: str) -> list[dict[str, str]]:
        """Return the labels of what a query finds; what it does not understand is an error."""
        reply = httpx.get(f"{self._address}/api/v1/query", params={"query": query}, timeout=5)
        assert reply.status_code == 200, reply.text
        return [each["metric"] for each in reply.json()["data"]["result"]]

    def firing(self) -> set[str]:
        """Return the names of the alarms that people are told of now."""
        return {each["alertname"] for each in self.ask('ALERTS{alertstate="firing"}')}

    def ailing(self) -> list[Any]:
        """Return the rules that cannot be worked out, and whom it cannot ask."""
        rules = self._get("rules")["groups"]
        targets = self._get("targets")["activeTargets"]
        ill = [rule for group in rules for rule in group["rules"] if rule["health"] != "ok"]
        return [*ill, *(target for target in targets if target["health"] != "up")]

    def is_ready(self) -> bool:
        """Say whether it answers."""
        try:
            return httpx.get(f"{self._address}/-/ready", timeout=2).status_code == 200
        except httpx.TransportError:
            return False

    def _get(self, what: str) -> Any:
        reply = httpx.get(f"{self._address}/api/v1/{what}", timeout=5)
        reply.raise_for_status()
        return reply.json()["data"]


def program(name: str) -> Path:
    """Return where one of its programs is; without it the test says so and is left out."""
    for folder in filter(None, (os.environ.get("FOURPASS_PROMETHEUS"), str(BIN))):
        if (found := Path(folder) / name).is_file():
            return found
    on_path = shutil.which(name)
    if on_path is None:
        pytest.skip("PROMETHEUS IS MISSING, rules and queries are only parsed here")
    return Path(on_path)


@contextmanager
def running_prometheus(folder: Path, targets: Sequence[str]) -> Generator[Prometheus]:
    """Run one with our rules that asks these addresses."""
    address = f"127.0.0.1:{free_port()}"
    settings = {
        "global": {"scrape_interval": "1s", "scrape_timeout": "1s", "evaluation_interval": "1s"},
        "rule_files": [str(RULES)],
        "scrape_configs": [{"job_name": "fourpass", "static_configs": [{"targets": [*targets]}]}],
    }
    # JSON is YAML.
    (folder / "prometheus.yml").write_bytes(msgspec.json.encode(settings))
    command = [str(program("prometheus")), f"--config.file={folder / 'prometheus.yml'}"]
    command += [f"--storage.tsdb.path={folder / 'tsdb'}", f"--web.listen-address={address}"]
    with (folder / "prometheus.log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log)
        try:
            yield Prometheus(f"http://{address}")
        finally:
            process.terminate()
            process.wait(20)
