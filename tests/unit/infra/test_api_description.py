"""The description that the dashboard's types are made from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from infra.local.making import api_description
from tests.unit.edge.house import a_house

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "openapi.json"
    monkeypatch.setattr(api_description, "FILE", path)
    return path


def test_file_that_was_just_written_has_not_drifted(file: Path) -> None:
    assert api_description.main([]) == 0
    assert api_description.main(["--check"]) == 0
    assert file.is_file()


def test_drift_is_told(file: Path, capfd: pytest.CaptureFixture[str]) -> None:
    api_description.main([])
    file.write_bytes(file.read_bytes().replace(b'"OrderBody"', b'"OldBody"', 1))

    assert api_description.main(["--check"]) == 1
    assert "make client" in capfd.readouterr().err


def test_missing_file_is_drift(file: Path) -> None:
    assert not file.exists()
    assert api_description.main(["--check"]) == 1


@pytest.mark.anyio
async def test_it_is_what_the_edge_says() -> None:
    async with a_house() as house:
        said: dict[str, Any] = (await house.client.get("/schema/openapi.json")).json()

    assert msgspec.json.decode(api_description.describe()) == said
