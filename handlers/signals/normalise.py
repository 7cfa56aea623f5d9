"""Bytes in, signals out; whatever the bytes are, nothing else is ever raised than `SignalError`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from handlers.signals.build import build_signal
from handlers.signals.dialects.keyvalue import entries_of, read_keyvalue
from handlers.signals.dialects.objects import dialect_of, read_object
from handlers.signals.dialects.pineconnector import is_pineconnector, read_pineconnector
from handlers.signals.dialects.text import (
    is_wundertrading,
    read_text,
    read_wundertrading,
)
from handlers.signals.errors import Code, SignalError
from handlers.signals.secrets import (
    has_hidden_secrets,
    mask_text,
    mask_values,
    token_in,
    token_in_text,
)
from handlers.signals.signal import Normalised, Signal
from handlers.signals.strict_json import decode, is_array, is_object

if TYPE_CHECKING:
    from handlers.signals.reading import Reading

MAX_BYTES = 16 * 1024
MAX_COMMANDS = 10

_BOM = "\ufeff"


def normalise(body: bytes) -> Normalised:
    """Turn an alert's body into what it means; the Content-Type is not asked.

    Raises:
        SignalError: The body is refused; the checks run in the order encoding, syntax,
            placeholder, typo, missing, values, conflicts.
    """
    text = _text_of(body)
    if _is_json(text):
        return _from_json(text)
    dialect, reading = _read_text(text)
    signal = build_signal(reading)
    return _normalised(dialect, [(signal, reading)], mask_text(text))


def find_token(body: bytes) -> str | None:
    """Return the webhook token under a secret key of the body; `None` for any body without."""
    try:
        text = _text_of(body)
    except SignalError:
        return None
    if _is_json(text):
        try:
            return token_in(decode(text))
        except SignalError:
            return None
    return token_in_text(text)


def masked_body(body: bytes) -> str:
    """Return any body as it may be stored: at most 16 KiB of text, secrets masked."""
    text = body[:MAX_BYTES].decode("utf-8", "replace").replace("\x00", "\ufffd")
    if _is_json(text.strip()):
        try:
            return _masked_json(text.strip(), decode(text.strip()))
        except SignalError:
            pass
    return mask_text(text)


def _text_of(body: bytes) -> str:
    if len(body) > MAX_BYTES:
        raise SignalError(
            Code.BODY_TOO_LARGE,
            f"The body has {len(body)} bytes; {MAX_BYTES} are taken.",
            hint="An alert needs a few hundred bytes.",
        )
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        raise SignalError(
            Code.NOT_UTF8, "The body is no UTF-8 text.", hint="Send it as UTF-8."
        ) from None
    text = text.strip().removeprefix(_BOM).strip()
    if not text:
        raise SignalError(
            Code.EMPTY_BODY, "The body is empty.", hint="Fill in the alert's message."
        )
    return text


def _is_json(text: str) -> bool:
    return text[:1] in {"{", "["} and not text.startswith("{{")


def _from_json(text: str) -> Normalised:
    value = decode(text)
    commands = value if is_array(value) else [value]
    if len(commands) > MAX_COMMANDS:
        raise SignalError(
            Code.TOO_MANY_COMMANDS,
            f"The array has {len(commands)} commands; {MAX_COMMANDS} are taken.",
        )
    if not commands:
        raise SignalError(Code.EMPTY_BODY, "The array has no command in it.")
    read: list[tuple[Signal, Reading]] = []
    dialects: list[str] = []
    for command in commands:
        if not is_object(command):
            raise SignalError(Code.INVALID_FIELD, "A command in the array is no object.")
        dialects.append(dialect_of(command))
        reading = read_object(dialects[-1], command)
        read.append((build_signal(reading), reading))
    return _normalised(dialects[0], read, _masked_json(text, value))


def _masked_json(text: str, value: object) -> str:
    """Mask in the text as it was typed, unless something in it could hide a secret."""
    if "\\" in text or has_hidden_secrets(value):
        return json.dumps(mask_values(value), ensure_ascii=False)
    return mask_text(text)


def _read_text(text: str) -> tuple[str, Reading]:
    if is_pineconnector(text):
        return "pineconnector", read_pineconnector(text)
    entries = entries_of(text)
    if entries is not None:
        return "keyvalue", read_keyvalue(entries)
    if is_wundertrading(text):
        return "wundertrading", read_wundertrading(text)
    return "text", read_text(text)


def _normalised(dialect: str, read: list[tuple[Signal, Reading]], masked: str) -> Normalised:
    warnings = dict.fromkeys(warning for _, reading in read for warning in reading.warnings)
    return Normalised(
        dialect=dialect,
        signals=tuple(signal for signal, _ in read),
        warnings=tuple(warnings),
        masked=masked.replace("\x00", "\ufffd"),
    )
