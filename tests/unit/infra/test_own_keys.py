"""The local profile's keys: drawn once, whole after every death, and told to whom they are for."""

from __future__ import annotations

import stat
from typing import TYPE_CHECKING

import pytest

from handlers.vault.open import check_sealer, check_unsealer, open_box
from handlers.vault.rsa_keys import fingerprint, read_private, read_public
from handlers.vault.settings import key_folder, read_sealer_settings, read_unsealer_settings
from infra.local import own_keys as module
from infra.local.listening import listening
from infra.local.own_keys import add_vault_key, own_keys
from infra.local.processes import own_processes
from infra.local.settings import LocalSettings
from infra.local.stack import commands
from tests.servers.keys import drawn_key

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(autouse=True)
def quickly_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keys are of the true size; a test run draws each but once."""
    drawn = iter(range(1, 100))
    monkeypatch.setattr(module, "new_key", lambda: drawn_key(next(drawn) % 2))


def contents(folder: Path) -> dict[str, bytes]:
    files = (path for path in (folder / "keys").rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


def test_what_is_drawn_serves_edge_and_worker(tmp_path: Path) -> None:
    told = own_keys(tmp_path)

    check_sealer(read_sealer_settings(told))
    check_unsealer(read_unsealer_settings(told))
    open_box(key_folder(told, "FOURPASS_SECRET_BOX_KEYS"))


def test_every_key_file_is_its_owners_alone(tmp_path: Path) -> None:
    own_keys(tmp_path)

    modes = {stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "keys").rglob("*.*")}
    folders = {stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "keys").iterdir()}
    assert (modes, folders) == ({0o600}, {0o700})


def test_a_second_start_draws_nothing(tmp_path: Path) -> None:
    own_keys(tmp_path)
    first = contents(tmp_path)

    own_keys(tmp_path)

    assert contents(tmp_path) == first


@pytest.mark.parametrize("lost", ["public/1.pem", "origin/1.key", "box/1.key"])
def test_what_an_early_death_left_out_is_made_good(tmp_path: Path, lost: str) -> None:
    own_keys(tmp_path)
    first = contents(tmp_path)
    (tmp_path / "keys" / lost).unlink()

    own_keys(tmp_path)

    assert contents(tmp_path).keys() == first.keys()
    assert contents(tmp_path)["keys/private/1.pem"] == first["keys/private/1.pem"]


def test_a_new_version_comes_with_its_public_half(tmp_path: Path) -> None:
    own_keys(tmp_path)

    assert add_vault_key(tmp_path) == 2

    keys = tmp_path / "keys"
    private = read_private((keys / "private/2.pem").read_bytes(), variable="-", name="-")
    public = read_public((keys / "public/2.pem").read_bytes(), variable="-", name="-")
    assert fingerprint(public) == fingerprint(private.public_key())


def test_only_what_unseals_is_told_where_the_private_keys_are(tmp_path: Path) -> None:
    told = own_keys(tmp_path)

    with listening("127.0.0.1", 0) as bound:
        everything = {
            command.name: dict(command.environ or {})
            for process in own_processes(LocalSettings())
            for command in commands(process, told, bound)
        }

    knowing = [name for name, each in everything.items() if "private" in repr(each).lower()]
    assert knowing == ["worker-host"]
    assert everything["edge"]["FOURPASS_VAULT_PUBLIC_KEYS"] == str(tmp_path / "keys" / "public")
