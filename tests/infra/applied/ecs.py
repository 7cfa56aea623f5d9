"""Plays what runs tasks: an agent of ECS, for the emulator answers RunTask and runs nothing.

A process gets exactly what the applied task definition and RunTask tell it: variables, secrets
looked up as ECS does with the execution role's right, and the overrides. What is changed is only
where things are on this machine.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from tests.infra.applied.cloud import ACCOUNT, REGION

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping, Sequence

    from tests.infra.applied.cloud import Cloud

ROOT = Path(__file__).resolve().parents[3]


def environment(
    cloud: Cloud, family: str, *, home: Path, role: Mapping[str, str]
) -> dict[str, str]:
    """What the applied task definition tells its container, and where the container is."""
    shown = cloud.client("ecs").describe_task_definition(taskDefinition=family)
    [container] = shown["taskDefinition"]["containerDefinitions"]
    told = {each["name"]: each["value"] for each in container["environment"]}
    told |= {each["name"]: secret(cloud, each["valueFrom"]) for each in container["secrets"]}
    here = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "HOME": str(home)}
    folders = {
        name: value.replace("/run/fourpass", str(home / "keys")).replace("/tmp", str(home))
        for name, value in told.items()
        if value.startswith(("/run/fourpass", "/tmp"))
    }
    return {**told, **here, **folders, **role}


def secret(cloud: Cloud, named: str) -> str:
    """A secret by `ARN` or `ARN:key::`, as a task definition names it."""
    parts = named.split(":")
    arn, key = ":".join(parts[:7]), parts[7] if len(parts) > 7 else ""
    text = cloud.client("secretsmanager").get_secret_value(SecretId=arn)["SecretString"]
    return msgspec.json.decode(text, type=dict[str, str])[key] if key else text


def role_of(cloud: Cloud, family: str) -> dict[str, str]:
    """Credentials of a task's own role, as its process gets them.

    Only ECS may take the role. So the account's owner is let in for this one call, and out again.
    """
    shown = cloud.client("ecs").describe_task_definition(taskDefinition=family)
    arn = shown["taskDefinition"]["taskRoleArn"]
    iam, name = cloud.client("iam"), arn.rpartition("/")[2]
    trusted = iam.get_role(RoleName=name)["Role"]["AssumeRolePolicyDocument"]
    owner = {
        "Effect": "Allow",
        "Action": "sts:AssumeRole",
        "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"},
    }
    _trust(iam, name, {**trusted, "Statement": [*trusted["Statement"], owner]})
    try:
        given = cloud.client("sts").assume_role(RoleArn=arn, RoleSessionName="task")["Credentials"]
    finally:
        _trust(iam, name, trusted)
    return {
        "AWS_ACCESS_KEY_ID": given["AccessKeyId"],
        "AWS_SECRET_ACCESS_KEY": given["SecretAccessKey"],
        "AWS_SESSION_TOKEN": given["SessionToken"],
        "AWS_REGION": REGION,
    }


def _trust(iam: Any, name: str, document: Mapping[str, Any]) -> None:
    iam.update_assume_role_policy(
        RoleName=name, PolicyDocument=msgspec.json.encode(document).decode()
    )


class Agent:
    """Runs each task that RunTask started, until it is told to stop."""

    def __init__(self, cloud: Cloud, *, cluster: str, family: str, home: Path) -> None:
        self.started: dict[str, subprocess.Popen[bytes]] = {}
        self.told: dict[str, list[dict[str, str]]] = {}
        self._cloud, self._cluster, self._family, self._home = cloud, cluster, family, home
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        self._thread.join(30)
        for process in self.started.values():
            process.send_signal(signal.SIGTERM)
        for process in self.started.values():
            process.wait(40)

    def _run(self) -> None:
        ecs = self._cloud.client("ecs")
        while not self._stopping.wait(0.2):
            arns = ecs.list_tasks(cluster=self._cluster, family=self._family)["taskArns"]
            new = [arn for arn in arns if arn not in self.started]
            for task in (
                ecs.describe_tasks(cluster=self._cluster, tasks=new)["tasks"] if new else ()
            ):
                self._start(task)

    def _start(self, task: Mapping[str, Any]) -> None:
        [override] = task["overrides"]["containerOverrides"]
        self.told[task["taskArn"]] = override["environment"]
        told = {each["name"]: each["value"] for each in override["environment"]}
        home = self._home / task["taskArn"].rpartition("/")[2]
        home.mkdir(parents=True)
        role = role_of(self._cloud, self._family)
        environ = {**environment(self._cloud, self._family, home=home, role=role), **told}
        self.started[task["taskArn"]] = run(command(self._cloud, self._family), environ, home)


def command(cloud: Cloud, family: str) -> list[str]:
    """What the applied task definition has its container start."""
    shown = cloud.client("ecs").describe_task_definition(taskDefinition=family)
    [container] = shown["taskDefinition"]["containerDefinitions"]
    return container["command"]


def run(words: Sequence[str], environ: Mapping[str, str], home: Path) -> subprocess.Popen[bytes]:
    """Start what the image's entry starts."""
    with (home / f"{words[0]}.log").open("ab") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "infra.images.entry", *words],
            cwd=home,
            env=dict(environ),
            stdout=log,
            stderr=log,
        )


@contextmanager
def running_agent(cloud: Cloud, *, cluster: str, family: str, home: Path) -> Generator[Agent]:
    agent = Agent(cloud, cluster=cluster, family=family, home=home)
    agent.start()
    try:
        yield agent
    finally:
        agent.stop()
