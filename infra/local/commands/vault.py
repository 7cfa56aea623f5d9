"""`fourpass vault rotate|rewrap|status`: a new key, all credentials under it, and the count."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import anyio

from handlers.rewrapping import Rewrapping
from handlers.vault.open import open_sealer, open_unsealer
from handlers.vault.settings import VAULT_VARIABLE, read_sealer_settings, read_unsealer_settings
from infra.local.errors import RefusedError
from infra.local.own_keys import add_vault_key, key_folders
from infra.local.record import open_record
from infra.local.settings import data_dir

if TYPE_CHECKING:
    from argparse import Namespace
    from pathlib import Path

    from handlers.store.base import Store

_ACTOR = "command:vault"


def run(arguments: Namespace, environment: dict[str, str]) -> int:
    """Do what the verb says; 1 if some credentials could not be put under the newest key."""
    folder = data_dir(environment, arguments.data_dir)
    told = {**key_folders(folder), **environment}
    if arguments.verb == "rotate":
        if environment.get(VAULT_VARIABLE, "local") != "local":
            raise RefusedError(
                "keys of KMS are made in KMS: name the new one in FOURPASS_VAULT_KMS_KEYS for all "
                "workers, then for the edge, and run `fourpass vault rewrap`"
            )
        sys.stdout.write(f"drew key version {add_vault_key(folder)}\n")
    if arguments.verb == "status":
        return anyio.run(_status, told, folder)
    return anyio.run(_rewrap, told, folder)


async def _rewrap(environment: dict[str, str], folder: Path) -> int:
    async with (
        open_record(environment, folder, role=None) as store,
        open_sealer(read_sealer_settings(environment)) as sealer,
        open_unsealer(read_unsealer_settings(environment)) as unsealer,
    ):
        job = Rewrapping(store=store, sealer=sealer, unsealer=unsealer, actor=_ACTOR)
        outcome = await job.run()
        sys.stdout.write(f"re-wrapped {outcome.done}\n")
        for account in outcome.stuck:
            sys.stdout.write(f"account {account}: cannot be opened; set its credentials anew\n")
        await _print_versions(store)
    return 1 if outcome.stuck else 0


async def _status(environment: dict[str, str], folder: Path) -> int:
    async with open_record(environment, folder, role=None) as store:
        await _print_versions(store)
    return 0


async def _print_versions(store: Store) -> None:
    counted = await store.accounts.key_versions()
    for version, count in sorted(counted.items()):
        sys.stdout.write(f"key version {version}: {count} accounts\n")
    if not counted:
        sys.stdout.write("no credentials are kept\n")
