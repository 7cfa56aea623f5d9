from __future__ import annotations

import pytest

from infra.local.errors import RefusedError
from infra.local.logins import (
    APP,
    CONTROL,
    VARIABLES,
    WORKER,
    are_separated,
    named_logins,
    password_of,
    told_as,
)

ONE = "postgresql://somebody@127.0.0.1/record"


def separated() -> dict[str, str]:
    logins = {variable: f"postgresql://{role}@db/r" for role, variable in VARIABLES.items()}
    return {"FOURPASS_DATABASE_URL": ONE, **logins}


def test_every_role_has_a_password_of_its_own_that_stays_the_same() -> None:
    drawn = {password_of(role, "secret") for role in VARIABLES}

    assert len(drawn) == len(VARIABLES)
    assert password_of(APP, "secret") in drawn
    assert password_of(APP, "another") not in drawn


def test_a_process_is_told_its_own_login_and_no_other() -> None:
    told = told_as(APP, {"A": "b", **separated()})

    assert told == {"A": "b", "FOURPASS_DATABASE_URL": f"postgresql://{APP}@db/r"}


def test_the_worker_host_is_told_by_which_login_it_cleans_up() -> None:
    told = told_as(WORKER, separated())

    assert told == {
        "FOURPASS_DATABASE_URL": f"postgresql://{WORKER}@db/r",
        "FOURPASS_CONTROL_DATABASE_URL": f"postgresql://{CONTROL}@db/r",
    }


def test_where_no_login_is_named_all_are_the_one() -> None:
    logins = named_logins({}, ONE)

    assert logins == dict.fromkeys(VARIABLES.values(), ONE)
    assert not are_separated({"FOURPASS_DATABASE_URL": ONE, **logins})


def test_logins_are_separated_only_if_each_is_another() -> None:
    told = separated()

    assert are_separated(told)
    assert not are_separated({**told, VARIABLES[WORKER]: told[VARIABLES[APP]]})
    assert not are_separated({**told, VARIABLES[APP]: ONE})


def test_a_placeholder_is_refused_by_its_variables_name() -> None:
    with pytest.raises(RefusedError, match="FOURPASS_APP_DATABASE_URL"):
        named_logins({"FOURPASS_APP_DATABASE_URL": "postgresql://app:changeme@db/x"}, ONE)
