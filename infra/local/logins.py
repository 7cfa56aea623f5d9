"""Who each process is at the record: a login a role, so that none can do what another may.

Of the embedded server all logins come from its one secret, and nobody but `up` is told more than
his own. Of a server that somebody else runs they are named one by one, or all are the one login.
"""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING

from infra.local import settings as names

if TYPE_CHECKING:
    from collections.abc import Mapping

APP = "fourpass_app"
WORKER = "fourpass_worker"
CONTROL = "fourpass_control"

# Which variable names the login of a role; the owner's is `FOURPASS_DATABASE_URL` itself.
VARIABLES: Mapping[str, str] = {
    APP: names.APP_DATABASE_VARIABLE,
    WORKER: names.WORKER_DATABASE_VARIABLE,
    CONTROL: names.CONTROL_DATABASE_VARIABLE,
}


def short_name(role: str) -> str:
    """Return a role's name as infrastructure has it, such as `app`."""
    return role.removeprefix("fourpass_")


def password_of(role: str, secret: str) -> str:
    """Return a role's password at a server of ours; it tells nothing of another's, nor the secret.

    Args:
        role: Whose.
        secret: The superuser's password.
    """
    return hmac.digest(secret.encode(), role.encode(), "sha256").hex()


def named_logins(environment: Mapping[str, str], database_url: str) -> dict[str, str]:
    """Return by variable the URL that each role logs in with; the one URL where none is named.

    Raises:
        RefusedError: A URL is wrong, or a placeholder somebody forgot; its variable is named.
    """
    return {
        variable: names.named_database(environment, variable) or database_url
        for variable in VARIABLES.values()
    }


def are_separated(environment: Mapping[str, str]) -> bool:
    """Say whether every role has a login of its own, none of them the owner's."""
    urls = [environment[name] for name in (names.DATABASE_VARIABLE, *VARIABLES.values())]
    return len(set(urls)) == len(urls)


def told_as(role: str, environment: Mapping[str, str]) -> dict[str, str]:
    """Tell a process its own login and no other.

    The worker host is the exception: it cleans up after the dead, whose leases are not its own.
    """
    told = {name: value for name, value in environment.items() if name not in VARIABLES.values()}
    own = environment.get(VARIABLES[role])
    if own is not None:
        told[names.DATABASE_VARIABLE] = own
    cleaner = environment.get(names.CONTROL_DATABASE_VARIABLE)
    if role == WORKER and cleaner is not None:
        told[names.CONTROL_DATABASE_VARIABLE] = cleaner
    return told
