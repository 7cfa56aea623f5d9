"""Terraform as it is on this machine: its binary, the provider, and a copy of the code to run in.

Nothing is written beside the code, and nothing is asked of a registry where a mirror of providers
is found: `FOURPASS_TF_MIRROR` names one, else the usual places are looked at.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from infra.local.errors import CloudError
from infra.local.making.bootstrap import ROOT

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping

CODE = ROOT / "infra" / "aws"
MIRROR_VARIABLE = "FOURPASS_TF_MIRROR"
_PLACES = ("/opt", "/usr/share", "/usr/local/share", "/srv", "/mnt", str(Path.home()))
_REGISTRY = "registry.terraform.io"
_LEFT_BEHIND = ("*.tfstate*", ".terraform*", "overlays")
_TOLD_OF_A_FAILURE = 6000


class TerraformMissingError(CloudError):
    """Terraform or its provider is not to be had here; what needs it cannot be checked."""


class Terraform:
    """Runs Terraform in one folder, with an environment of its own."""

    def __init__(
        self, binary: str, folder: Path, *, home: Path, environ: Mapping[str, str]
    ) -> None:
        self.folder = folder
        self._binary = binary
        self._environ = {
            "PATH": os.environ.get("PATH", os.defpath),
            "HOME": str(home),
            "TF_DATA_DIR": str(home / f"data-{folder.name}"),
            "TF_IN_AUTOMATION": "1",
            "TF_CLI_CONFIG_FILE": str(home / "terraform.rc"),
            "CHECKPOINT_DISABLE": "1",
            "AWS_EC2_METADATA_DISABLED": "true",
            **environ,
        }

    def run(self, *words: str, codes: tuple[int, ...] = (0,)) -> subprocess.CompletedProcess[str]:
        """Run a command and keep what it says.

        Raises:
            CloudError: It ended with another code than these; what it said is told.
        """
        done = subprocess.run(  # noqa: S603 - no word of a command comes from outside
            [self._binary, *words],
            cwd=self.folder,
            env=self._environ,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode not in codes:
            said = (done.stdout + done.stderr)[-_TOLD_OF_A_FAILURE:]
            msg = f"`terraform {words[0]}` ended with {done.returncode}:\n{said}"
            raise CloudError(msg)
        return done

    def init(self, *words: str) -> None:
        """Make the folder ready; without words, without a state.

        Raises:
            TerraformMissingError: The provider is not to be had.
        """
        done = self.run("init", "-input=false", "-no-color", *(words or ("-backend=false",)),
                        codes=(0, 1))  # fmt: skip
        if done.returncode:
            said = (done.stdout + done.stderr)[-_TOLD_OF_A_FAILURE:]
            msg = f"`terraform init` failed:\n{said}"
            raise TerraformMissingError(msg)


def binary() -> str:
    """Return Terraform's path.

    Raises:
        TerraformMissingError: There is none on PATH.
    """
    found = shutil.which("terraform")
    if found is None:
        raise TerraformMissingError("no `terraform` is on PATH")
    return found


def mirror() -> Path | None:
    """Return the mirror of providers of this machine; `None`: the registry has to be asked."""
    named = os.environ.get(MIRROR_VARIABLE, "").strip()
    if named:
        return Path(named)
    for place in _PLACES:
        for depth in ("*", "*/*"):
            for found in Path(place).glob(f"{depth}/{_REGISTRY}"):
                return found.parent
    return None


@contextmanager
def workspace(*overlays: str) -> Generator[Workspace]:
    """Copy the code into a folder that goes away again, with overlays laid over it.

    Raises:
        TerraformMissingError: There is no Terraform.
    """
    found = binary()
    with tempfile.TemporaryDirectory(prefix="fourpass-terraform-") as named:
        home = Path(named)
        root = home / "aws"
        shutil.copytree(CODE, root, ignore=shutil.ignore_patterns(*_LEFT_BEHIND))
        for overlay in overlays:
            shutil.copytree(CODE / "overlays" / overlay, root, dirs_exist_ok=True)
        (home / "terraform.rc").write_text(_settings(mirror()))
        yield Workspace(found, home, root)


class Workspace:
    """A copy of the code, in which anything may be changed."""

    def __init__(self, found: str, home: Path, root: Path) -> None:
        self.home, self.root = home, root
        self._binary = found

    def terraform(self, folder: str, environ: Mapping[str, str] | None = None) -> Terraform:
        """Return Terraform in a folder of the copy, such as `envs/staging`."""
        return Terraform(self._binary, self.root / folder, home=self.home, environ=environ or {})


def _settings(found: Path | None) -> str:
    if found is None:
        return ""
    return (
        "provider_installation {\n  filesystem_mirror {\n"
        f'    path    = "{found}"\n    include = ["{_REGISTRY}/*/*"]\n  }}\n}}\n'
    )
