"""One running profile for all journeys of a file."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.e2e.profile import Profile, running_profile

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="module", params=["valkey", pytest.param("sqs", marks=pytest.mark.aws)])
def profile(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Profile]:
    folder = tmp_path_factory.mktemp("profile")
    with running_profile(folder, queues=request.param) as running:
        yield running
