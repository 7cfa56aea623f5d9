from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

import pytest

from infra.local.cloud.plan import mocked_plan
from infra.local.cloud.terraform import TerraformMissingError, Workspace, workspace

if TYPE_CHECKING:
    from collections.abc import Generator

    from infra.local.cloud.plan import Resource


@pytest.fixture(scope="session")
def space() -> Generator[Workspace]:
    """A copy of the code to run Terraform in; without Terraform, what needs it says so aloud."""
    try:
        with workspace("mocked") as opened:
            opened.terraform("envs/staging").init()
            yield opened
    except TerraformMissingError as error:
        missing(error)


@pytest.fixture(scope="session")
def planned(space: Workspace) -> tuple[Resource, ...]:
    return mocked_plan(space)


def missing(error: TerraformMissingError) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.warn(f"TERRAFORM IS MISSING, only parsed: {error}", stacklevel=1)
    pytest.skip(f"TERRAFORM IS MISSING, its code is only parsed here: {error}")
