"""Keeping secrets out of all that is stored or printed, and finding the token in a body."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from handlers.signals.names import SECRETS, fold_key, fold_text
from handlers.signals.strict_json import Number, is_array, is_object

if TYPE_CHECKING:
    from collections.abc import Mapping

MASK = "***"

_TOKEN = re.compile(r"wh_[A-Za-z0-9_-]+")
_SECRET_KEYS = SECRETS | {"license"}
_NAME = "|".join("[_-]{0,2}".join(word) for word in sorted(_SECRET_KEYS))
# A secret's key as JSON, `key=value` or `key: value` has it; bounded, so that no body is slow.
_SECRET_KEY = rf"""["']?[_-]{{0,2}}(?:{_NAME})[_-]{{0,2}}["']?\s{{0,64}}[:=]\s{{0,64}}"""
# That, and the value up to its end.
_TEXTUAL = re.compile(
    rf"""((?<![A-Za-z0-9]){_SECRET_KEY})"""
    r"""("(?:[^"\\]|\\.)*"?|'[^'\n]*'?|[^,;\s}\]][^,;\n}\]]*)""",
    re.IGNORECASE,
)
_TEXTUAL_TOKEN = re.compile(rf"""{_SECRET_KEY}["']?(wh_[A-Za-z0-9_-]+)""", re.IGNORECASE)
# PineConnector's first word: the licence that its owner is charged by.
_LICENCE = re.compile(r"^\s*[0-9]{10,}(?=\s*,)")


def mask_text(text: str) -> str:
    """Return a body with secrets masked, whatever state it is in."""
    masked = _TEXTUAL.sub(_with_mask, text) if _may_name_a_secret(text) else text
    masked = _LICENCE.sub(MASK, masked)
    return _TOKEN.sub("wh_" + MASK, masked) if "wh_" in masked else masked


def _may_name_a_secret(text: str) -> bool:
    """Say whether the search for secrets' keys could find any: most bodies hold no such word.

    The search takes some letters outside of ASCII for letters of its words; there it is not spared.
    """
    if not text.isascii():
        return True
    folded = fold_text(text)
    return any(word in folded for word in _SECRET_KEYS)


def mask_values(value: object) -> object:
    """Return decoded JSON with the values of secret keys, and tokens anywhere, masked."""
    if is_object(value):
        return mask_object(value)
    if is_array(value):
        return [mask_values(child) for child in value]
    return mask_tokens(value) if isinstance(value, str) else value


def mask_object(fields: Mapping[str, object]) -> dict[str, object]:
    """Return a JSON object masked likewise."""
    return {
        mask_tokens(key): MASK if is_secret(key) and child is not None else mask_values(child)
        for key, child in fields.items()
    }


def mask_tokens(text: str) -> str:
    """Return a text in which no webhook token stands; a number stays a number."""
    if "wh_" not in text:
        return text
    masked = _TOKEN.sub("wh_" + MASK, text)
    return Number(masked) if isinstance(text, Number) else masked


def is_secret(key: str) -> bool:
    """Say whether a key's value is taken for recognition only."""
    return fold_key(key) in _SECRET_KEYS


def has_hidden_secrets(value: object) -> bool:
    """Say whether a secret is no plain text, so that its end cannot be seen in the body."""
    if is_object(value):
        return any(
            (is_object(child) or is_array(child)) and (is_secret(key) or has_hidden_secrets(child))
            for key, child in value.items()
        )
    return is_array(value) and any(has_hidden_secrets(child) for child in value)


def token_in(value: object) -> str | None:
    """Return the first webhook token under a secret key of decoded JSON."""
    if is_object(value):
        for key, child in value.items():
            if is_secret(key) and isinstance(child, str) and child.startswith("wh_"):
                return child
    children = value.values() if is_object(value) else value if is_array(value) else ()
    found = (token_in(child) for child in children)
    return next((token for token in found if token is not None), None)


def token_in_text(text: str) -> str | None:
    """Return the first webhook token under a secret key of a text body."""
    found = _TEXTUAL_TOKEN.search(text)
    return None if found is None else found[1]


def _with_mask(found: re.Match[str]) -> str:
    quote = found[2][0] if found[2][0] in "\"'" else ""
    return f"{found[1]}{quote}{MASK}{quote}"
