"""Keys nobody knows: a near miss of a money key is refused, anything else is said in a warning."""

from __future__ import annotations

from functools import lru_cache

from handlers.signals.errors import Code, SignalError
from handlers.signals.names import KNOWN_NAMES, MONEY_NAMES, fold_key

# English words that come near a money key by accident.
_ORDINARY = frozenset(
    {
        "option", "options", "section", "active", "caution", "fraction", "quality", "auction",
        "reaction", "traction", "faction", "station", "contact", "contacts", "contrast", "site",
        "sign", "single", "date", "rate", "sized", "amounts", "actor",
    }
)  # fmt: skip


def check_typo(key: str) -> None:
    """Refuse an unknown key that is nearly a money key.

    Raises:
        SignalError: `unknown_field_typo`, naming the key as typed and the one that was meant.
    """
    meant = _money_key_near(fold_key(key))
    if meant is not None:
        raise SignalError(
            Code.UNKNOWN_FIELD_TYPO,
            f"Nobody knows this field, and it is nearly `{meant}`: refused, so that nothing "
            "that moves money is dropped by a slip.",
            field=key,
            hint=f"Did you mean `{meant}`?",
        )


def nearest_name(key: str) -> str:
    """Return the known name that is nearest to an unknown key."""
    folded = fold_key(key)
    return min(KNOWN_NAMES, key=lambda known: _distance(folded[:64], known[0]))[1]


@lru_cache(maxsize=1024)
def _money_key_near(folded: str) -> str | None:
    if folded in _ORDINARY or len(folded) > 32:
        return None
    for known, name in MONEY_NAMES:
        allowed = 1 if len(known) <= 6 else 2
        if abs(len(known) - len(folded)) <= allowed and _distance(folded, known) <= allowed:
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
