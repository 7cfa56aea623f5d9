"""A sentence that can be said in every language: its key and what is put into it."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import msgspec

from handlers.phrases.of_alerts import OF_ALERTS
from handlers.phrases.of_bodies import OF_BODIES
from handlers.phrases.of_fields import OF_FIELDS
from handlers.phrases.of_meanings import OF_MEANINGS
from handlers.phrases.of_orders import OF_ORDERS
from handlers.phrases.of_plans import OF_PLANS
from handlers.phrases.of_replies import OF_REPLIES
from handlers.phrases.of_sizes import OF_SIZES
from handlers.phrases.of_trades import OF_TRADES

if TYPE_CHECKING:
    from collections.abc import Iterable

_Part = TypeVar("_Part", bound="str | Phrase")

LANGUAGES = ("en", "zh-TW")
TABLES = (
    OF_ALERTS,
    OF_BODIES,
    OF_FIELDS,
    OF_MEANINGS,
    OF_ORDERS,
    OF_PLANS,
    OF_REPLIES,
    OF_SIZES,
    OF_TRADES,
)
_WORDS = {key: texts for table in TABLES for key, texts in table.items()}
_PLACE = {language: place for place, language in enumerate(LANGUAGES)}


class Phrase(msgspec.Struct, frozen=True):
    """What is to be said; as a `str` it is English, which programs and logs read.

    Attributes:
        values: By name what stands in it; a phrase among them is said in the same language.
    """

    key: str
    values: tuple[tuple[str, str | Phrase], ...] = ()

    def said(self, language: str) -> str:
        """Say it.

        Raises:
            ValueError: The language is none of ours.
        """
        place = _PLACE.get(language)
        if place is None:
            msg = f"{language!r} is none of {', '.join(LANGUAGES)}"
            raise ValueError(msg)
        return _WORDS[self.key][place].format(
            **{
                name: value.said(language) if isinstance(value, Phrase) else value
                for name, value in self.values
            }
        )

    def __str__(self) -> str:
        """Say it in English."""
        return self.said("en")


def phrase(key: str, /, **values: str | Phrase) -> Phrase:
    """Return the phrase of a key: `phrase("delayed_feed", exchange="NASDAQ_DLY")`."""
    return Phrase(key, tuple(values.items()))


def any_of(names: Iterable[str]) -> str | Phrase:
    """Join names by "or"; there must be one."""
    return _joined("or", names)


def listed(parts: Iterable[str | Phrase]) -> str | Phrase:
    """Join parts of a sentence by commas; there must be one."""
    return _joined("listed", parts)


def in_turn(phrases: Iterable[Phrase]) -> Phrase:
    """Join sentences into one text; there must be one."""
    return _joined("in_turn", phrases)


def _joined(key: str, parts: Iterable[_Part]) -> _Part | Phrase:
    """Join neighbours, and so on with what came of them: a long list makes no deep phrase."""
    joined: list[_Part | Phrase] = list(parts)
    while len(joined) > 1:
        pairs = (joined[place : place + 2] for place in range(0, len(joined), 2))
        joined = [
            phrase(key, one=pair[0], other=pair[1]) if pair[1:] else pair[0] for pair in pairs
        ]
    return joined[0]
