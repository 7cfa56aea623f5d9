"""A house in the applied cloud: record and hints of this machine, an edge, and workers by ECS."""

from __future__ import annotations

import signal
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import anyio
import httpx
import msgspec

from bus.values import SystemClock
from infra.local.demo import Made, make_demo
from infra.local.schema import bring_up_to_date
from tests.e2e.profile import until
from tests.infra.applied.ecs import environment, role_of, run, running_agent
from tests.servers.postgres import running_postgres
from tests.servers.valkey import ValkeyOptions, free_ports, running_valkey

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path

    from infra.local.demo import Demo
    from tests.infra.applied.cloud import Cloud
    from tests.infra.applied.ecs import Agent

_READY_S = 60.0


class House:
    """Its edge's address, its demo user and its workers."""

    def __init__(self, demo: Demo, agent: Agent) -> None:
        self.demo, self.agent = demo, agent

    def alert(self, **fields: Any) -> httpx.Response:
        body = {"ticker": "BTCUSDT", "action": "buy", "quantity": "1", "price": "100", **fields}
        return httpx.post(self.demo.webhook_url, json=body, timeout=10)

    def order(self, order_id: str) -> Any:
        return self._get(f"/api/orders/{order_id}")

    def is_ready(self) -> bool | None:
        try:
            reply = httpx.get(f"{self.demo.base_url}/health/ready", timeout=3)
        except httpx.TransportError:
            return None
        return reply.status_code == 200 or None

    def _get(self, path: str) -> Any:
        key = {"Authorization": f"Bearer {self.demo.api_key}"}
        reply = httpx.get(f"{self.demo.base_url}{path}", headers=key, timeout=10)
        reply.raise_for_status()
        return reply.json()


@contextmanager
def running_house(cloud: Cloud, folder: Path) -> Generator[House]:
    """Run it. Terraform's own addresses lead to what the emulator only names, so the secret of
    addresses is set anew: what an operator does who moves to another database."""
    told = cloud.outputs()
    options = ValkeyOptions(is_cluster=True)
    with running_postgres() as postgres, running_valkey(options) as valkey:
        anyio.run(bring_up_to_date, postgres.dsn())
        addresses = {"FOURPASS_DATABASE_URL": postgres.dsn(), "FOURPASS_VALKEY_URL": valkey.url}
        cloud.client("secretsmanager").put_secret_value(
            SecretId=told["addresses_secret_arn"],
            SecretString=msgspec.json.encode(addresses).decode(),
        )
        (port,) = free_ports(1)
        url = f"http://127.0.0.1:{port}"
        families = told["task_definitions"]
        home = folder / "edge"
        home.mkdir(parents=True)
        role = role_of(cloud, families["edge"])
        here = {
            "FOURPASS_HOST": "127.0.0.1",
            "FOURPASS_PORT": str(port),
            "FOURPASS_PUBLIC_URL": url,
        }
        environ = {**environment(cloud, families["edge"], home=home, role=role), **here}
        made = anyio.run(_make_demo, folder, postgres.dsn(), url)
        edge = run("edge", environ, home)
        cluster, family = told["cluster_name"], families["worker"]
        try:
            with running_agent(cloud, cluster=cluster, family=family, home=folder) as agent:
                house = House(made.demo, agent)
                until(house.is_ready, within=_READY_S)
                yield house
        finally:
            edge.send_signal(signal.SIGTERM)
            edge.wait(30)


async def _make_demo(folder: Path, database_url: str, url: str) -> Made:
    made = await make_demo(folder, database_url=database_url, base_url=url, clock=SystemClock())
    assert isinstance(made, Made)
    return made
