"""Fixtures: stages of a check that are the test's own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from infra.local.making import checks

if TYPE_CHECKING:
    from collections.abc import Callable

    from infra.local.making.stages import Stage


@pytest.fixture
def stages_are(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    def replace(*stages: Stage) -> None:
        monkeypatch.setattr(checks, "stages", lambda: stages)

    return replace
