"""How words of the environment are read, wherever settings are; and which hosts are this one.

Pure: who asks knows the variable, and refuses in its own words what is none.
"""

from __future__ import annotations

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})

_YES = frozenset({"1", "true", "yes", "on"})
_NO = frozenset({"", "0", "false", "no", "off"})


def yes_or_no(text: str) -> bool | None:
    """Return what a word says, nothing being no; `None` if it says neither."""
    word = text.strip().lower()
    return word in _YES if word in _YES | _NO else None


def whole_number(text: str, *, least: int, most: int) -> int | None:
    """Return a whole number of ASCII digits from `least` to `most`; `None` if it is none.

    Neither a sign nor a space is taken: what stands in the environment was meant to be a number.
    """
    digits = len(str(most))
    if not (text.isascii() and text.isdecimal() and len(text.lstrip("0")) <= digits):
        return None
    number = int(text)
    return number if least <= number <= most else None
