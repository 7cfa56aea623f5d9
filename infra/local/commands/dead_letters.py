"""`fourpass dead-letters`: every message that was set aside, for the operator to deal with."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import anyio
import msgspec

from bus.values import HOUSE, SystemClock
from handlers.control.dead_letters import all_letters, now_it_would, replay
from handlers.errors import NotFoundError
from handlers.records.audit import NewAuditEntry
from handlers.signals.secrets import mask_object
from infra.local.errors import LocalError
from infra.local.post import open_post
from infra.local.record import open_record
from infra.local.settings import data_dir

if TYPE_CHECKING:
    from argparse import Namespace
    from uuid import UUID

    from bus.base import DeadLetter
    from bus.bundle import Bus
    from handlers.store.base import Store

_CLOCK = SystemClock()
_LONGEST_REASON = 60


def run(arguments: Namespace, environment: dict[str, str]) -> int:
    """Do what the line says; 0 if it was done."""
    anyio.run(_run, arguments, environment)
    return 0


async def _run(arguments: Namespace, environment: dict[str, str]) -> None:
    folder = data_dir(environment, arguments.data_dir)
    async with open_record(environment, folder) as store, open_post(environment, folder) as bus:
        if arguments.doing == "list":
            await _list(store, bus, is_json=arguments.json)
            return
        letter = await _find(bus, arguments.id)
        match arguments.doing:
            case "show":
                _write(await shown(letter, store))
            case "replay":
                await _replay(letter, store, bus)
            case _:
                await _discard(letter, store, bus)


async def shown(letter: DeadLetter, store: Store) -> dict[str, Any]:
    """Return what a person may see of a letter; secrets in its body are masked."""
    message = None if letter.envelope is None else msgspec.to_builtins(letter.envelope.message)
    dead_at = datetime.fromtimestamp(letter.dead_at_ns / 1_000_000_000, UTC)
    return {
        "id": str(letter.id),
        "destination": letter.destination.value,
        "message_type": "" if message is None else message.get("type", ""),
        "reason": letter.reason,
        "attempts": letter.attempts,
        "dead_at": dead_at,
        "age_s": max(0, round((_CLOCK.now() - dead_at).total_seconds())),
        "now_it_would": await now_it_would(letter.envelope, store),
        "body": None if message is None else mask_object(message),
    }


async def _list(store: Store, bus: Bus, *, is_json: bool) -> None:
    letters = await all_letters(bus.dead_letters)
    if not letters and not is_json:
        sys.stdout.write("nothing was set aside\n")
    for letter in letters:
        line = await shown(letter, store)
        if is_json:
            _write(line)
            continue
        sys.stdout.write(
            f"{line['id']}  {line['destination']:<14} {line['message_type']:<14}"
            f" {line['age_s']:>7} s  x{line['attempts']}  now: {line['now_it_would']:<13}"
            f"  {line['reason'][:_LONGEST_REASON]}\n"
        )


async def _replay(letter: DeadLetter, store: Store, bus: Bus) -> None:
    if letter.envelope is None:
        raise LocalError("nobody can read this message, so it cannot be said again; discard it")
    await _note(letter, store, "dead_letter.replay")
    await replay(
        letter,
        letter.envelope,
        publisher=bus.publisher,
        dead_letters=bus.dead_letters,
        clock=_CLOCK,
    )
    sys.stdout.write(f"said again: {letter.id}\n")


async def _discard(letter: DeadLetter, store: Store, bus: Bus) -> None:
    await _note(letter, store, "dead_letter.discard")
    await bus.dead_letters.discard(letter.destination, letter.id)
    sys.stdout.write(f"discarded: {letter.id}\n")


async def _note(letter: DeadLetter, store: Store, action: str) -> None:
    """Write it into the log of the user whose message it is; of the house's own there is none."""
    if letter.envelope is None or letter.envelope.message.user_id == HOUSE:
        return
    entry = NewAuditEntry(
        user_id=letter.envelope.message.user_id,
        actor="operator:cli",
        action=action,
        subject=f"dead_letter:{letter.id}",
        before=mask_object(msgspec.to_builtins(letter.envelope.message)),
    )
    try:
        await store.audit.append(entry)
    except NotFoundError:
        # The user is gone, and the log with them.
        return


async def _find(bus: Bus, wanted: UUID) -> DeadLetter:
    for letter in await all_letters(bus.dead_letters):
        if letter.id == wanted:
            return letter
    msg = f"there is no dead letter {wanted}"
    raise LocalError(msg)


def _write(line: dict[str, Any]) -> None:
    sys.stdout.write(msgspec.json.encode(line).decode() + "\n")
