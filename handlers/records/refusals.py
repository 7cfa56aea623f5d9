"""Why an alert as a whole is not taken: a value, since it is an answer and no fault."""

from __future__ import annotations

import msgspec

from handlers.phrases import Phrase, phrase


class Refusal(msgspec.Struct, frozen=True, kw_only=True):
    """Nothing of the alert is carried out.

    Attributes:
        code: One of the closed list.
        field: The canonical name of what is wrong, where it is one field.
        hint: What the trader can do.
    """

    code: str
    message: Phrase
    field: str | None = None
    hint: Phrase | None = None

    @property
    def in_words(self) -> Phrase:
        """Return all that there is to say in one text."""
        if self.hint is None:
            return self.message
        return phrase("in_turn", one=self.message, other=self.hint)


def missing(field: str, message: Phrase) -> Refusal:
    """Refuse because a field is needed that the alert does not have."""
    return Refusal(code="missing_field", message=message, field=field)


def unsupported(field: str, message: Phrase, hint: Phrase | None = None) -> Refusal:
    """Refuse because what the field asks for cannot be placed: it moves money, so never dropped."""
    return Refusal(code="unsupported_field", message=message, field=field, hint=hint)
