"""What a container starts: unfolds the keys it was told, forgets them, and becomes the command.

ECS hands a secret over as a variable. Here it becomes files on a memory disk, as the vault wants
them, and the variable is gone before the process that serves begins: nothing of it is left in
`/proc/*/environ`.
"""

from __future__ import annotations

import base64
import binascii
import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn
from urllib.error import URLError
from urllib.request import urlopen

from handlers.vault.key_files import SYMMETRIC, write_key
from handlers.vault.settings import BOX_VARIABLE, ORIGIN_VARIABLE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

ORIGIN_KEYS = "FOURPASS_ORIGIN_KEYS_JSON"
BOX_KEYS = "FOURPASS_BOX_KEYS_JSON"
FOLDERS = {ORIGIN_KEYS: ORIGIN_VARIABLE, BOX_KEYS: BOX_VARIABLE}
_PATIENCE_S = 4.0


def main(words: Sequence[str], environment: Mapping[str, str]) -> int:
    """Answer whether the edge is well (`health`), or become `fourpass` with these words."""
    if list(words) == ["health"]:
        return int(not is_well(environment))
    try:
        rest = unfolded(environment)
    except (ValueError, OSError) as error:
        sys.stderr.write(f"entry: {error}\n")
        return os.EX_CONFIG
    program = str(Path(sys.executable).with_name("fourpass"))
    return become(program, words, rest)


def become(program: str, words: Sequence[str], environment: Mapping[str, str]) -> NoReturn:
    """Go on as another program."""
    os.execve(program, [program, *words], dict(environment))  # noqa: S606 - what it is for


def unfolded(environment: Mapping[str, str]) -> dict[str, str]:
    """Write the keys to their folders and return the environment without them.

    A container that is started again finds its folders as it left them.

    Raises:
        ValueError: A variable is no JSON object of keys, or its folder is not named; it is named.
        OSError: A folder cannot be written.
    """
    rest = dict(environment)
    for variable, folder in FOLDERS.items():
        told = rest.pop(variable, "")
        if told:
            if not rest.get(folder):
                msg = f"{folder} is not set: where the keys of {variable} go"
                raise ValueError(msg)
            _write(Path(rest[folder]), _keys(variable, told))
    return rest


def _keys(variable: str, told: str) -> dict[int, bytes]:
    try:
        return {
            int(number): base64.b64decode(key, validate=True)
            for number, key in json.loads(told).items()
        }
    except (ValueError, AttributeError, TypeError, binascii.Error):
        # What it says is never repeated.
        msg = f'{variable} is not of the form {{"1": BASE64}}'
        raise ValueError(msg) from None


def _write(folder: Path, keys: Mapping[int, bytes]) -> None:
    for number, key in keys.items():
        if not (folder / f"{number}{SYMMETRIC}").exists():
            write_key(folder, number, SYMMETRIC, key)


def is_well(environment: Mapping[str, str]) -> bool:
    """Say whether the edge of this container answers."""
    url = f"http://127.0.0.1:{environment.get('FOURPASS_PORT') or 8000}/health/live"
    try:
        with urlopen(url, timeout=_PATIENCE_S) as reply:
            return bool(reply.status == 200)
    except (URLError, OSError):
        return False


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], os.environ))
