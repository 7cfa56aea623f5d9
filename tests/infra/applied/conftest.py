from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING

import pytest

from tests.infra.applied.cloud import Cloud, opened_cloud

if TYPE_CHECKING:
    from collections.abc import Generator


@pytest.fixture(scope="session")
def cloud() -> Generator[Cloud]:
    """The whole staging environment, applied once; it goes with the emulator."""
    with opened_cloud() as opened:
        began = monotonic()
        opened.apply()
        print(f"\napplied {len(opened.resources())} resources in {monotonic() - began:.0f} s")  # noqa: T201 - for who waits
        yield opened
