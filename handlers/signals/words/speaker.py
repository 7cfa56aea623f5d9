"""Says a phrase in a language."""

from __future__ import annotations

from collections.abc import Callable

from handlers.signals.words import en, zh_tw

Say = Callable[..., str]

_WORDS = {"en": en.WORDS, "zh-TW": zh_tw.WORDS}
LANGUAGES = tuple(_WORDS)


def speaker(language: str) -> Say:
    """Return what says a phrase by its name: `say("bought", amount="1 BTC", how="at market")`.

    Raises:
        ValueError: The language is none of `LANGUAGES`.
    """
    words = _WORDS.get(language)
    if words is None:
        msg = f"{language!r} is none of {', '.join(LANGUAGES)}"
        raise ValueError(msg)

    def say(phrase: str, **values: str) -> str:
        return words[phrase].format(**values)

    return say
