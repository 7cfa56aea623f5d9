"""What nobody may run with: secrets that are too short, or that somebody forgot to replace."""

from __future__ import annotations

import re

SHORTEST = 8
_PLACEHOLDER = re.compile(
    r"^(?:change[-_ ]?(?:me|this|it)?.*|password\d*|passwd|passw0rd|secret\d*|example.*|sample.*"
    r"|placeholder.*|your[-_ ].*|todo.*|test(?:test)*|admin\d*|postgres|redis|valkey|default"
    r"|(.)\1*|<.*>|\$\{.*\}|\{\{.*\}\})$",
    re.IGNORECASE,
)


def problem_of_secret(secret: str, *, shortest: int = SHORTEST) -> str | None:
    """Say why a secret from the settings is none, as the end of a sentence; `None` if it is one."""
    if _PLACEHOLDER.match(secret):
        return "is a placeholder; set a real one"
    if len(secret) < shortest:
        return f"is shorter than {shortest} characters; set a real one"
    return None
