"""The images, read and linted; there is nothing here that could build or run one."""

from __future__ import annotations

import base64
import json
import re
import subprocess
from typing import TYPE_CHECKING

import pytest

from infra.images.entry import BOX_KEYS, ORIGIN_KEYS, main, unfolded
from infra.local.cloud.tools import installed
from infra.local.making.bootstrap import ROOT

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [pytest.mark.infra, pytest.mark.timeout(300)]

IMAGES = ("edge", "worker", "control-plane")
KEY = base64.b64encode(bytes(range(32))).decode()


def lines(image: str) -> list[str]:
    text = (ROOT / "infra" / "images" / f"{image}.Dockerfile").read_text()
    return re.sub(r"\\\n\s*", " ", text).splitlines()


@pytest.mark.parametrize("image", IMAGES)
def test_linter_finds_nothing(image: str) -> None:
    done = subprocess.run(
        [str(installed("infra") / "hadolint"), f"infra/images/{image}.Dockerfile"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert (done.returncode, done.stdout) == (0, "")


@pytest.mark.parametrize("image", IMAGES)
def test_image_is_small_locked_and_nobodys(image: str) -> None:
    said = lines(image)
    last = said[max(n for n, line in enumerate(said) if line.startswith("FROM ")) :]

    assert sum(line.startswith("FROM ") for line in said) >= 2
    assert "USER 10001:10001" in last
    assert not any("pip install" in line for line in last)
    assert any(line.startswith("HEALTHCHECK ") for line in last)
    assert all(
        "--require-hashes" in line for line in said if "pip install" in line and "-r " in line
    )
    assert "latest" not in "".join(line for line in said if line.startswith(("FROM", "ARG")))


@pytest.mark.parametrize("image", IMAGES)
def test_everything_that_is_copied_is_there(image: str) -> None:
    for line in lines(image):
        if line.startswith("COPY ") and "--from" not in line:
            for source in line.split()[1:-1]:
                assert (ROOT / source).exists(), source


def test_keys_become_files_and_leave_the_environment(tmp_path: Path) -> None:
    told = {
        ORIGIN_KEYS: json.dumps({"1": KEY}),
        BOX_KEYS: json.dumps({"1": KEY, "2": KEY}),
        "FOURPASS_VAULT_ORIGIN_KEYS": str(tmp_path / "origin"),
        "FOURPASS_SECRET_BOX_KEYS": str(tmp_path / "box"),
    }

    rest = unfolded(told)

    assert rest.keys() == told.keys() - {ORIGIN_KEYS, BOX_KEYS}
    assert (tmp_path / "origin" / "1.key").read_bytes() == bytes(range(32))
    assert (tmp_path / "box" / "2.key").stat().st_mode & 0o777 == 0o600
    # A container that is started again finds them.
    assert unfolded(told) == rest


@pytest.mark.parametrize("told", ["[]", "{", '{"one": "x"}', '{"1": "??"}', '{"1": 7}'])
def test_what_are_no_keys_is_refused_and_not_repeated(
    told: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    environment = {ORIGIN_KEYS: told, "FOURPASS_VAULT_ORIGIN_KEYS": str(tmp_path / "origin")}

    assert main(["edge"], environment) == 78
    assert ORIGIN_KEYS in (said := capsys.readouterr().err)
    assert told == "{" or told not in said


def test_keys_without_a_folder_are_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["edge"], {BOX_KEYS: json.dumps({"1": KEY})}) == 78
    assert "FOURPASS_SECRET_BOX_KEYS is not set" in capsys.readouterr().err


def test_an_edge_that_is_not_there_is_not_well() -> None:
    assert main(["health"], {"FOURPASS_PORT": "1"}) == 1
