"""Keys nobody knows: a near miss of a money key is refused, anything else is said in a warning."""

from __future__ import annotations

from functools import lru_cache

from handlers.phrases import phrase
from handlers.signals.errors import Code, SignalError
from handlers.signals.names import KNOWN_NAMES, MONEY_NAMES, fold_key

_SHORTEST = 4
_SHORT = 6
# No slip of a name is longer than this, and no look at a longer key is worth its time.
_LONGEST_SLIP = 32
# Words within reach of a money key that mean something of their own.
_ORDINARY = frozenset(
    {
        "quality", "quantile", "quantize", "contact", "contrast", "contracted", "constructs",
        "spotprice", "site", "hide", "wide", "ride", "tide", "slide", "aside", "auction",
    }
)  # fmt: skip
# The letters of a name beside it: a key that lacks more of them than slips are allowed is no slip.
_NEARLY = tuple(
    (folded, frozenset(folded), name) for folded, name in MONEY_NAMES if len(folded) >= _SHORTEST
)
_EXACTLY = dict(MONEY_NAMES)


def check_typo(key: str) -> None:
    """Refuse an unknown key that is nearly a money key.

    Raises:
        SignalError: `unknown_field_typo`, naming the key as typed and the one that was meant.
    """
    folded = fold_key(key)
    meant = None
    if len(folded) <= _LONGEST_SLIP and folded not in _ORDINARY:
        meant = _money_key_near(folded)
    if meant is not None:
        raise SignalError(
            Code.UNKNOWN_FIELD_TYPO,
            phrase("nearly_known", meant=meant),
            field=key,
            hint=phrase("did_you_mean", meant=meant),
        )


def nearest_name(key: str) -> str:
    """Return the known name that is nearest to an unknown key."""
    folded = fold_key(key[: 2 * _LONGEST_SLIP])
    return min(KNOWN_NAMES, key=lambda known: _distance(folded, known[0]))[1]


@lru_cache(maxsize=1024)
def _money_key_near(folded: str) -> str | None:
    letters = "".join(filter(str.isalnum, folded))
    if letters != folded and letters in _EXACTLY:
        return _EXACTLY[letters]
    for known, its_letters, name in _NEARLY:
        allowed = 1 if len(known) <= _SHORT else 2
        has_letters = len(its_letters.difference(folded)) <= allowed
        has_length = abs(len(known) - len(folded)) <= allowed
        if has_letters and has_length and _distance(folded, known) <= allowed:
            return name
    return None


def _distance(left: str, right: str) -> int:
    """Count edits between two words; two neighbours swapped are one (optimal string alignment)."""
    before: list[int] = []
    row = list(range(len(right) + 1))
    for i, a in enumerate(left, start=1):
        before, last, row = row, before, [i]
        for j, b in enumerate(right, start=1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (a != b))
            if i > 1 and j > 1 and a == right[j - 2] and left[i - 2] == b:
                cost = min(cost, last[j - 2] + 1)
            row.append(cost)
    return row[-1]
