"""Bytes in, signals out; whatever the bytes are, nothing else is ever raised than `SignalError`."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from handlers.phrases import phrase
from handlers.signals.build import build_signal
from handlers.signals.dialects.keyvalue import entries_of, read_keyvalue
from handlers.signals.dialects.objects import dialect_of, read_object
from handlers.signals.dialects.pineconnector import is_pineconnector, read_pineconnector
from handlers.signals.dialects.text import read_text
from handlers.signals.dialects.wundertrading import is_wundertrading, read_wundertrading
from handlers.signals.errors import Code, SignalError
from handlers.signals.keys import has_placeholder
from handlers.signals.secrets import (
    mask_text,
    mask_values,
    may_hold_secrets,
    shows_secrets,
    token_in,
    token_in_text,
)
from handlers.signals.signal import Normalised
from handlers.signals.straight import read_straight
from handlers.signals.strict_json import decode, is_array, is_object

if TYPE_CHECKING:
    from handlers.signals.reading import Reading

MAX_BYTES = 16 * 1024
MAX_COMMANDS = 10

_BOM = "\ufeff"
# A body that begins so is a text that was to be filled in, and no JSON.
_PLACEHOLDER = re.compile(r"\{\{\s*[A-Za-z_]")


def normalise(body: bytes) -> Normalised:
    """Turn an alert's body into what it means; the Content-Type is not asked.

    Raises:
        SignalError: The body is refused; the checks run in the order encoding, syntax,
            placeholder, typo, missing, values, conflicts.
    """
    before, text = _text_of(body)
    if _is_json(text):
        return _from_json(text, before)
    dialect, reading = _read_text(text)
    return _normalised([(dialect, reading)], mask_text(text))


def find_token(body: bytes) -> str | None:
    """Return the webhook token under a secret key of the body; `None` for any body without."""
    try:
        before, text = _text_of(body)
        return token_in(decode(text, before=before)) if _is_json(text) else token_in_text(text)
    except SignalError:
        # Who sends broken JSON shall read what is broken about it.
        return token_in_text(body[:MAX_BYTES].decode("utf-8", "replace"))


def masked_body(body: bytes) -> str:
    """Return any body as it may be stored: at most 16 KiB of text, secrets masked."""
    text = _stripped(body[:MAX_BYTES].decode("utf-8", "replace"))[1]
    if _is_json(text):
        try:
            return _storable(_masked_json(text, decode(text)))
        except SignalError:
            pass
    return _storable(mask_text(text))


def _text_of(body: bytes) -> tuple[str, str]:
    """Return the space before the text, and the text."""
    if len(body) > MAX_BYTES:
        raise SignalError(
            Code.BODY_TOO_LARGE,
            phrase("body_too_large", bytes=str(len(body)), most=str(MAX_BYTES)),
            hint=phrase("few_hundred_bytes"),
        )
    try:
        before, text = _stripped(body.decode("utf-8"))
    except UnicodeDecodeError:
        hint = phrase("send_utf8")
        raise SignalError(Code.NOT_UTF8, phrase("not_utf8"), hint=hint) from None
    if not text:
        hint = phrase("fill_in_message")
        raise SignalError(Code.EMPTY_BODY, phrase("body_empty"), hint=hint)
    return before, text


def _stripped(body: str) -> tuple[str, str]:
    """Part what stands before the text from it; a byte order mark is nothing at all."""
    text = body.strip()
    if text.startswith(_BOM):
        text = text.strip(_BOM).strip()
    before = body[: body.find(text)] if len(text) < len(body) else ""
    return before.replace(_BOM, ""), text


def _is_json(text: str) -> bool:
    return text[:1] in {"{", "["} and _PLACEHOLDER.match(text) is None


def _from_json(text: str, before: str) -> Normalised:
    value = decode(text, before=before)
    if is_object(value) and "\\" not in text and not has_placeholder(text):
        straight = read_straight(value)
        if straight is not None:
            shape, signal = straight
            return Normalised(
                dialect=shape.dialect, signals=(signal,), warnings=(), masked=text, shape=shape
            )
    commands = value if is_array(value) else [value]
    if len(commands) > MAX_COMMANDS:
        raise SignalError(
            Code.TOO_MANY_COMMANDS,
            phrase("too_many_commands", count=str(len(commands)), most=str(MAX_COMMANDS)),
        )
    if not commands:
        raise SignalError(Code.EMPTY_BODY, phrase("no_command"))
    read: list[tuple[str, Reading]] = []
    for command in commands:
        if not is_object(command):
            raise SignalError(Code.INVALID_FIELD, phrase("command_no_object"))
        dialect = dialect_of(command)
        read.append((dialect, read_object(dialect, command)))
    return _normalised(read, _masked_json(text, value))


def _masked_json(text: str, value: object) -> str:
    """Mask in the text as it was typed, unless a secret could still be read in it."""
    if not may_hold_secrets(text):
        return text
    masked = mask_text(text)
    if "\\" in text or shows_secrets(value, masked):
        return json.dumps(mask_values(value), ensure_ascii=False)
    return masked


def _read_text(text: str) -> tuple[str, Reading]:
    if is_pineconnector(text):
        return "pineconnector", read_pineconnector(text)
    entries = entries_of(text)
    if entries is not None:
        return "keyvalue", read_keyvalue(entries)
    if is_wundertrading(text):
        return "wundertrading", read_wundertrading(text)
    return "text", read_text(text)


def _normalised(read: list[tuple[str, Reading]], masked: str) -> Normalised:
    signals = tuple([build_signal(reading) for _, reading in read])
    warnings = [warning for _, reading in read for warning in reading.warnings]
    return Normalised(
        dialect=read[0][0],
        signals=signals,
        warnings=tuple(dict.fromkeys(warnings)),
        masked=_storable(masked),
    )


def _storable(text: str) -> str:
    return text.replace("\x00", "\ufffd")
