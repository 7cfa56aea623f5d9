"""The staging environment as Terraform makes it, in what plays AWS."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, cast

import msgspec
from botocore.config import Config
from botocore.session import Session

from infra.local.cloud.package import build
from infra.local.cloud.plan import Resource
from infra.local.cloud.terraform import workspace
from tests.servers.emulator import running_emulator

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping

    from infra.local.cloud.terraform import Terraform

REGION = "ap-northeast-1"
BUCKET = "fourpass-states"
# The emulator takes this one for the account itself; all others are what their policies say.
OPERATOR = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}
ACCOUNT = "000000000000"
_REGISTRY = f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com"


class Cloud:
    """What was applied, and clients of what it was applied to."""

    def __init__(self, url: str, terraform: Terraform) -> None:
        self.url = url
        self.terraform = terraform
        self.words = (
            "-input=false", "-no-color", "-parallelism=30", "-var-file=emulated.tfvars.json",
        )  # fmt: skip

    def apply(self) -> None:
        self.terraform.run("apply", "-auto-approve", *self.words)

    def changes(self) -> str:
        """What a plan would change now; nothing, if it says nothing."""
        planned = self.terraform.run("plan", "-detailed-exitcode", *self.words, codes=(0, 2))
        return planned.stdout if planned.returncode else ""

    def destroy(self) -> None:
        self.terraform.run("destroy", "-auto-approve", *self.words)

    def outputs(self) -> Mapping[str, Any]:
        told = msgspec.json.decode(self.terraform.run("output", "-json").stdout)
        return {name: each["value"] for name, each in told.items()}

    def resources(self) -> tuple[Resource, ...]:
        """Everything that the state holds."""
        shown = msgspec.json.decode(self.terraform.run("show", "-json").stdout)
        return tuple(_resources(shown["values"]["root_module"])) if "values" in shown else ()

    def client(self, service: str) -> Any:
        """A client of the account's owner."""
        return client(service, self.url, OPERATOR)

    def client_as(self, who: Mapping[str, str], service: str) -> Any:
        """A client of whom these credentials are."""
        return client(service, self.url, who)


def _resources(module: Mapping[str, Any]) -> Generator[Resource]:
    for each in module.get("resources", ()):
        if each["mode"] == "managed":
            address = each["address"].removeprefix("module.house.")
            yield Resource(address=address, type=each["type"], values=each["values"])
    for child in module.get("child_modules", ()):
        yield from _resources(child)


def client(service: str, url: str, who: Mapping[str, str] = OPERATOR) -> Any:
    session = cast("Any", Session())
    return session.create_client(
        service,
        region_name=REGION,
        endpoint_url=url,
        aws_access_key_id=who["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=who["AWS_SECRET_ACCESS_KEY"],
        aws_session_token=who.get("AWS_SESSION_TOKEN"),
        config=Config(read_timeout=30, s3={"addressing_style": "path"}),
    )


@contextmanager
def opened_cloud() -> Generator[Cloud]:
    """Start what plays AWS and get Terraform ready, with its state in S3 and locked there."""
    with running_emulator(AUTH="true") as emulator, workspace("emulated") as space:
        client("s3", emulator.url).create_bucket(
            Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION}
        )
        environ = {**OPERATOR, "AWS_REGION": REGION, "AWS_ENDPOINT_URL": emulator.url}
        terraform = space.terraform("envs/staging", environ)
        told = variables(str(build()), emulator.url)
        (terraform.folder / "emulated.tfvars.json").write_bytes(msgspec.json.encode(told))
        terraform.init(
            f"-backend-config=bucket={BUCKET}", "-backend-config=key=staging.tfstate",
            f"-backend-config=region={REGION}", "-backend-config=use_path_style=true",
            "-backend-config=skip_credentials_validation=true",
            "-backend-config=skip_requesting_account_id=true",
            "-backend-config=skip_region_validation=true",
            f'-backend-config=endpoints={{s3="{emulator.url}"}}',
        )  # fmt: skip
        yield Cloud(emulator.url, terraform)


def variables(package: str, url: str) -> dict[str, Any]:
    return {
        "region": REGION,
        "tier": "solo",
        "public_url": "https://staging.example.com",
        "certificate_arn": f"arn:aws:acm:{REGION}:{ACCOUNT}:certificate/0-0-0-0",
        "images": {
            "edge": f"{_REGISTRY}/fourpass-edge:1.0.0",
            "worker": f"{_REGISTRY}/fourpass-worker:1.0.0",
        },
        "package": package,
        "deletion_protection": False,
        "aws_endpoint_url": url,
    }
