"""Which passwords are taken: long ones that nobody guesses first; no rules of composition."""

from __future__ import annotations

SHORTEST = 12
LONGEST = 256
# A million guesses are minutes of work, even against Argon2id.
_FEWEST_GUESSES = 1_000_000
# The estimate looks at no more: whatever is longer is judged by its beginning.
_LOOKED_AT = 72


def problem_of(password: str, email: str) -> str | None:
    """Say what is wrong with a password, if anything.

    What is common, or made of what is common (lists of leaked passwords and names, keyboard
    patterns, repetitions, the user's own address), is found by zxcvbn, Dropbox's estimator.
    """
    if len(password) < SHORTEST:
        return f"A password has {SHORTEST} characters or more."
    if len(password) > LONGEST:
        return f"A password has {LONGEST} characters at most."
    from zxcvbn import zxcvbn  # noqa: PLC0415 - its word lists load when asked for

    own = [email, *email.replace("@", ".").split(".")]
    estimate = zxcvbn(password[:_LOOKED_AT], user_inputs=own)
    if estimate["guesses"] < _FEWEST_GUESSES:
        return "This password is among the first that anybody would guess."
    return None
