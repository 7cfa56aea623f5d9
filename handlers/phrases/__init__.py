"""What the house says to traders, in each of its languages: a key with values, said when read."""

from handlers.phrases.phrase import LANGUAGES, Phrase, any_of, in_turn, listed, phrase

__all__ = ("LANGUAGES", "Phrase", "any_of", "in_turn", "listed", "phrase")
