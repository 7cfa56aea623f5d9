from __future__ import annotations

import pytest

from handlers.signals.words import LANGUAGES
from handlers.signals.words.speaker import speaker


def test_phrase_is_said_with_its_values() -> None:
    assert speaker("en")("exchange", exchange="BINANCE") == "The chart is of BINANCE."


def test_languages_are_english_and_taiwanese_chinese() -> None:
    assert LANGUAGES == ("en", "zh-TW")


def test_unknown_language_is_refused() -> None:
    with pytest.raises(ValueError, match="'fr' is none of en, zh-TW"):
        speaker("fr")
