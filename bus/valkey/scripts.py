"""Lua beside the code, sent by its digest and in full only to a server that does not know it."""

from __future__ import annotations

from hashlib import sha1
from pathlib import Path
from typing import TYPE_CHECKING

import hiredis

from bus.valkey.faults import as_error, code_of
from bus.valkey.wire import pack

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bus.valkey.client import Client
    from bus.valkey.connection import Reply
    from bus.valkey.wire import Word

_FOLDER = Path(__file__).parent / "lua"


class Script:
    """One script; the parts are files of this folder, joined in their order."""

    def __init__(self, *parts: str) -> None:
        self.text = "\n".join((_FOLDER / f"{part}.lua").read_text("utf-8") for part in parts)
        self.digest = sha1(self.text.encode(), usedforsecurity=False).hexdigest()

    def packed(self, keys: Sequence[str], *arguments: Word) -> bytes:
        """Return the command that runs it by its digest."""
        return pack("EVALSHA", self.digest, len(keys), *keys, *arguments)

    def packed_whole(self, keys: Sequence[str], *arguments: Word) -> bytes:
        """Return the command that runs it by its text; the server then knows it."""
        return pack("EVAL", self.text, len(keys), *keys, *arguments)

    async def run(self, client: Client, keys: Sequence[str], *arguments: Word) -> Reply:
        """Run it where its keys live; all of them share one hash tag.

        Raises:
            TransportUnavailableError: The server is away or was lost before it answered.
            RefusedError: The script failed.
        """
        reply = await client.ask(keys[0], self.packed(keys, *arguments))
        if isinstance(reply, hiredis.ReplyError):
            if code_of(reply) != "NOSCRIPT":
                raise as_error(reply)
            # Nothing was executed, so sending it again is safe.
            return await client.call(keys[0], "EVAL", self.text, len(keys), *keys, *arguments)
        return reply
