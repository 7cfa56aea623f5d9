"""JSON as RFC 8259 has it and no kinder: numbers keep their digits, a key stands once."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, NoReturn, TypeGuard

from handlers.phrases import phrase
from handlers.signals.errors import Code, SignalError

if TYPE_CHECKING:
    from handlers.phrases import Phrase

MAX_DEPTH = 8

Object = dict[str, object]

_HEX = "[0-9a-fA-F]"
# Whole characters, and escaped backslashes, are passed over; what is left alone is half of one.
_SURROGATES = re.compile(
    rf"(\\\\|\\u[dD][89abAB]{_HEX}{{2}}\\u[dD][c-fC-F]{_HEX}{{2}})|\\u[dD][89a-fA-F]{_HEX}{{2}}"
)


class Number(str):
    """The digits of a JSON number, as they were sent."""

    __slots__ = ()


def is_object(value: object) -> TypeGuard[Object]:
    """Say whether a decoded value is an object; its keys are texts."""
    return isinstance(value, dict)


def is_array(value: object) -> TypeGuard[list[object]]:
    """Say whether a decoded value is an array."""
    return isinstance(value, list)


def decode(text: str, *, before: str = "") -> object:
    """Decode one JSON document; objects are dicts, numbers are `Number`.

    Args:
        text: The document.
        before: What stood in front of it in the body, so that lines and columns are the sender's.

    Raises:
        SignalError: `malformed_json` with line and column, `duplicate_key`, `too_deep`.
    """
    value = _parsed(_DECODER, text, before)
    if "\\u" in text:
        _check_surrogates(text, value, before)
    if text.count("{") + text.count("[") > MAX_DEPTH:
        _check_depth(value, MAX_DEPTH)
    return value


def position_of(text: str, offset: int) -> tuple[int, int]:
    """Return the 1-based line and column of an offset."""
    line = text.count("\n", 0, offset) + 1
    return line, offset - (text.rfind("\n", 0, offset) + 1) + 1


def _parsed(decoder: json.JSONDecoder, text: str, before: str) -> object:
    try:
        value, end = decoder.raw_decode(text)
        return value if end == len(text) else decoder.decode(text)
    except json.JSONDecodeError as error:
        raise _malformed(text, error.pos, _reason(error.msg), before) from None
    except _NotANumberError as found:
        word = str(found)
        reason = phrase("json_no_number", word=word)
        raise _malformed(text, _place(text, word), reason, before) from None
    except _DuplicateKeyError as found:
        # What is no JSON at all is said first, wherever it stands.
        _parsed(_LENIENT, text, before)
        raise SignalError(
            Code.DUPLICATE_KEY,
            phrase("key_twice_in_object"),
            field=str(found),
            hint=phrase("keep_one_key"),
        ) from None
    except RecursionError:
        raise _too_deep() from None


def _pairs(pairs: list[tuple[str, object]]) -> Object:
    found = dict(pairs)
    if len(found) != len(pairs):
        seen: set[str] = set()
        for key, _ in pairs:
            if key in seen:
                raise _DuplicateKeyError(key)
            seen.add(key)
    return found


def _constant(word: str) -> NoReturn:
    raise _NotANumberError(word)


class _NotANumberError(Exception):
    """NaN and Infinity are no JSON."""


class _DuplicateKeyError(Exception):
    """A key stands twice."""


_DECODER = json.JSONDecoder(
    object_pairs_hook=_pairs, parse_float=Number, parse_int=Number, parse_constant=_constant
)
_LENIENT = json.JSONDecoder(parse_float=Number, parse_int=Number, parse_constant=_constant)


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


def _malformed(text: str, offset: int, reason: Phrase, before: str) -> SignalError:
    if text.startswith(",", offset) and reason == _TRAILING:
        # Newer interpreters point at the comma itself, older ones at what should not follow it.
        offset += len(text[offset + 1 :]) - len(text[offset + 1 :].lstrip()) + 1
    return SignalError(
        Code.MALFORMED_JSON,
        phrase("malformed_json", reason=reason),
        at=position_of(before + text, len(before) + offset),
        hint=_hint(text, offset, reason),
    )


def _reason(said: str) -> Phrase:
    """Return what the decoder says; where it says what nobody here knows, that the value is bad."""
    return next((reason for start, reason in _REASONS.items() if said.startswith(start)), _VALUE)


def _hint(text: str, offset: int, reason: Phrase) -> Phrase:
    rest, before = text[offset:], text[:offset].rstrip()
    if before.endswith(",") and rest[:1] in {"}", "]"}:
        return phrase("remove_comma")
    if reason == _CONTROL:
        return phrase("line_break")
    if "{{" in (rest[:2], before[-1:] + rest[:1]):
        return phrase("placeholder_in_json")
    if rest[:1].isalpha() and before[-1:] in {"{", ","}:
        return _QUOTES
    return next(
        (hint for start, hint in _HINTS.items() if rest.startswith(start)),
        phrase("look_over"),
    )


_QUOTES = phrase("double_quotes")
_COMMENTS = phrase("no_comments")
_HINTS = {
    "'": _QUOTES,
    "\u201c": _QUOTES,
    "\u201d": _QUOTES,
    "\u2018": _QUOTES,
    "\u2019": _QUOTES,
    "\uff1a": phrase("use_colon"),
    "\uff0c": phrase("comma_or_escape"),
    "\xa0": phrase("odd_space"),
    "\u3000": phrase("odd_space"),
    '"': phrase("comma_or_escape"),
    "=": phrase("use_colon"),
    "/": _COMMENTS,
    "#": _COMMENTS,
    "{": phrase("one_object"),
}


_VALUE = phrase("json_value")
_CONTROL = phrase("json_control")
_TRAILING = phrase("json_trailing")
# By how the decoder's own messages begin.
_REASONS = {
    "Expecting value": _VALUE,
    "Expecting property name": phrase("json_name"),
    "Expecting ':'": phrase("json_colon"),
    "Expecting ','": phrase("json_comma"),
    "Unterminated string": phrase("json_unterminated"),
    "Invalid control character": _CONTROL,
    "Invalid \\escape": phrase("json_escape"),
    "Invalid \\u": phrase("json_unicode"),
    "Extra data": phrase("json_extra"),
    "Illegal trailing comma": _TRAILING,
}


def _too_deep() -> SignalError:
    return SignalError(
        Code.TOO_DEEP,
        phrase("too_deep", most=str(MAX_DEPTH)),
        hint=phrase("fields_at_top"),
    )


def _check_depth(value: object, left: int) -> None:
    children = value.values() if is_object(value) else value if is_array(value) else ()
    if left == 0 and (is_object(value) or is_array(value)):
        raise _too_deep()
    for child in children:
        _check_depth(child, left - 1)


def _check_surrogates(text: str, value: object, before: str) -> None:
    """Refuse half a character: it is no text that could be stored or printed."""
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        at = next((found.start() for found in _SURROGATES.finditer(text) if not found[1]), 0)
        raise _malformed(text, at, phrase("json_half"), before) from None
