"""Keeping secrets out of all that is stored or printed, and finding the token in a body.

Masking is generous: whatever a key calls a secret in any spelling. Recognition is not: the token
is looked for under the few names that senders use.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from handlers.signals.names import SECRETS, fold_key, folded
from handlers.signals.strict_json import Number, is_array, is_object
from handlers.signals.tokens import MASK, PREFIX, TOKEN, hide_tokens

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

# A key that has one of these anywhere in it names a secret, and so does one that ends in a key.
_WORD = re.compile(
    r"token|secret|pass(?:phrase|word|wd|code)|apikey|privatekey|licen|pwd|auth(?!or(?!i))"
    r"|signature|bearer|^pass$|^pin$|key$"
)
# What a text without any secret has none of, once it is folded: a part of each word that names
# one, and of what is escaped and cannot be seen.
_HINT = re.compile(r"\\|key|token|secret|pass|licen|pwd|auth|signature|bearer|pin")
# A key and what separates it from its value, as JSON, `key=value` or `key: value` have them.
# Possessive, so that no body is slow.
_KEY = re.compile(r"""(?<![\w.-])([\w.-]++)["']?\s*+[:=]\s*+""")
# Its value: a text, an array or an object, a number, or what stands there up to the next entry;
# rather too much than too little.
_VALUE = re.compile(
    r""""(?:[^"\\]|\\.)*+"?|'[^'\n]*+'?|\[[^\]]*+\]?|\{[^}]*+\}?"""
    r"""|(?:null|true|false|-?[0-9][0-9.eE+-]*+)(?=\s*[,}\]])"""
    r"""|(?:[^,;\n]|,(?!\s*["']?[\w.-]++["']?\s*[:=]))++""",
    re.DOTALL,
)
# A letter that JSON hides as an escape, as in a key that is to look like no secret's.
_ESCAPED = re.compile(r"\\u00([2-7][0-9a-fA-F])")
# PineConnector's first word: the licence that its owner is charged by.
_LICENCE = re.compile(r"^\s*[0-9]{10,}(?=\s*,)")


def mask_text(text: str) -> str:
    """Return a body with secrets masked, whatever state it is in."""
    text = _ESCAPED.sub(_letter, text)
    pieces: list[str] = []
    done = 0
    for start, end in _secret_values(text):
        quote = text[start] if text[start] in "\"'" else ""
        pieces += (text[done:start], quote, MASK, quote)
        done = end
    masked = _LICENCE.sub(MASK, "".join((*pieces, text[done:])))
    return mask_tokens(masked)


def mask_values(value: object) -> object:
    """Return decoded JSON with the values of secret keys, and tokens anywhere, masked."""
    if is_object(value):
        return mask_object(value)
    if is_array(value):
        return [mask_values(child) for child in value]
    return mask_said(value) if isinstance(value, str) else value


def mask_object(fields: Mapping[str, object]) -> dict[str, object]:
    """Return a JSON object masked likewise."""
    return {
        mask_tokens(key): MASK if is_secret(key) and child is not None else mask_values(child)
        for key, child in fields.items()
    }


def mask_said(text: str) -> str:
    """Return one value's text with the secrets masked that are told in it, as in `pin=1234`."""
    if isinstance(text, Number) or not may_hold_secrets(text):
        return mask_tokens(text)
    return mask_text(text)


def mask_tokens(text: str) -> str:
    """Return a text in which no webhook token stands; a number stays a number."""
    if PREFIX not in text:
        return text
    return Number(hide_tokens(text)) if isinstance(text, Number) else hide_tokens(text)


def is_secret(key: str) -> bool:
    """Say whether a key names a secret."""
    return _WORD.search(fold_key(key).replace(" ", "")) is not None


def may_hold_secrets(text: str) -> bool:
    """Say whether anything in a text could be the name of a secret, or one; quick, not exact."""
    return PREFIX in text or _HINT.search(folded(text)) is not None


def shows_secrets(value: object, masked: str) -> bool:
    """Say whether a secret of decoded JSON still stands in its text after masking."""
    if is_object(value):
        return any(
            any(word in masked for word in _texts_of(child))
            if is_secret(key)
            else shows_secrets(child, masked)
            for key, child in value.items()
        )
    return is_array(value) and any(shows_secrets(child, masked) for child in value)


def token_in(value: object) -> str | None:
    """Return the first webhook token under a secret key of decoded JSON."""
    if is_object(value):
        for key, child in value.items():
            if fold_key(key) in SECRETS and isinstance(child, str) and child.startswith(PREFIX):
                return child
    children = value.values() if is_object(value) else value if is_array(value) else ()
    found = (token_in(child) for child in children)
    return next((token for token in found if token is not None), None)


def token_in_text(text: str) -> str | None:
    """Return the first webhook token under a secret key of a text, or of what was to be JSON."""
    for found in _KEY.finditer(text):
        if fold_key(found[1]) in SECRETS:
            at = found.end() + (text[found.end() : found.end() + 1] in {'"', "'"})
            token = TOKEN.match(text, at)
            if token is not None:
                return token[0]
    return None


def _letter(escaped: re.Match[str]) -> str:
    letter = chr(int(escaped[1], 16))
    return letter if letter.isalnum() or letter in "_-" else escaped[0]


def _secret_values(text: str) -> Iterator[tuple[int, int]]:
    """Find where the values of secret keys begin and end."""
    at = 0
    while (found := _KEY.search(text, at)) is not None:
        at = found.end()
        value = _VALUE.match(text, at) if is_secret(found[1]) else None
        if value is not None:
            at = value.end()
            yield value.span()


def _texts_of(value: object) -> Iterator[str]:
    """Give all texts in a value: under a secret key each of them is secret."""
    if isinstance(value, str):
        if value:
            yield value
    elif is_object(value):
        for key, child in value.items():
            yield key
            yield from _texts_of(child)
    elif is_array(value):
        for child in value:
            yield from _texts_of(child)
