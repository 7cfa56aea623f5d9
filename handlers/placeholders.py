"""What nobody may run with: secrets that are too short, or that somebody forgot to replace."""

from __future__ import annotations

import re
from urllib.parse import unquote, urlsplit

from bus.environment import LOOPBACK

SHORTEST = 8
# An address without a host means this machine too.
_OWN_HOSTS = LOOPBACK | {None}
_PLACEHOLDER = re.compile(
    r"^(?:change[-_ ]?(?:me|this|it).*|password\d*|passwd|passw0rd|secret\d*|example.*"
    r"|placeholder.*|your[-_ ].*|todo.*|x{3,}|<.*>|\*+|\$\{.*\}|\{\{.*\}\})$",
    re.IGNORECASE,
)
# What servers and their images are set up with where nobody thinks of it.
_FACTORY = frozenset({"postgres", "postgresql", "redis", "valkey", "default", "administrator"})


def problem_of_secret(secret: str) -> str | None:
    """Say why a secret from the settings is none, as the end of a sentence; `None` if it is one."""
    if _PLACEHOLDER.match(secret) or len(set(secret)) == 1:
        return "is a placeholder; set a real one"
    if len(secret) < SHORTEST:
        return f"is shorter than {SHORTEST} characters; set a real one"
    if secret.lower() in _FACTORY:
        return "is what everybody has; set a real one"
    return None


def problem_of_url(url: str) -> str | None:
    """Say what is wrong with the password in a URL, as the end of a sentence that names no part.

    A server of this machine may have a short one; a placeholder is refused everywhere. What is no
    URL is judged by whoever reads it.
    """
    try:
        parts = urlsplit(url)
        password = parts.password
    except ValueError:
        return None
    if password is None:
        return None
    plain = unquote(password)
    if parts.hostname in _OWN_HOSTS and not _PLACEHOLDER.match(plain):
        return None
    problem = problem_of_secret(plain)
    return None if problem is None else f"has a password that {problem}"
