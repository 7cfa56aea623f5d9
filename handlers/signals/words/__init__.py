"""The words of each language, and `speaker`, which puts values into them."""

from handlers.signals.words.speaker import LANGUAGES, Say, speaker

__all__ = ("LANGUAGES", "Say", "speaker")
