"""A house in the applied cloud: record and hints of this machine, an edge, and workers by ECS."""

from __future__ import annotations

import signal
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import anyio
import httpx
import msgspec

from bus.values import OrderState, SystemClock
from handlers.records.lifecycle import FINAL
from infra.local.demo import Made, make_demo
from tests.e2e.profile import until
from tests.infra.applied.ecs import command, environment, role_of, run, running_agent
from tests.servers.postgres import running_postgres
from tests.servers.valkey import ValkeyOptions, free_ports, running_valkey

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path

    from infra.local.demo import Demo
    from tests.infra.applied.cloud import Cloud
    from tests.infra.applied.ecs import Agent
    from tests.servers.postgres import PostgresServer

_READY_S = 60.0

Login = dict[str, str]


class House:
    """Its edge's address, its demo user and its workers."""

    def __init__(self, demo: Demo, agent: Agent) -> None:
        self.demo, self.agent = demo, agent

    def alert(self, **fields: Any) -> httpx.Response:
        body = {"ticker": "BTCUSDT", "action": "buy", "quantity": "1", "price": "100", **fields}
        return httpx.post(self.demo.webhook_url, json=body, timeout=10)

    def order(self, order_id: str) -> Any:
        return self._get(f"/api/orders/{order_id}")

    def ended(self, order_id: str) -> Any:
        """The order once it is final; `None` before."""
        order = self.order(order_id)
        return order if OrderState(order["state"]) in FINAL else None

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
    """Run it. Terraform's own addresses lead to what the emulator only names, so each login's
    secret is told another host: what an operator does who moves to another database."""
    told = cloud.outputs()
    options = ValkeyOptions(is_cluster=True)
    with running_postgres() as postgres, running_valkey(options) as valkey:
        logins = moved(cloud, postgres, valkey.url)
        make_database(postgres, logins["owner"])
        migrate(cloud, folder)
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
        made = anyio.run(_make_demo, folder, environ["FOURPASS_DATABASE_URL"], url)
        edge = run(command(cloud, families["edge"]), environ, home)
        cluster, family = told["cluster_name"], families["worker"]
        try:
            with running_agent(cloud, cluster=cluster, family=family, home=folder) as agent:
                house = House(made.demo, agent)
                until(house.is_ready, within=_READY_S)
                yield house
        finally:
            edge.send_signal(signal.SIGTERM)
            edge.wait(30)


def moved(cloud: Cloud, postgres: PostgresServer, valkey_url: str) -> dict[str, Login]:
    """Each login as Terraform drew it, at the servers of this machine."""
    keeper, logins = cloud.client("secretsmanager"), dict[str, Login]()
    for who, arn in cloud.outputs()["login_secret_arns"].items():
        text = keeper.get_secret_value(SecretId=arn)["SecretString"]
        drawn = msgspec.json.decode(text, type=Login)
        parts = urlsplit(drawn["FOURPASS_DATABASE_URL"])
        assert parts.query == "sslmode=verify-full"
        host = f"{parts.username}:{parts.password}@{postgres.host}:{postgres.port}"
        drawn["FOURPASS_DATABASE_URL"] = f"postgresql://{host}{parts.path}"
        drawn["FOURPASS_VALKEY_URL"] = valkey_url
        keeper.put_secret_value(SecretId=arn, SecretString=msgspec.json.encode(drawn).decode())
        logins[who] = drawn
    return logins


def make_database(postgres: PostgresServer, owner: Login) -> None:
    """What Aurora makes of its master user: no superuser, but one who makes roles."""
    name, password = owner["username"], owner["password"]
    postgres.run_sql(f"CREATE ROLE {name} LOGIN CREATEROLE CREATEDB PASSWORD '{password}'")
    database = urlsplit(owner["FOURPASS_DATABASE_URL"]).path.removeprefix("/")
    postgres.run_sql(f"CREATE DATABASE {database} OWNER {name}")


def migrate(cloud: Cloud, folder: Path) -> None:
    """Run the task that an operator runs after an apply."""
    home = folder / "migrate"
    home.mkdir(parents=True)
    family = cloud.outputs()["migrate"]["task_definition"]
    environ = environment(cloud, family, home=home, role={})
    ended = run(command(cloud, family), environ, home).wait(60)
    assert ended == 0, (home / "migrate.log").read_text()


async def _make_demo(folder: Path, database_url: str, url: str) -> Made:
    made = await make_demo(folder, database_url=database_url, base_url=url, clock=SystemClock())
    assert isinstance(made, Made)
    return made
