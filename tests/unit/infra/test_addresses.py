from __future__ import annotations

import socket
from pathlib import Path

import pytest

from infra.local.embedded.addresses import empty_folder, fits_a_socket, free_port


def test_short_path_fits() -> None:
    assert fits_a_socket(Path("/tmp/4p/postgres/run/.s.PGSQL.5432"))


@pytest.mark.parametrize("size", [107, 108])
def test_the_kernels_limit_is_107_bytes(size: int) -> None:
    assert fits_a_socket(Path("/" + "x" * (size - 1))) is (size <= 107)


def test_limit_counts_bytes_and_not_characters() -> None:
    assert not fits_a_socket(Path("/" + "\u53f0" * 40))


@pytest.mark.parametrize("character", ["?", "#", "%", "&", ",", " "])
def test_path_that_a_url_would_bend_does_not_fit(character: str) -> None:
    assert not fits_a_socket(Path(f"/tmp/a{character}b"))


def test_free_port_can_be_bound() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", free_port()))


def test_folder_is_made_private_and_emptied(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    empty_folder(folder)
    (folder / "stale.sock").touch()

    empty_folder(folder)

    assert list(folder.iterdir()) == []
    assert folder.stat().st_mode & 0o777 == 0o700
