"""JSON as RFC 8259 has it and no kinder: numbers keep their digits, a key stands once."""

from __future__ import annotations

import json
from typing import NoReturn, TypeGuard

from handlers.signals.errors import Code, SignalError

MAX_DEPTH = 8

Object = dict[str, object]


class Number(str):
    """The digits of a JSON number, as they were sent."""

    __slots__ = ()


def is_object(value: object) -> TypeGuard[Object]:
    """Say whether a decoded value is an object; its keys are texts."""
    return isinstance(value, dict)


def is_array(value: object) -> TypeGuard[list[object]]:
    """Say whether a decoded value is an array."""
    return isinstance(value, list)


def decode(text: str) -> object:
    """Decode one JSON document; objects are dicts, numbers are `Number`.

    Raises:
        SignalError: `malformed_json` with line and column, `duplicate_key`, `too_deep`.
    """
    try:
        value: object = _DECODER.decode(text)
    except json.JSONDecodeError as error:
        raise _malformed(text, error.pos, error.msg) from None
    except _NotANumberError as found:
        word = str(found)
        raise _malformed(text, _place(text, word), f"{word} is no JSON number") from None
    except RecursionError:
        raise _too_deep() from None
    if "\\u" in text and _has_lone_surrogate(value):
        raise SignalError(Code.MALFORMED_JSON, "A \\u escape stands for half a character.")
    if text.count("{") + text.count("[") > MAX_DEPTH:
        _check_depth(value, MAX_DEPTH)
    return value


def position_of(text: str, offset: int) -> tuple[int, int]:
    """Return the 1-based line and column of an offset."""
    line = text.count("\n", 0, offset) + 1
    return line, offset - (text.rfind("\n", 0, offset) + 1) + 1


def _pairs(pairs: list[tuple[str, object]]) -> Object:
    found = dict(pairs)
    if len(found) != len(pairs):
        seen: set[str] = set()
        for key, _ in pairs:
            if key in seen:
                raise SignalError(
                    Code.DUPLICATE_KEY,
                    "A key stands twice in the same object; which one counts cannot be known.",
                    field=key,
                    hint="Keep one of the two.",
                )
            seen.add(key)
    return found


def _constant(word: str) -> NoReturn:
    raise _NotANumberError(word)


class _NotANumberError(Exception):
    """NaN and Infinity are no JSON."""


_DECODER = json.JSONDecoder(
    object_pairs_hook=_pairs, parse_float=Number, parse_int=Number, parse_constant=_constant
)


def _place(text: str, word: str) -> int:
    """Find a word outside of strings; the start of the text if it cannot be told."""
    in_string = is_escaped = False
    for offset, character in enumerate(text):
        if in_string:
            in_string = is_escaped or character != '"'
            is_escaped = character == "\\" and not is_escaped
        elif character == '"':
            in_string = True
        elif text.startswith(word, offset):
            return offset
    return 0


def _malformed(text: str, offset: int, reason: str) -> SignalError:
    return SignalError(
        Code.MALFORMED_JSON,
        f"The body is no valid JSON: {reason}.",
        at=position_of(text, offset),
        hint=_hint(text, offset),
    )


def _hint(text: str, offset: int) -> str:
    rest, before = text[offset : offset + 2], text[:offset].rstrip()
    if rest == "{{":
        return "A placeholder was not filled in; only a strategy's alert fills in strategy ones."
    if rest[:1] == "'":
        return "JSON takes double quotes: \"ticker\", not 'ticker'."
    if before.endswith(",") and rest[:1] in {"}", "]", '"', ""}:
        return "Remove the comma before the closing bracket."
    if rest[:1] == '"':
        return "A comma is missing before this key, or a quote inside a text is not escaped."
    return "Paste the body into the alert builder, or check brackets, quotes and commas here."


def _too_deep() -> SignalError:
    return SignalError(
        Code.TOO_DEEP,
        f"Objects and arrays are nested more than {MAX_DEPTH} deep.",
        hint="Put the fields at the top of the object.",
    )


def _check_depth(value: object, left: int) -> None:
    children = value.values() if is_object(value) else value if is_array(value) else ()
    if left == 0 and (is_object(value) or is_array(value)):
        raise _too_deep()
    for child in children:
        _check_depth(child, left - 1)


def _has_lone_surrogate(value: object) -> bool:
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return True
    return False
